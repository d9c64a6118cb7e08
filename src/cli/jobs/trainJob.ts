/** The job `train`: `inkling train` with one's own words, in a folder that goes when the job does. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type JobContext, JobError } from '../../../server/jobs/worker.ts';
import { runCommand } from '../childProcess.ts';
import { keepResults, restore, StateKeeper } from './folders.ts';

export const TRAIN = 'train';

export interface TrainPayload {
  /** Flags of `inkling train`, without those of places. */
  words: string[];
  dataset: string;
  /** A preset that is none of Inkling's own, as its file says. */
  preset?: { name: string; text: string };
  /** Where it says nothing, the worker's own. */
  threads?: number;
}

/** What a worker does its jobs with. */
export interface WorkerMeans {
  threads: number;
  /** Folder with MNIST's files. */
  data?: string;
}

/** Runs in a folder of its own, which is removed afterwards. */
export async function inFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'inkling-job-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export function trainJob(context: JobContext, means: WorkerMeans): Promise<unknown> {
  return inFolder(async (parent) => {
    const payload = context.job.payload as TrainPayload;
    const folder = join(parent, 'run');
    const resumes = await restore(folder, context);
    const state = new StateKeeper(folder, context);
    let diverged: string | undefined;
    let end: Record<string, unknown> | undefined;
    const words = await wordsOf(payload, { folder, parent, resumes }, means);
    const { code, problem } = await runCommand(words, {
      signal: context.signal,
      onSaid: context.log,
      onLine: (line) => {
        if (line.event === 'epoch') {
          state.keepSoon();
          const { epoch, epochs, trainLoss, validationAccuracy } = line;
          context.progress({ epoch, epochs, trainLoss, validationAccuracy });
        } else if (line.event === 'interrupted') state.keepSoon();
        else if (line.event === 'diverged') diverged = line.reason;
        else if (line.event === 'end') end = line;
      },
    });
    await state.end();
    if (code === 0 && end) {
      await keepResults(folder, context);
      const { event: _, model: __, report: ___, ...result } = end;
      return result;
    }
    // A process that was killed is another matter than one that finds its task impossible.
    if (code === null) throw new JobError('Its process was killed, perhaps for want of memory.');
    throw new JobError(diverged ?? problem, { inVain: diverged !== undefined || code === 2 });
  });
}

async function wordsOf(
  { words, dataset, preset, threads }: TrainPayload,
  { folder, parent, resumes }: { folder: string; parent: string; resumes: boolean },
  means: WorkerMeans,
): Promise<string[]> {
  const all = ['train', '--json', '--out', folder, '--threads', String(threads ?? means.threads)];
  if (means.data !== undefined) all.push('--data', means.data);
  if (resumes) return [...all, '--resume', ...words.filter((word) => word.startsWith('--backend='))];
  all.push('--force', '--dataset', dataset, ...words);
  if (preset) {
    const file = join(parent, basename(preset.name));
    await writeFile(file, preset.text);
    all.push('--preset', file);
  }
  return all;
}
