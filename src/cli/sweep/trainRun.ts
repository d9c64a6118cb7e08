/**
 * Does one run of a study, by `inkling train` in a child process with a single thread: as many such processes as
 * there are cores train faster than one with as many threads, and no lock is shared.
 */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  InklingError,
  type PlannedRun,
  type Recipe,
  type RunOutcome,
  type Study,
  writeFileAtomic,
} from '../../index.ts';
import { runCommand } from '../childProcess.ts';
import { RunFolder } from '../runFolder.ts';

const PRESET = 'preset.json';
/** A process that was killed, as by a system out of memory, has another chance; one that fails by itself has not. */
const ATTEMPTS = 3;

export interface TrainRunOptions {
  study: Pick<Study, 'dataset' | 'examples' | 'validation'>;
  run: PlannedRun;
  recipe: Recipe;
  /** Of the run. */
  folder: string;
  /** Folder with MNIST's files. */
  data?: string;
  /** Aborted to stop; the run then saves where it is. */
  signal: AbortSignal;
  /** The epoch after which a run with these validation accuracies ends early; undefined where it goes on. */
  prunedAfter(curve: readonly number[]): number | undefined;
  /** After each epoch, when its checkpoint is in the folder. */
  onEpoch?(epoch: number): void;
}

/** What a child process has told when it ends. */
interface Ending {
  code: number | null;
  curve: number[];
  /** Why its loss is no number any more. */
  divergence?: string;
  end?: { testAccuracy: number; seconds: number };
  problem: string;
}

/** What came of a run; undefined where it was stopped. */
export async function trainRun(options: TrainRunOptions): Promise<RunOutcome | undefined> {
  const { prunedAfter, run, recipe, folder, signal } = options;
  await mkdir(folder, { recursive: true });
  let isFresh = false;
  for (let attempt = 1; ; attempt++) {
    const runFolder = new RunFolder(folder);
    const resumes = !isFresh && existsSync(runFolder.checkpointPath);
    const before = resumes ? await historyOf(runFolder) : [];
    if (before === undefined) {
      isFresh = true;
      continue;
    }
    const cut = prunedAfter(before);
    if (cut !== undefined) return outcome(run, 'pruned', { curve: before.slice(0, cut) });
    if (!resumes) await writeFileAtomic(join(folder, PRESET), presetOf(recipe));
    const ending = await runChild(options, resumes, before);
    const { code, curve, end, divergence, problem } = ending;
    const pruned = prunedAfter(curve);
    if (pruned !== undefined) return outcome(run, 'pruned', { curve: curve.slice(0, pruned) });
    if (code === 0 && end) return outcome(run, 'complete', { curve, ...end });
    if (divergence !== undefined) return outcome(run, 'failed', { curve, reason: divergence });
    if (signal.aborted) return undefined;
    // A checkpoint of another engine, or of data that are not the same any more, cannot be gone on from.
    if (resumes && code !== null) isFresh = true;
    else if (code !== null || attempt >= ATTEMPTS) {
      throw new InklingError(
        `The run in ${folder} failed: ${problem || 'its process was killed, perhaps for want of memory.'}`,
      );
    }
  }
}

function outcome(
  { trial, repeat, seed, parameters }: PlannedRun,
  status: RunOutcome['status'],
  rest: Pick<RunOutcome, 'curve' | 'reason' | 'testAccuracy'> & { seconds?: number },
): RunOutcome {
  const { curve, reason, testAccuracy, seconds = 0 } = rest;
  return { trial, repeat, seed, parameters, status, curve, reason, testAccuracy, seconds };
}

function presetOf(recipe: Recipe): string {
  return `${JSON.stringify({ description: 'A run of a study.', report: false, ...recipe }, null, 2)}\n`;
}

/** Validation accuracies of the epochs that a checkpoint has behind it; undefined where it cannot be read. */
async function historyOf(folder: RunFolder): Promise<number[] | undefined> {
  const checkpoint = await folder.checkpointToResume().catch(() => undefined);
  return checkpoint?.history.map(({ validationAccuracy = Number.NaN }) => validationAccuracy);
}

async function runChild(
  { study, run, folder, data, signal, prunedAfter, onEpoch }: TrainRunOptions,
  resumes: boolean,
  before: readonly number[],
): Promise<Ending> {
  const words = ['train', '--json', '--threads', '1', '--backend', 'wasm', '--out', folder];
  words.push('--dataset', study.dataset);
  if (data !== undefined) words.push('--data', data);
  if (resumes) words.push('--resume');
  else {
    words.push('--force', '--preset', join(folder, PRESET), '--seed', String(run.seed));
    if (study.examples !== undefined) words.push('--examples', String(study.examples));
    if (study.validation !== undefined) words.push('--validation', String(study.validation));
  }
  const heard: Omit<Ending, 'code' | 'problem'> = { curve: [...before] };
  onEpoch?.(before.length);
  const ending = await runCommand(words, {
    signal,
    onLine: (line, stop) => {
      hear(line, heard, onEpoch);
      if (prunedAfter(heard.curve) !== undefined) stop();
    },
  });
  return { ...heard, ...ending };
}

// biome-ignore lint/suspicious/noExplicitAny: a line of `train --json`
function hear(event: any, heard: Omit<Ending, 'code' | 'problem'>, onEpoch?: (epoch: number) => void): void {
  if (event.event === 'epoch') {
    heard.curve[event.epoch - 1] = event.validationAccuracy;
    onEpoch?.(event.epoch);
  } else if (event.event === 'diverged') {
    heard.divergence = event.reason;
  } else if (event.event === 'end') {
    heard.end = { testAccuracy: event.testAccuracy, seconds: event.seconds };
  }
}
