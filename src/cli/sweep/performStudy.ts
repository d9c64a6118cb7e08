/** Does the runs of a study, a few at a time, until there is none left. */
import { setMaxListeners } from 'node:events';
import { InklingError, type PlannedRun, type Recipe, type RunOutcome, type Schedule } from '../../index.ts';
import type { SweepFolder } from './sweepFolder.ts';
import type { TrainRunOptions } from './trainRun.ts';

export interface PerformOptions {
  schedule: Schedule;
  folder: SweepFolder;
  /** Runs at a time. */
  jobs: number;
  recipeOf(run: PlannedRun): Recipe;
  /** Does a run, here or elsewhere. */
  train(options: Omit<TrainRunOptions, 'data'>): Promise<RunOutcome | undefined>;
  /** Aborted to stop. */
  signal: AbortSignal;
  onEpoch(run: PlannedRun, epoch: number): void;
  onRun(outcome: RunOutcome): void;
}

/** Returns when all runs are done, or when it was stopped and all runs under way have saved where they are. */
export async function performStudy(options: PerformOptions): Promise<void> {
  const { schedule, folder, jobs, signal } = options;
  const underWay = new Map<string, Promise<void>>();
  const failure = new AbortController();
  const stopped = AbortSignal.any([signal, failure.signal]);
  // Every run listens, and of these there may be many.
  setMaxListeners(0, stopped);

  const begin = async (run: PlannedRun, path: string) => {
    try {
      const outcome = await options.train({
        ...{ study: schedule.study, run, recipe: options.recipeOf(run), folder: path },
        signal: stopped,
        prunedAfter: (curve) => schedule.prunedAfter(run, curve),
        onEpoch: (epoch) => options.onEpoch(run, epoch),
      });
      if (!outcome) return;
      await folder.save(outcome);
      schedule.record(outcome);
      options.onRun(outcome);
    } catch (error) {
      // The others save where they are before the study ends.
      failure.abort(error);
    } finally {
      underWay.delete(path);
    }
  };

  while (!schedule.isDone && !stopped.aborted) {
    const runs = schedule.next(jobs - underWay.size, (run) => underWay.has(folder.of(run)));
    for (const run of runs) underWay.set(folder.of(run), begin(run, folder.of(run)));
    if (underWay.size === 0) throw new InklingError('The study has runs left, and none of them can begin.');
    await Promise.race(underWay.values());
  }
  await Promise.all(underWay.values());
  failure.signal.throwIfAborted();
}
