/**
 * Corrections as files: pictures in a folder for each class, and `weights.csv` beside the folders, which says how much
 * each counts. Training reads such a folder as any other; fine-tuning minds the weights, too.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Corrections,
  DIGIT_NAMES,
  encodePicture,
  InklingError,
  isPictureFolder,
  loadIdxDirectory,
  loadPictureFolder,
  readFileBounded,
  writeFileAtomic,
} from '../index.ts';

const WEIGHTS = 'weights.csv';
const HEAD = 'file,weight';
const MOST_BYTES = 64 * 1024 * 1024;
const SIDE = 28;

export interface WrittenExample {
  name: string;
  image: Uint8Array;
  label: number;
  weight: number;
}

/** Writes those that show digits; gives how many. There is no folder for what is no digit. */
export async function writeCorrections(folder: string, examples: readonly WrittenExample[]): Promise<number> {
  const digits = examples
    .filter(({ label }) => label < DIGIT_NAMES.length)
    .map((example) => ({ ...example, file: `${DIGIT_NAMES[example.label]}/${example.name}.png` }))
    .sort((one, other) => (one.file < other.file ? -1 : 1));
  for (const { file, image, label } of digits) {
    await mkdir(join(folder, DIGIT_NAMES[label]), { recursive: true });
    const picture = { width: SIDE, height: SIDE, channels: 1 as const, data: image };
    await writeFileAtomic(join(folder, file), await encodePicture(picture, file));
  }
  const lines = [HEAD, ...digits.map(({ file, weight }) => `${file},${weight}`), ''];
  if (digits.length > 0)
    await writeFileAtomic(join(folder, WEIGHTS), new TextEncoder().encode(lines.join('\n')));
  return digits.length;
}

/** Reads a folder that was written so, or any folder of pictures or IDX files, whose pictures then count alike. */
export async function readCorrections(folder: string): Promise<Corrections> {
  const isFolder = await isPictureFolder(folder);
  const { train: dataset } = await (isFolder ? loadPictureFolder : loadIdxDirectory)(folder, 'corrections');
  const text = isFolder ? await readWeights(join(folder, WEIGHTS)) : undefined;
  if (text === undefined) return { dataset, weights: Array.from(dataset.labels, () => 1) };
  const [head, ...lines] = text.trim().split('\n');
  const rows = lines.map((line) => line.split(','));
  const weights = rows.map(([, weight]) => Number(weight));
  // Pictures are read by class and name, the order in which they are written here.
  const fits =
    head === HEAD &&
    rows.length === dataset.labels.length &&
    rows.every(([file], i) => Number(file.split('/')[0]) === dataset.labels[i]) &&
    weights.every((weight) => weight > 0 && weight <= 1);
  if (!fits) {
    throw new InklingError(
      `${join(folder, WEIGHTS)} does not fit the ${dataset.labels.length} pictures beside it: it must name each with a weight up to 1; export again, or remove it and all count alike.`,
    );
  }
  return { dataset, weights };
}

async function readWeights(path: string): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await readFileBounded(path, MOST_BYTES));
  } catch (error) {
    const cause = error instanceof InklingError ? error.cause : undefined;
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw error;
  }
}
