/** The job `finetune`: `inkling finetune` on the database that the queue is in, where its result is kept, too. */
import { type JobContext, JobError } from '../../../server/jobs/worker.ts';
import { runCommand } from '../childProcess.ts';
import type { WorkerMeans } from './trainJob.ts';

export function finetuneJob(
  context: JobContext,
  { threads, data }: WorkerMeans,
  environment: Record<string, string>,
): Promise<unknown> {
  const { model, ...options } = context.job.payload as Record<string, string | number | undefined>;
  const words = ['finetune', '--json', '--threads', String(threads)];
  if (data !== undefined) words.push('--data', data);
  for (const [flag, value] of Object.entries(options)) {
    if (value !== undefined)
      words.push(`--${flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}=${value}`);
  }
  if (model !== undefined) words.push(String(model));
  return tune(context, words, environment);
}

async function tune(
  context: JobContext,
  words: string[],
  environment: Record<string, string>,
): Promise<unknown> {
  let result: unknown;
  const { code, problem } = await runCommand(words, {
    ...{ signal: context.signal, onSaid: context.log, environment },
    onLine: ({ event, ...line }) => {
      if (event === 'result') result = line;
      else if (event === 'progress') context.progress(line);
    },
  });
  if (code === 0 && result) return result;
  if (code === null) throw new JobError('Its process was killed, perhaps for want of memory.');
  // Someone waits, and had better hear of it at once.
  throw new JobError(problem || 'Fine-tuning was stopped.', { inVain: true });
}
