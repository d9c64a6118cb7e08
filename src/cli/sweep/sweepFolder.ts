/**
 * The folder of a study: `study.json` says what it is, and each run has a folder of its own in `runs/`, with what
 * `inkling train` writes and, when it is done, `outcome.json`. Each of these files is there as a whole or not at all,
 * so the study can be taken up again from any moment.
 */
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  describeFileError,
  InklingError,
  type PlannedRun,
  type Recipe,
  type RunOutcome,
  type Study,
  UsageError,
  writeFileAtomic,
} from '../../index.ts';
import { RunFolder } from '../runFolder.ts';

const OUTCOME = 'outcome.json';

export class SweepFolder {
  readonly path: string;
  readonly reportPath: string;
  readonly summaryPath: string;
  readonly tablePath: string;
  readonly #studyPath: string;
  readonly #runsPath: string;

  constructor(path: string) {
    this.path = path;
    this.reportPath = join(path, 'report.html');
    this.summaryPath = join(path, 'summary.md');
    this.tablePath = join(path, 'runs.csv');
    this.#studyPath = join(path, 'study.json');
    this.#runsPath = join(path, 'runs');
  }

  /** Makes the folder if need be, and makes sure that files can be written there. */
  requireWritable(): Promise<void> {
    return new RunFolder(this.path).requireWritable();
  }

  /**
   * Makes the folder that of a study, or makes sure that it is.
   *
   * @param data what its pictures are, to the byte.
   * @param fromAnew gives up what another study, or this one, has done here.
   */
  async begin(study: Study, base: Recipe, data: Record<string, string>, fromAnew: boolean): Promise<void> {
    const wanted = JSON.parse(JSON.stringify({ study, base, data }));
    if (fromAnew) {
      await rm(this.#studyPath, { force: true });
      await rm(this.#runsPath, { recursive: true, force: true });
    }
    const present = await readJson(this.#studyPath);
    if (present === undefined) {
      await mkdir(this.#runsPath, { recursive: true }).catch((error) => {
        throw describeFileError(error, 'make the folder', this.#runsPath);
      });
      if ((await readdir(this.#runsPath)).length > 0) {
        throw new UsageError(
          `${this.#runsPath} holds something that belongs to no study; choose another folder with --out.`,
        );
      }
      await writeFileAtomic(this.#studyPath, `${JSON.stringify(wanted, null, 2)}\n`);
      return;
    }
    if (isDeepStrictEqual(present, wanted)) return;
    throw new UsageError(
      `${this.path} holds runs of another study, or of this one with other settings or pictures: choose another folder with --out, or add --force to give them up.`,
    );
  }

  /** The folder of a run. */
  of({ trial, seed }: Pick<PlannedRun, 'trial' | 'seed'>): string {
    return join(this.#runsPath, `trial-${String(trial + 1).padStart(4, '0')}-seed-${seed}`);
  }

  /** What came of the runs that are done. */
  async outcomes(): Promise<RunOutcome[]> {
    const found: RunOutcome[] = [];
    for (const name of (await readdir(this.#runsPath)).sort()) {
      const outcome = await readJson(join(this.#runsPath, name, OUTCOME));
      if (outcome !== undefined) found.push(outcome as RunOutcome);
    }
    return found;
  }

  /** Keeps what came of a run; its checkpoint is needed no more. */
  async save(outcome: RunOutcome): Promise<void> {
    const folder = this.of(outcome);
    await writeFileAtomic(join(folder, OUTCOME), `${JSON.stringify(outcome, null, 2)}\n`);
    await rm(new RunFolder(folder).checkpointPath, { force: true });
  }
}

async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw describeFileError(error, 'read', path);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InklingError(`${path} is not valid JSON; remove it to do its run again.`, { cause });
  }
}
