/** `inkling jobs`: what is in a queue, how it goes, and an end to it. */
import type { Argv } from 'yargs';
import { JOB_STATES, type Job, type JobState, type Queue } from '../../server/jobs/queue.ts';
import { InklingError, UsageError } from '../index.ts';
import { PLACE_DESCRIPTION, withQueue } from './appQueue.ts';
import { oneOf, wholeNumber } from './flags.ts';
import { byteSize, count, duration } from './format.ts';
import { fetchResults } from './jobs/folders.ts';
import { tableLines } from './table.ts';
import { harmless, note, paint, print, printJson } from './terminal.ts';

const WHAT = ['list', 'show', 'log', 'cancel', 'fetch'] as const;
const USUAL_LIMIT = 20;
const MOST_LISTED = 10_000;
const MOST_LINES = 100_000;
/** Digits of an id that are enough to tell jobs apart. */
const SHORT = 8;
const SHORTEST_PREFIX = 4;
const LABEL_COLUMNS = 44;

export function flags(commandLine: Argv) {
  return commandLine
    .positional('what', { choices: WHAT, demandOption: true, describe: 'What to do' })
    .positional('id', { type: 'string', describe: 'The job, or the first digits of its id' })
    .option('database', {
      type: 'string',
      requiresArg: true,
      describe: `Where the jobs are: ${PLACE_DESCRIPTION}`,
    })
    .option('state', {
      type: 'string',
      coerce: oneOf<string>('state', JOB_STATES),
      requiresArg: true,
      describe: `Only those: ${JOB_STATES.join(', ')}`,
    })
    .option('limit', {
      type: 'number',
      coerce: wholeNumber('limit', 1, MOST_LISTED),
      requiresArg: true,
      default: USUAL_LIMIT,
      describe: 'How many to list, the latest first',
    })
    .option('out', { type: 'string', requiresArg: true, describe: 'Folder for the files of a job' })
    .option('json', { type: 'boolean' })
    .example('$0 jobs list --state running', 'What is being done')
    .example('$0 jobs show 1f0c9a2b', 'How one goes, and the files it has')
    .example('$0 jobs log 1f0c9a2b', 'What it said')
    .example('$0 jobs cancel 1f0c9a2b', 'Have it stop')
    .example('$0 jobs fetch 1f0c9a2b --out runs/far', 'Get its files');
}

type Flags = Awaited<ReturnType<typeof flags>['argv']>;

export async function run(flags: Flags): Promise<number> {
  const { what, id } = flags;
  if (what === 'list' && id !== undefined) throw new UsageError('jobs list takes no id; jobs show does.');
  if (what !== 'list' && id === undefined) {
    throw new UsageError(
      `Name a job, such as 'inkling jobs ${what} ID'; 'inkling jobs list' shows those there are.`,
    );
  }
  if (what === 'fetch' && flags.out === undefined) {
    throw new UsageError('Name a folder for the files of the job with --out.');
  }
  await withQueue(flags.database, async ({ queue }) => {
    if (what === 'list') return list(queue, flags);
    const job = await findJob(queue, id!);
    if (what === 'show') return show(queue, job, flags);
    if (what === 'log') return log(queue, job, flags);
    if (what === 'cancel') return cancel(queue, job, flags);
    return fetchFiles(queue, job, flags);
  });
  return 0;
}

/** @throws UsageError where there is none, or where it could be several. */
export async function findJob(queue: Queue, named: string): Promise<Job> {
  const exact = await queue.get(named);
  if (exact) return exact;
  if (named.length >= SHORTEST_PREFIX) {
    const found = (await queue.list({ limit: MOST_LISTED })).filter(({ id }) => id.startsWith(named));
    if (found.length === 1) return found[0];
    if (found.length > 1) {
      throw new UsageError(`"${named}" could be any of ${found.length} jobs; give more digits of the id.`);
    }
  }
  throw new UsageError(`There is no job "${named}" here; 'inkling jobs list' shows those there are.`);
}

async function list(queue: Queue, { state, limit, json }: Flags): Promise<void> {
  const jobs = await queue.list({ state: state as JobState | undefined, limit });
  const counts = await queue.counts();
  if (json) {
    for (const job of jobs) printJson({ event: 'job', ...withoutPayload(job) });
    printJson({ event: 'end', counts });
    return;
  }
  const head = ['id', 'kind', 'state', 'progress', 'for', 'what'].map((title) => paint('bold', title));
  const rows = jobs.map((job) => [
    ...[
      job.id.slice(0, SHORT),
      job.kind,
      job.isCancelling && job.state === 'running' ? 'stopping' : job.state,
    ],
    ...[progressText(job), timeText(job), harmless(job.label).slice(0, LABEL_COLUMNS)],
  ]);
  for (const line of tableLines([head, ...rows], ['left', 'left', 'left', 'left', 'right', 'left']))
    print(line);
  note(JOB_STATES.map((one) => `${count(counts[one])} ${one}`).join(', '));
}

function withoutPayload({ payload: _, ...job }: Job) {
  return job;
}

async function show(queue: Queue, job: Job, { json }: Flags): Promise<void> {
  const files = await queue.artefacts.list(job.id);
  if (json) return printJson({ event: 'job', ...job, files });
  const rows: [string, string][] = [
    ...([
      ['id', job.id],
      ['kind', job.kind],
      ['what', job.label],
      ['state', job.state],
    ] as [string, string][]),
    ...([
      ['priority', `${job.priority}`],
      ['begun', `${count(job.attempts)} times`],
    ] as [string, string][]),
    ...([
      ['worker', job.worker ?? '–'],
      ['progress', progressText(job)],
      ['for', timeText(job)],
    ] as [string, string][]),
  ];
  if (job.error !== null) rows.push(['error', job.error]);
  if (job.result !== null) rows.push(['result', JSON.stringify(job.result)]);
  for (const { name, size } of files) rows.push(['file', `${name}, ${byteSize(size)}`]);
  for (const line of tableLines(
    rows.map(([name, text]) => [paint('bold', name), harmless(text)]),
    ['left', 'left'],
  )) {
    print(line);
  }
}

async function log(queue: Queue, job: Job, { json }: Flags): Promise<void> {
  for (const { at, line } of await queue.lines(job.id, { limit: MOST_LINES })) {
    if (json) printJson({ event: 'line', at, line });
    else print(`${new Date(at).toISOString()}  ${harmless(line)}`);
  }
}

async function cancel(queue: Queue, job: Job, { json }: Flags): Promise<void> {
  if (!(await queue.cancel(job.id))) {
    throw new InklingError(
      `The job ${job.id} is over already (${job.state}), so there is nothing to cancel.`,
    );
  }
  const { state } = (await queue.get(job.id))!;
  if (json) printJson({ event: 'cancelled', id: job.id, state });
  else print(state === 'cancelled' ? `Cancelled ${job.id}.` : `${job.id} is told to stop; its worker will.`);
}

async function fetchFiles(queue: Queue, job: Job, { out, json }: Flags): Promise<void> {
  const files = await fetchResults(out!, job.id, queue.artefacts);
  if (files.length === 0) throw new InklingError(`The job ${job.id} has no files.`);
  if (json) printJson({ event: 'files', id: job.id, out, files });
  else print(`${files.length === 1 ? 'A file' : `${count(files.length)} files`} in ${harmless(out!)}`);
}

function progressText({ progress }: Job): string {
  const { epoch, epochs, step, steps } = (progress ?? {}) as Record<string, number | undefined>;
  if (epoch === undefined) return '–';
  const within = step === undefined || steps === undefined ? '' : `, step ${count(step)} of ${count(steps)}`;
  return `epoch ${epoch} of ${epochs}${within}`;
}

/** How long it has waited, worked or took. */
function timeText({ createdAt, startedAt, endedAt, state }: Job): string {
  const since = state === 'waiting' ? createdAt : (startedAt ?? createdAt);
  return duration(Math.max(0, (endedAt ?? Date.now()) - since) / 1000);
}
