/**
 * How many predictions the app answers and keeps in a second, on this machine, with the load coming from the same
 * machine: `node test/load/load.ts [SECONDS] [CASE]`, where only cases whose name holds CASE are run.
 *
 * The server is a process of its own, on a new SQLite file or, with DATABASE_URL, on PostgreSQL. Each case is a kind of
 * picture, sent by so many connections at once; what has ten times as many shows how load is shed, and the one after it
 * how the app is when that is over. The last columns are what an answer takes of the processors, by the server and by
 * who sends the load, which a busy machine disturbs least; a thousand divided by their sum is what one core is good for.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { processorMilliseconds, startProcess } from '../appProcess.ts';
import { digitPngs, drawingPng } from './pictures.ts';

const WARM_UP_SECONDS = 2;
const COLUMNS = [
  ...['case', 'connections', 'answers/s', 'p50 ms', 'p99 ms', 'most ms', '200', '503', 'other', 'batch'],
  ...['server ms', 'load ms'],
];

const seconds = Number(process.argv[2] ?? 8);
const only = process.argv[3] ?? '';
const folder = await mkdtemp(join(tmpdir(), 'inkling-load-'));
const { DATABASE_URL } = process.env;
const app = await startProcess({
  INKLING_DB: join(folder, 'load.db'),
  // As in use: a line for each request.
  INKLING_LOG_LEVEL: 'info',
  ...(DATABASE_URL && { DATABASE_URL }),
});
const api = `${app.url}api/v1/`;
try {
  console.log(`| ${COLUMNS.join(' | ')} |\n|${'---|'.repeat(COLUMNS.length)}`);
  const digit = digitPngs()[3];
  const cases = [
    { name: '28×28 PNG', connections: 64, ...raw(digit) },
    { name: '28×28 PNG in a form', connections: 64, ...formOf(digit) },
    { name: '28×28 PNG, not kept', connections: 64, ...raw(digit), query: '?store=false' },
    { name: 'drawing of 280×280', connections: 64, ...raw(await drawingPng()) },
    { name: '28×28 PNG, ten times', connections: 640, ...raw(digit) },
    { name: '28×28 PNG, after ten times', connections: 64, ...raw(digit) },
  ].filter(({ name }) => name.includes(only));
  for (const { name, connections, body, headers, query } of cases) {
    const options = { url: `${api}predict${query}`, method: 'POST', connections, headers, body };
    if (!name.includes('after')) await autocannon({ ...options, duration: WARM_UP_SECONDS });
    const before = await batchSizes();
    const spentBefore = await processorMilliseconds(app.process.pid!);
    const ownBefore = process.cpuUsage();
    const result = await autocannon({ ...options, duration: seconds });
    const own = process.cpuUsage(ownBefore);
    const spent = (await processorMilliseconds(app.process.pid!)) - spentBefore;
    const after = await batchSizes();
    const count = (status: number) => result.statusCodeStats[status]?.count ?? 0;
    const answered = count(200);
    const others = result.requests.total - answered - count(503) + result.errors + result.timeouts;
    const perBatch = (digitsIn(after) - digitsIn(before)) / (batchesIn(after) - batchesIn(before));
    const { p50, p99, max } = result.latency;
    const row = [
      ...[name, connections, Math.round(answered / result.duration), p50, p99, max, answered, count(503)],
      ...[others, perBatch.toFixed(1), (spent / answered).toFixed(2)],
      ((own.user + own.system) / 1000 / answered).toFixed(2),
    ];
    console.log(`| ${row.join(' | ')} |`);
  }
  const { memory } = await (await fetch(`${api}metrics/live`)).json();
  console.log(`\n${Math.round(memory / 1e6)} MB of memory in the end`);
} finally {
  await app.stop();
  await rm(folder, { recursive: true });
}

/** How many batches had how many pieces, since the start. */
type BatchSizes = Record<string, number>;

async function batchSizes(): Promise<BatchSizes> {
  return (await (await fetch(`${api}metrics/live`)).json()).batchSizes;
}

function batchesIn(sizes: BatchSizes): number {
  return Object.values(sizes).reduce((a, b) => a + b, 0);
}

/** Pieces of pictures that were put to the network. */
function digitsIn(sizes: BatchSizes): number {
  return Object.entries(sizes).reduce((sum, [size, count]) => sum + Number(size) * count, 0);
}

function raw(body: Buffer<ArrayBuffer>) {
  return { body, headers: { 'Content-Type': 'image/png' }, query: '' };
}

function formOf(picture: Buffer<ArrayBuffer>) {
  const head = '--load\r\nContent-Disposition: form-data; name="image"; filename="digit.png"\r\n\r\n';
  return {
    body: Buffer.concat([Buffer.from(head), picture, Buffer.from('\r\n--load--\r\n')]),
    headers: { 'Content-Type': 'multipart/form-data; boundary=load' },
    query: '',
  };
}
