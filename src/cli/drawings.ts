/**
 * The pictures that `predict` draws: `--annotate` and `--explain` each name a file where one picture is read, and a
 * folder where several are.
 */
import { mkdir, realpath, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import {
  describeFileError,
  encodePicture,
  type Picture,
  requireWritableName,
  UsageError,
  writeFileAtomic,
} from '../reading.ts';
import { STANDARD_INPUT } from './pictureFiles.ts';

export class Drawings {
  readonly #path: string;
  readonly #suffix: string;
  readonly #isFolder: boolean;
  /** Names that were given out, in small letters, since some file systems do not tell those apart. */
  readonly #taken = new Set<string>();

  private constructor(path: string, suffix: string, isFolder: boolean) {
    this.#path = path;
    this.#suffix = suffix;
    this.#isFolder = isFolder;
  }

  /**
   * Makes ready to draw.
   *
   * @param flag such as `--annotate`, for messages.
   * @param suffix what is put behind the name of a picture in a folder, so that a drawing never replaces it.
   * @param pictures the files that are read.
   */
  static async create(
    path: string,
    flag: string,
    suffix: string,
    pictures: readonly string[],
  ): Promise<Drawings> {
    const kind = await stat(path).catch(() => undefined);
    const isFolder = kind?.isDirectory() === true || /[/\\]$/.test(path) || extname(path) === '';
    if (!isFolder) {
      requireWritableName(path, `The flag ${flag}`);
      if (pictures.length > 1) {
        throw new UsageError(
          `The flag ${flag} takes a folder where several pictures are read; give it one in place of ${path}.`,
        );
      }
      const input = await realpath(pictures[0] ?? '').catch(() => undefined);
      if (input !== undefined && input === (await realpath(path).catch(() => undefined))) {
        throw new UsageError(`The flag ${flag} would replace ${path}, which is read; name another file.`);
      }
    } else {
      await mkdir(path, { recursive: true }).catch((error) => {
        throw describeFileError(error, 'make the folder', path);
      });
    }
    return new Drawings(path, suffix, isFolder);
  }

  /** Writes what was drawn for a picture and returns the path. */
  async write(file: string, drawing: Picture): Promise<string> {
    const path = this.#isFolder ? join(this.#path, this.#nameFor(file)) : this.#path;
    await writeFileAtomic(path, await encodePicture(drawing, path));
    return path;
  }

  #nameFor(file: string): string {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
    const plain = basename(file, extname(file)).replace(/[\x00-\x1f\x7f]+/g, '_');
    const stem = file === STANDARD_INPUT ? 'standard-input' : [...plain].slice(0, LONGEST_STEM).join('');
    for (let number = 1; ; number++) {
      const name = `${stem}${this.#suffix}${number === 1 ? '' : `-${number}`}.png`;
      if (this.#taken.has(name.toLowerCase())) continue;
      this.#taken.add(name.toLowerCase());
      return name;
    }
  }
}

/** Some file systems take 255 bytes, and a sign may have four. */
const LONGEST_STEM = 50;
