/** Has whoever works on a queue do a run of a study, and fetches its files into the run's folder. */
import { createHash } from 'node:crypto';
import type { Queue } from '../../../server/jobs/queue.ts';
import type { PlannedRun, Recipe, RunOutcome, Schedule } from '../../index.ts';
import { fetchResults } from './folders.ts';
import { followJob, patiently } from './follow.ts';
import { SWEEP_RUN, type SweepRunPayload } from './sweepJob.ts';

export interface QueueRunOptions {
  schedule: Schedule;
  run: PlannedRun;
  recipe: Recipe;
  folder: string;
  /** What the pictures are, to the byte. */
  fingerprint: Record<string, string>;
  signal: AbortSignal;
  onEpoch(epoch: number): void;
}

/** What came of the run; undefined where it was stopped, while its job goes on. */
export async function runThroughQueue(
  queue: Queue,
  options: QueueRunOptions,
): Promise<RunOutcome | undefined> {
  const { schedule, run, recipe, folder, fingerprint, signal, onEpoch } = options;
  const { dataset, examples, validation } = schedule.study;
  const payload: SweepRunPayload = {
    study: { dataset, examples, validation },
    ...{ run, recipe, pruning: schedule.pruning(run) },
  };
  const digest = createHash('sha256')
    .update(JSON.stringify([payload, fingerprint]))
    .digest('hex');
  try {
    const { id } = await patiently(signal, () =>
      queue.add({
        kind: SWEEP_RUN,
        label: `${schedule.study.name}, trial ${run.trial + 1}, seed ${run.seed}`,
        ...{ payload, key: `sweep:${digest}` },
      }),
    );
    const { result } = await followJob(queue, id, {
      signal,
      onProgress: (progress) => onEpoch((progress as { epoch: number }).epoch),
    });
    await patiently(signal, () => fetchResults(folder, id, queue.artefacts));
    return result as RunOutcome;
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}
