/** Runs the real command line, for tests. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { jsonLines, type Outcome, type Surroundings, startInkling } from './startInkling.ts';

export { jsonLines, type Outcome, type Running, type Surroundings, startInkling } from './startInkling.ts';

/** Runs `inkling` to its end. */
export function inkling(args: readonly string[], surroundings?: Surroundings): Promise<Outcome> {
  return startInkling(args, surroundings).outcome;
}

export function lastJsonLine(text: string): Record<string, unknown> {
  return jsonLines(text).at(-1) ?? {};
}

/** A folder for one test file, removed when its tests are done. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'inkling-test-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The recipe of tests that train: seconds on one core. */
export const SMALL_RUN: readonly string[] = [
  ...['--dataset', 'synthetic', '--examples', '48', '--validation', '8'],
  ...['--batch', '8', '--epochs', '2', '--threads', '1'],
];
