/**
 * `inkling read-batch`: reads very many pictures, here or by the workers of a queue, a line of JSON for each.
 *
 * Lines come in the order of the pictures, a chunk at a time, and a picture that has its line is never read again: the
 * same command goes on where it was stopped or killed. Only a few chunks are in memory at a time.
 */
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { Argv } from 'yargs';
import { UsageError } from '../index.ts';
import { PLACE_DESCRIPTION, placeOf, withQueue } from './appQueue.ts';
import { wholeNumber } from './flags.ts';
import { count, countOf, duration } from './format.ts';
import { Interrupted, interruptSignal } from './interruption.ts';
import { STANDARD_INPUT_PATH } from './pictureFiles.ts';
import { throttled } from './progress.ts';
import { type Model, startPool } from './readBatch/chunk.ts';
import { chunksOf, openList } from './readBatch/pictureList.ts';
import { type ChunkReader, LocalReader, QueueReader } from './readBatch/readers.ts';
import { DatabaseSink, FileSink, OutputSink, type Sink } from './readBatch/sinks.ts';
import {
  drawLiveLine,
  harmless,
  note,
  print,
  printJson,
  surviveBrokenOutput,
  wipeLiveLine,
} from './terminal.ts';

const MOST_THREADS = 64;
const PROGRESS_MILLISECONDS = 1000;

export function flags(commandLine: Argv) {
  return commandLine
    .positional('pictures', {
      type: 'string',
      describe:
        'A folder, a file that names pictures, one on each line, or - for such a list on standard input',
    })
    .option('out', {
      type: 'string',
      requiresArg: true,
      describe: 'Write JSON Lines there, and go on behind those that are there [default: standard output]',
    })
    .option('database', {
      type: 'string',
      requiresArg: true,
      describe: 'Write into the table "readings" of postgres://… or an SQLite file instead',
    })
    .option('name', {
      type: 'string',
      requiresArg: true,
      describe: 'What the batch is called in the database [default: the path of the pictures]',
    })
    .conflicts('out', 'database')
    .option('queue', {
      type: 'string',
      requiresArg: true,
      describe: `Have workers read them: ${PLACE_DESCRIPTION}`,
    })
    .option('model', {
      type: 'string',
      requiresArg: true,
      describe: 'Model file [default: the one that comes with Inkling]',
    })
    .option('threads', {
      type: 'number',
      coerce: wholeNumber('threads', 1, MOST_THREADS),
      requiresArg: true,
      describe: 'Threads that read here [default: one for each core]',
    })
    .option('force', { type: 'boolean', describe: 'Give up the lines that are there, and begin anew' })
    .option('json', { type: 'boolean' })
    .example('$0 read-batch scans/ --out readings.jsonl', 'Read a folder, or go on with it')
    .example(
      "find /archive -name '*.png' | $0 read-batch - --out readings.jsonl",
      'Read what another program names',
    )
    .example('$0 read-batch scans/ --out readings.jsonl --queue postgres://…', 'By the workers of a queue');
}

type Flags = Awaited<ReturnType<typeof flags>['argv']>;

export async function run(flags: Flags): Promise<number> {
  surviveBrokenOutput();
  const { pictures, model: modelFile } = flags;
  if (pictures === undefined) {
    throw new UsageError(
      "Name a folder of pictures or a list of them; 'inkling read-batch --help' shows how.",
    );
  }
  const names = await openList(pictures);
  const { readModelFile } = await import('../../server/models.ts');
  const model = await readModelFile(modelFile);
  const signal = interruptSignal();
  return withSink(flags, pictures, (sink) =>
    withReader(flags, model, signal, (reader) => readAll(names, reader, sink, flags, signal)),
  );
}

async function withSink(
  { out, database: named, name, force = false }: Flags,
  pictures: string,
  work: (sink: Sink) => Promise<number>,
): Promise<number> {
  if (named === undefined) {
    const sink = out === undefined ? new OutputSink(print) : await FileSink.open(out, force);
    try {
      return await work(sink);
    } finally {
      await sink.close();
    }
  }
  if (name === undefined && pictures === STANDARD_INPUT_PATH) {
    throw new UsageError('A list on standard input has no name of its own; give the batch one with --name.');
  }
  const { openDatabase } = await import('../../server/store/open.ts');
  const database = await openDatabase(await placeOf(named));
  try {
    const sink = new DatabaseSink(database, name ?? resolve(pictures));
    if (force) await sink.clear();
    return await work(sink);
  } finally {
    await database.close();
  }
}

async function withReader(
  { queue: named, threads = availableParallelism() }: Flags,
  model: Model & { name: string },
  signal: AbortSignal,
  work: (reader: ChunkReader) => Promise<number>,
): Promise<number> {
  if (named !== undefined) {
    return withQueue(named, async ({ queue, store }) => {
      const { version, name, bytes } = model;
      await store.addModel({ version, name, bytes, createdAt: Date.now() });
      return work(new QueueReader(queue, version, signal));
    });
  }
  const pool = await startPool(model, threads);
  try {
    return await work(new LocalReader(pool, threads));
  } finally {
    await pool.pool.close();
  }
}

async function readAll(
  names: AsyncIterable<string>,
  reader: ChunkReader,
  sink: Sink,
  flags: Flags,
  signal: AbortSignal,
): Promise<number> {
  const earlier = await countDone(sink);
  const check = await checker(sink, flags);
  const start = performance.now();
  const progress = progressOf(flags);
  let [done, failed] = [0, 0];
  const underWay: { from: number; files: string[]; begun: ReturnType<ChunkReader['begin']> }[] = [];

  const finish = async () => {
    const { from, files, begun } = underWay.shift()!;
    const { collect, forget } = await begun;
    const reading = await collect();
    await sink.append(from, files, reading.lines);
    await forget();
    done += files.length;
    failed += reading.failed;
    progress(done, failed, (1000 * done) / (performance.now() - start));
  };

  try {
    for await (const chunk of chunksOf(names, earlier, check)) {
      signal.throwIfAborted();
      const begun = reader.begin(chunk);
      begun.catch(() => undefined);
      underWay.push({ ...chunk, begun });
      if (underWay.length >= reader.ahead) await finish();
    }
    while (underWay.length > 0 && !signal.aborted) await finish();
    signal.throwIfAborted();
  } catch (error) {
    if (!signal.aborted) throw error;
    wipeLiveLine();
    throw new Interrupted(`Stopped after ${countOf(earlier + done, 'picture')}; ${goesOn(flags)}.`);
  }
  wipeLiveLine();
  tell({ earlier, done, failed, seconds: (performance.now() - start) / 1000 }, flags);
  return 0;
}

async function countDone(sink: Sink): Promise<number> {
  let number = 0;
  for await (const _ of sink.done()) number++;
  return number;
}

/** Makes sure that the lines there are are those of the pictures that come now. */
async function checker(sink: Sink, flags: Flags): Promise<(name: string, place: number) => Promise<void>> {
  const names = sink.done()[Symbol.asyncIterator]();
  return async (name, place) => {
    const { value } = await names.next();
    if (value === name) return;
    throw new UsageError(
      `${flags.out ?? 'The database'} holds the readings of other pictures (the ${place + 1}th is ${harmless(`${value}`)}, not ${harmless(name)}): ${flags.out === undefined ? 'choose another --name' : 'choose another file with --out'}, or add --force to give them up.`,
    );
  };
}

function goesOn({ out, database }: Flags): string {
  return out === undefined && database === undefined
    ? 'with --out FILE it could go on from there'
    : 'the same command goes on';
}

function progressOf({ json, out, database }: Flags): (done: number, failed: number, rate: number) => void {
  const facts = (done: number, failed: number, rate: number) =>
    `${countOf(done, 'picture')}, ${count(failed)} unreadable, ${count(Math.round(rate))}/s`;
  const draw = throttled((line: string) => drawLiveLine(`Reading  ${line}`));
  // Among the readings themselves there is no room for it.
  const isTold = json && (out !== undefined || database !== undefined);
  let last = performance.now();
  return (done, failed, rate) => {
    draw(facts(done, failed, rate));
    if (!isTold || performance.now() - last < PROGRESS_MILLISECONDS) return;
    last = performance.now();
    printJson({ event: 'progress', done, failed, perSecond: rate });
  };
}

interface Totals {
  /** Read before this began, and since. */
  earlier: number;
  done: number;
  failed: number;
  seconds: number;
}

function tell({ earlier, done, failed, seconds }: Totals, { json, out, database }: Flags): void {
  const perSecond = done / seconds;
  if (json && (out !== undefined || database !== undefined)) {
    printJson({
      event: 'end',
      pictures: earlier + done,
      skipped: earlier,
      read: done,
      failed,
      seconds,
      perSecond,
      out,
    });
    return;
  }
  const before = earlier > 0 ? `, ${count(earlier)} before` : '';
  note(
    `${countOf(done, 'picture')} read in ${duration(seconds)}, ${count(Math.round(perSecond))}/s${before}; ${count(failed)} could not be read`,
  );
}
