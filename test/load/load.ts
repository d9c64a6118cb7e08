/**
 * How many predictions the app answers and keeps in a second, on this machine, with the load coming from the same
 * machine: `node test/load/load.ts [SECONDS]`.
 *
 * The server is a process of its own, on a new SQLite file or, with DATABASE_URL, on PostgreSQL. Each case is a kind of
 * picture, sent by so many connections at once; what has ten times as many shows how load is shed. The last column is the
 * server's own use of the processors for an answer, which a busy machine disturbs least.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { encodePng } from '../../server/reading/png.ts';
import { syntheticDigits } from '../../src/index.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const DIGIT_SIZE = 28;
const DIGIT_PIXELS = DIGIT_SIZE ** 2;
const WARM_UP_SECONDS = 2;

const seconds = Number(process.argv[2] ?? 8);
const only = process.argv[3];
const folder = await mkdtemp(join(tmpdir(), 'inkling-load-'));
const server = spawn(process.execPath, [join(ROOT, 'server', 'main.ts')], {
  env: {
    ...process.env,
    PORT: '0',
    INKLING_DB: join(folder, 'load.db'),
    INKLING_RATE_LIMIT: '0',
  },
  stdio: ['ignore', 'pipe', 'ignore'],
});
try {
  const [line] = (await once(server.stdout, 'data')) as [Buffer];
  const url = `${/http:\S+/.exec(line.toString())![0].replace('localhost', '127.0.0.1')}api/v1/`;
  console.log(
    '| case | connections | answers/s | p50 ms | p99 ms | most ms | 200 | 503 | other | batch | processor ms |',
  );
  console.log(`|${'---|'.repeat(11)}`);
  const digit = pictureOf(1);
  const drawing = pictureOf(10);
  const form = formOf(digit);
  const cases = [
    { name: '28×28 PNG', connections: 64, ...raw(digit) },
    { name: '28×28 PNG in a form', connections: 64, ...form },
    { name: '280×280 PNG', connections: 64, ...raw(drawing) },
    { name: '28×28 PNG, not kept', connections: 64, ...raw(digit), query: '?store=false' },
    { name: '28×28 PNG', connections: 640, ...raw(digit) },
  ].filter(({ name }) => only === undefined || name.includes(only));
  for (const { name, connections, body, headers, query } of cases) {
    const options = { url: `${url}predict${query}`, method: 'POST', connections, headers, body };
    await autocannon({ ...options, duration: WARM_UP_SECONDS });
    const before = await figures(url);
    const spentBefore = await processorMilliseconds(server.pid!);
    const result = await autocannon({ ...options, duration: seconds });
    const after = await figures(url);
    const spent = (await processorMilliseconds(server.pid!)) - spentBefore;
    const count = (status: number) => result.statusCodeStats[status]?.count ?? 0;
    const answered = count(200);
    const others = result.requests.total - answered - count(503) + result.errors + result.timeouts;
    const perBatch = (digits(after) - digits(before)) / (batches(after) - batches(before));
    const { p50, p99, max } = result.latency;
    console.log(
      `| ${[name, connections, Math.round(answered / result.duration), p50, p99, max, answered, count(503), others, perBatch.toFixed(1), (spent / answered).toFixed(2)].join(' | ')} |`,
    );
  }
  const { memory } = await figures(url);
  console.log(`\n${Math.round(memory / 1e6)} MB of memory in the end`);
} finally {
  server.kill('SIGTERM');
  await once(server, 'exit');
  await rm(folder, { recursive: true });
}

/** What a process has used of the processors so far; not a number where the system does not say it in this way. */
async function processorMilliseconds(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const [user, system] = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return (user + system) * 10;
}

interface Figures {
  memory: number;
  /** How many batches had how many pieces. */
  batchSizes: Record<string, number>;
}

async function figures(url: string): Promise<Figures> {
  return (await fetch(`${url}metrics/live`)).json() as Promise<Figures>;
}

function batches({ batchSizes }: Figures): number {
  return Object.values(batchSizes).reduce((a, b) => a + b, 0);
}

/** Pieces of pictures that were put to the network. */
function digits({ batchSizes }: Figures): number {
  return Object.entries(batchSizes).reduce((sum, [size, count]) => sum + Number(size) * count, 0);
}

/** A digit, drawn by the engine, as a PNG file whose pixels are so many times as large. */
function pictureOf(scale: number): Buffer<ArrayBuffer> {
  const { images } = syntheticDigits({ count: 4, seed: 3 });
  const pixels = images.subarray(3 * DIGIT_PIXELS, 4 * DIGIT_PIXELS);
  const side = DIGIT_SIZE * scale;
  const data = new Uint8Array(side * side);
  for (let i = 0; i < data.length; i++) {
    data[i] = pixels[Math.floor(Math.floor(i / side) / scale) * DIGIT_SIZE + Math.floor((i % side) / scale)];
  }
  return Buffer.from(encodePng({ width: side, height: side, channels: 1, data }));
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
