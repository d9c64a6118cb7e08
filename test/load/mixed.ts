/**
 * Whether the app's memory grows while it does a bit of everything: `node test/load/mixed.ts [--minutes 10] [--rate 60]`.
 *
 * Some browsers send digits, drawings and rubbish, look through their history, correct, delete and export, so many
 * requests in a second in all; the app is a process of its own. Its memory (resident set) is read every few seconds,
 * and the heap of its main thread each half minute, after all garbage was collected. A line is fitted to each by least
 * squares once the warm-up is over. Ends with 1 where one of them is more than a tenth higher at the end of its line
 * than at its beginning, or a request failed that should not.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { InklingClient, ProblemError } from '../../server/client/client.ts';
import { processorMilliseconds, startProcess } from '../appProcess.ts';
import { Lot } from '../pictures/lot.ts';
import { digitPngs, drawingPng } from './pictures.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    rate: { type: 'string', default: '60' },
    browsers: { type: 'string', default: '12' },
  },
});
const MINUTES = Number(values.minutes);
/** Until caches are full and code is compiled. */
const WARM_UP_SHARE = 0.2;
const SAMPLE_EVERY = 5_000;
/** The heap is looked at once in so many samples. */
const COLLECT_EVERY = 6;
const COLLECTING = 500;
const MOST_GROWTH = 0.1;
/** A browser that has more deletes them all, so that the database does not grow for ever. */
const LONGEST_HISTORY = 60;

type Point = readonly [minutes: number, bytes: number];

const folder = await mkdtemp(join(tmpdir(), 'inkling-mixed-'));
const { DATABASE_URL } = process.env;
const app = await startProcess({
  INKLING_DB: join(folder, 'mixed.db'),
  INKLING_LOG_LEVEL: 'info',
  NODE_OPTIONS: `--expose-gc --import=${pathToFileURL(join(import.meta.dirname, 'collect.ts'))}`,
  ...(DATABASE_URL && { DATABASE_URL }),
});
app.process.stderr!.removeAllListeners('data').resume();

const pictures = digitPngs().map((bytes) => new Blob([bytes]));
const drawing = new Blob([await drawingPng()]);
const rubbish = [new Blob(['hello']), new Blob([(await drawing.bytes()).slice(0, 300)])];
const counts: Record<string, number> = {};
const surprises: string[] = [];
const start = performance.now();
let isOver = false;

/** What one browser does, again and again. */
async function browse(number: number): Promise<void> {
  const lot = new Lot(number);
  const me = new InklingClient(app.url);
  let ids: string[] = [];
  const another = () => lot.pick(ids);
  const acts: [name: string, weight: number, act: () => Promise<unknown>][] = [
    ['predict', 50, async () => ids.push((await me.predict(lot.pick(pictures))).id)],
    ['draw', 4, async () => ids.push((await me.predict(drawing, { source: 'drawing' })).id)],
    ['ask', 5, () => me.predict(lot.pick(pictures), { store: false })],
    ['replace', 3, () => me.predict(lot.pick(pictures), { id: another() })],
    ['list', 10, () => me.list({ limit: 20 })],
    ['search', 3, () => me.list({ search: `${lot.whole(0, 9)}`, corrected: lot.isLucky(0.5) })],
    ['look', 6, () => me.get(another())],
    ['picture', 4, async () => (await me.picture(another())).bytes()],
    ['correct', 8, () => me.correct(another(), `${lot.whole(0, 9)}`)],
    ['take back', 2, () => me.correct(another(), null)],
    ['delete', 4, () => me.remove(ids.pop()!)],
    ['export', 1, async () => (await me.export()).bytes()],
    ['rubbish', 3, () => refused(me.predict(lot.pick(rubbish)))],
    ['go away', 3, () => refused(me.predict(drawing, { signal: AbortSignal.timeout(lot.whole(0, 4)) }))],
    ['models', 1, () => me.models()],
  ];
  const lots = acts.flatMap(([name, weight, act]) => Array.from({ length: weight }, () => ({ name, act })));
  const interval = (1000 * Number(values.browsers)) / Number(values.rate);
  while (!isOver) {
    const due = performance.now() + interval * lot.between(0.5, 1.5);
    const { name, act } = ids.length < 2 ? lots[0] : lot.pick(lots);
    try {
      await act();
      if (ids.length > LONGEST_HISTORY) {
        await me.removeAll();
        ids = [];
      }
      counts[name] = (counts[name] ?? 0) + 1;
    } catch (error) {
      surprises.push(`${name}: ${error}`);
    }
    await pause(Math.max(0, due - performance.now()));
  }
}

/** Resolves where the app refuses the picture or the browser has gone. */
async function refused(asked: Promise<unknown>): Promise<void> {
  await asked.catch((error) => {
    const isRefusal = error instanceof ProblemError && [415, 422].includes(error.problem.status);
    if (!isRefusal && error.name !== 'TimeoutError') throw error;
  });
}

async function figure(name: string): Promise<number> {
  const text = await (await fetch(`${app.url}metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
}

/** The straight line that is nearest to the points, by least squares: its slope, and its values at both ends. */
function leastSquares(points: readonly Point[]) {
  const mean = (of: number[]) => of.reduce((a, b) => a + b, 0) / of.length;
  const [mx, my] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
  const slope =
    points.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0) /
    points.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
  const at = (x: number) => my + slope * (x - mx);
  return { slope, first: at(points[0][0]), last: at(points.at(-1)![0]) };
}

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
const browsing = Array.from({ length: Number(values.browsers) }, (_, number) => browse(number));
const resident: Point[] = [];
const heap: Point[] = [];
console.log('| minutes | resident MB | heap MB | requests | processor s |\n|---|---|---|---|---|');
while (performance.now() - start < MINUTES * 60_000) {
  await pause(SAMPLE_EVERY);
  const minutes = (performance.now() - start) / 60_000;
  resident.push([minutes, await figure('process_resident_memory_bytes')]);
  if (resident.length % COLLECT_EVERY > 0) continue;
  app.process.kill('SIGUSR2');
  await pause(COLLECTING);
  heap.push([minutes, await figure('nodejs_heap_size_used_bytes')]);
  const requests = Object.values(counts).reduce((a, b) => a + b, 0);
  const spent = (await processorMilliseconds(app.process.pid!)) / 1000;
  const sizes = [resident, heap].map((points) => megabytes(points.at(-1)![1]));
  console.log(`| ${[minutes.toFixed(1), ...sizes, requests, spent.toFixed(0)].join(' | ')} |`);
}
isOver = true;
await Promise.all(browsing);
await app.stop();
await rm(folder, { recursive: true });

console.log(
  `\n${Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ')}`,
);
console.log(`surprises: ${surprises.length > 0 ? surprises.slice(0, 10).join('; ') : 'none'}`);
let hasGrown = false;
for (const [name, points] of Object.entries({ resident, heap })) {
  const { slope, first, last } = leastSquares(
    points.filter(([minutes]) => minutes > WARM_UP_SHARE * MINUTES),
  );
  hasGrown ||= last > first * (1 + MOST_GROWTH);
  console.log(`${name}: from ${megabytes(first)} to ${megabytes(last)} MB, ${megabytes(slope)} MB a minute`);
}
process.exit(surprises.length > 0 || hasGrown ? 1 : 0);

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
