/** The job `sweep-run`: one run of a study, as `inkling sweep` does it at home. */
import { join } from 'node:path';
import type { JobContext } from '../../../server/jobs/worker.ts';
import {
  type PlannedRun,
  type Pruning,
  prunedAfter,
  type Recipe,
  type RunOutcome,
  type Study,
} from '../../index.ts';
import { trainRun } from '../sweep/trainRun.ts';
import { keepResults, restore, StateKeeper } from './folders.ts';
import { inFolder, type WorkerMeans } from './trainJob.ts';

export const SWEEP_RUN = 'sweep-run';

export interface SweepRunPayload {
  study: Pick<Study, 'dataset' | 'examples' | 'validation'>;
  run: PlannedRun;
  recipe: Recipe;
  pruning?: Pruning;
}

export function sweepRunJob(context: JobContext, { data }: WorkerMeans): Promise<RunOutcome> {
  return inFolder(async (parent) => {
    const { study, run, recipe, pruning } = context.job.payload as SweepRunPayload;
    const folder = join(parent, 'run');
    await restore(folder, context);
    const state = new StateKeeper(folder, context);
    const outcome = await trainRun({
      ...{ study, run, recipe, folder, data, signal: context.signal },
      prunedAfter: (curve) => pruning && prunedAfter(curve, pruning.known, pruning.options),
      onEpoch: (epoch) => {
        state.keepSoon();
        context.progress({ epoch, epochs: recipe.epochs });
      },
    });
    if (!outcome) {
      state.keepSoon();
      await state.end();
      throw new Error('The run was stopped.');
    }
    await state.end();
    await keepResults(folder, context);
    return outcome;
  });
}
