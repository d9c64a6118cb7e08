/** `inkling worker`: does the jobs of a queue, beside as many other workers, here and elsewhere, as one likes. */
import { availableParallelism, hostname } from 'node:os';
import type { Argv } from 'yargs';
import type { Job } from '../../server/jobs/queue.ts';
import type { WorkerOptions } from '../../server/jobs/worker.ts';
import { type AppQueue, environmentOf, PLACE_DESCRIPTION, withQueue } from './appQueue.ts';
import { wholeNumber } from './flags.ts';
import { countOf } from './format.ts';
import { Interrupted, interruptSignal } from './interruption.ts';
import { harmless, note, printJson, surviveBrokenOutput } from './terminal.ts';

const MOST_JOBS = 256;
const MOST_THREADS = 64;
const POLL_MILLISECONDS = 500;
const LONGEST_BEAT = 2000;
/** Beats that fit into the time after which a silent worker counts as dead. */
const BEATS = 4;

export function flags(commandLine: Argv) {
  return commandLine
    .option('database', {
      type: 'string',
      requiresArg: true,
      describe: `Where the jobs are: ${PLACE_DESCRIPTION}`,
    })
    .option('threads', {
      type: 'number',
      coerce: wholeNumber('threads', 1, MOST_THREADS),
      requiresArg: true,
      default: 1,
      describe: 'Threads for each job; several jobs with one are faster than one with several',
    })
    .option('jobs', {
      type: 'number',
      coerce: wholeNumber('jobs', 1, MOST_JOBS),
      requiresArg: true,
      describe: 'Jobs at a time [default: as many as there are cores for]',
    })
    .option('data', {
      type: 'string',
      requiresArg: true,
      describe: "Folder with MNIST's files [default: $INKLING_DATA, or data/mnist]",
    })
    .option('until-idle', { type: 'boolean', describe: 'End when nothing is left to do' })
    .option('json', { type: 'boolean' })
    .example('$0 worker', "The jobs of this machine's app")
    .example('$0 worker --database postgres://inkling:…@db/inkling', 'On one of several machines')
    .example('$0 worker --jobs 1 --threads 4', 'One job at a time, on four cores')
    .example('$0 worker --until-idle', 'All there is to do, and no more');
}

type Flags = Awaited<ReturnType<typeof flags>['argv']>;

export async function run(flags: Flags): Promise<number> {
  surviveBrokenOutput();
  const signal = interruptSignal();
  await withQueue(flags.database, (app) => work(app, flags, signal));
  if (signal.aborted) throw new Interrupted('Stopped; what was under way is back in the queue.');
  if (flags.json) printJson({ event: 'end' });
  return 0;
}

async function work(app: AppQueue, { threads, data, json, ...flags }: Flags, signal: AbortSignal) {
  const { JobWorker } = await import('../../server/jobs/worker.ts');
  const { makeRunners } = await import('./jobs/runners.ts');
  const jobs = flags.jobs ?? Math.max(1, Math.floor(availableParallelism() / threads));
  const name = `${hostname()}:${process.pid}`;
  const { runners, close } = makeRunners(app, { threads, jobs, data, environment: environmentOf(app.place) });
  const worker = new JobWorker(app.queue, {
    ...{ name, jobs, runners },
    beatEvery: Math.min(LONGEST_BEAT, (1000 * app.heartbeat) / BEATS),
    pollEvery: POLL_MILLISECONDS,
    onJob: (job, what, why) => tell(job, what, why, json),
    onTrouble: (message) => {
      if (json) printJson({ event: message === undefined ? 'resumed' : 'paused', reason: message });
      note(message === undefined ? 'The database can be reached again.' : `${message} Waiting for it.`);
    },
  });
  if (json) printJson({ event: 'ready', worker: name, jobs, threads });
  note(`The worker ${name} does ${countOf(jobs, 'job')} at a time`);
  try {
    await worker.run(signal, { untilIdle: flags.untilIdle });
  } finally {
    await close();
  }
}

function tell(
  { id, kind, label }: Job,
  what: Parameters<NonNullable<WorkerOptions['onJob']>>[1],
  why: string | undefined,
  json?: boolean,
): void {
  if (json) printJson({ event: what, id, kind, label, reason: why });
  const words = {
    begin: 'Begins',
    done: 'Done',
    failed: 'Failed',
    stopped: 'Stopped',
    lost: 'Lost to another worker',
  };
  note(harmless(`${words[what]}: ${kind} ${id}, ${label}${why === undefined ? '' : ` (${why})`}`));
}
