/** How each kind of job is done. */
import type { Runner } from '../../../server/jobs/worker.ts';
import { FINETUNE } from '../../../server/learning/job.ts';
import type { AppQueue } from '../appQueue.ts';
import { finetuneJob } from './finetuneJob.ts';
import { ModelPools, READ, readJob } from './readJob.ts';
import { SWEEP_RUN, sweepRunJob } from './sweepJob.ts';
import { TRAIN, trainJob, type WorkerMeans } from './trainJob.ts';

export interface Means extends WorkerMeans {
  /** Jobs at a time. */
  jobs: number;
  /** The database, for commands that are run. */
  environment: Record<string, string>;
}

export function makeRunners(
  { store }: Pick<AppQueue, 'store'>,
  means: Means,
): { runners: Record<string, Runner>; close(): Promise<void> } {
  const pools = new ModelPools(store, means.jobs * means.threads);
  return {
    runners: {
      [TRAIN]: (context) => trainJob(context, means),
      [FINETUNE]: (context) => finetuneJob(context, means, means.environment),
      [SWEEP_RUN]: (context) => sweepRunJob(context, means),
      [READ]: (context) => readJob(context, pools),
    },
    close: () => pools.close(),
  };
}
