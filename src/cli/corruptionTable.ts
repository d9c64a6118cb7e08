/** `inkling evaluate --corruptions`: how well digits are read that something has happened to. */
import {
  CORRUPTION_NAMES,
  type CorruptionName,
  corrupt,
  corruptionTitle,
  type Dataset,
  type Scores,
} from '../index.ts';
import { count, percent } from './format.ts';
import { tableLines } from './table.ts';
import { drawLiveLine, paint, print } from './terminal.ts';

export interface CorruptionScore {
  corruption: CorruptionName;
  accuracy: number;
  loss: number;
}

export interface CorruptionReport {
  corruptions: CorruptionScore[];
  /** Mean accuracy over all of them. */
  corruptedAccuracy: number;
}

/** Scores every corruption of a test set, each with random numbers of its own from the seed. */
export async function scoreCorruptions(
  test: Dataset,
  seed: number,
  score: (dataset: Dataset) => Promise<Scores>,
): Promise<CorruptionReport> {
  const corruptions: CorruptionScore[] = [];
  for (const [i, corruption] of CORRUPTION_NAMES.entries()) {
    drawLiveLine(`Corruption ${i + 1} of ${CORRUPTION_NAMES.length}: ${corruptionTitle(corruption)} …`);
    const { accuracy, loss } = await score(corrupt(test, corruption, { seed }));
    corruptions.push({ corruption, accuracy, loss });
  }
  const sum = corruptions.reduce((total, { accuracy }) => total + accuracy, 0);
  return { corruptions, corruptedAccuracy: sum / corruptions.length };
}

/** The worst come last. */
export function showCorruptions({ corruptions, corruptedAccuracy }: CorruptionReport, clean: Scores): void {
  const head = ['corruption', 'accuracy', 'wrong'].map((title) => paint('bold', title));
  const row = (title: string, accuracy: number) => [
    title,
    percent(accuracy),
    count(Math.round((1 - accuracy) * clean.examples)),
  ];
  const rows = corruptions
    .toSorted((one, other) => other.accuracy - one.accuracy)
    .map(({ corruption, accuracy }) => row(corruptionTitle(corruption), accuracy));
  const lines = [
    head,
    row('none', clean.accuracy),
    ...rows,
    row(`mean of the ${rows.length}`, corruptedAccuracy),
  ];
  for (const line of tableLines(lines, ['left', 'right', 'right'])) print(line);
}
