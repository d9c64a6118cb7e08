/**
 * What `inkling read-batch` reaches on very many pictures, and whether its memory grows:
 * `node test/load/readBatch.ts [--pictures 100000] [--threads 2] [--kills 3] [--folder DIR]`.
 *
 * Draws digits of 28×28 pixels into a folder, a thousand in each below it, and reads them. With `--kills` the command is
 * killed so many times at random moments and begun again. Told are pictures per second and per second of processor time,
 * and the resident memory by tenths of the way. Ends with 1 where a picture has no line or two, where one was read again
 * after a kill, or, without kills,
 * where memory in the last quarter is more than a tenth above that in the second.
 */
import { access, mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { encodePng } from '../../server/reading/png.ts';
import { syntheticDigits } from '../../src/index.ts';
import { processorMilliseconds } from '../appProcess.ts';
import { jsonLines, type Running, startInkling } from '../startInkling.ts';

const { values } = parseArgs({
  options: {
    pictures: { type: 'string', default: '100000' },
    threads: { type: 'string', default: `${availableParallelism()}` },
    kills: { type: 'string', default: '0' },
    folder: { type: 'string' },
  },
});
const PICTURES = Number(values.pictures);
const KILLS = Number(values.kills);
const PER_FOLDER = 1000;
const PIXELS = 28 * 28;
const SAMPLE_EVERY = 500;
const MOST_GROWTH = 0.1;
const TENTHS = 10;

interface Sample {
  /** Pictures that were read by then. */
  done: number;
  bytes: number;
}

const folder = values.folder ?? (await mkdtemp(join(tmpdir(), 'inkling-read-batch-')));
const pictures = join(folder, 'pictures');
const out = join(folder, 'readings.jsonl');
const words = ['read-batch', pictures, '--out', out, '--threads', values.threads, '--json'];
const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0);

let spent = 0;
/** How much of the lines was counted. */
let counted = { bytes: 0, lines: 0 };

await draw();
await rm(out, { force: true });
for (let kill = 1; kill <= KILLS; kill++) await runUntil((PICTURES * (kill - Math.random())) / (KILLS + 1));
const before = KILLS > 0 ? (await linesOf(out)).length : 0;
const { end, samples, seconds } = await runUntil(Number.POSITIVE_INFINITY);

const files = (await linesOf(out)).map((line) => JSON.parse(line).file);
const isWhole = files.length === PICTURES && new Set(files).size === PICTURES;
const isReadOnce = end?.skipped === before && end.read === PICTURES - before;
const read = PICTURES - before;
const mean = (some: Sample[]) => some.reduce((sum, { bytes }) => sum + bytes, 0) / some.length;
const part = (from: number, to: number) =>
  samples.filter(({ done }) => done >= PICTURES * from && done <= PICTURES * to);
const [second, last] = [mean(part(0.25, 0.5)), mean(part(0.75, 1))];
console.log('| pictures | resident MB |\n|---|---|');
for (let tenth = 0; tenth < TENTHS; tenth++) {
  const some = part(tenth / TENTHS, (tenth + 1) / TENTHS);
  if (some.length > 0)
    console.log(`| ${Math.round((PICTURES * (tenth + 1)) / TENTHS)} | ${megabytes(mean(some))} |`);
}
console.log(
  `${read} pictures on ${values.threads} threads in ${seconds.toFixed(1)} s: ${Math.round(read / seconds)} a second, ${Math.round(read / spent)} per second of processor time`,
);
console.log(`memory: ${megabytes(second)} MB in the second quarter, ${megabytes(last)} MB in the last`);
if (KILLS > 0)
  console.log(
    `killed ${KILLS} times; ${before} lines were there before the last run, which read ${end?.read}`,
  );
console.log(isWhole ? 'each picture has its line, once' : 'LINES ARE MISSING OR DOUBLE');
if (values.folder === undefined) await rm(folder, { recursive: true });
const isFlat = KILLS > 0 || !(last > second * (1 + MOST_GROWTH));
process.exit(isWhole && isReadOnce && isFlat ? 0 : 1);

/** Pictures that are there already stay. */
async function draw(): Promise<void> {
  for (let from = 0; from < PICTURES; from += PER_FOLDER) {
    const count = Math.min(PER_FOLDER, PICTURES - from);
    const place = join(pictures, `${from / PER_FOLDER}`.padStart(4, '0'));
    const isThere = await access(join(place, `${count - 1}.png`)).then(
      () => true,
      () => false,
    );
    if (isThere) continue;
    await mkdir(place, { recursive: true });
    const { images } = syntheticDigits({ count, seed: 1000 + from });
    for (let i = 0; i < count; i++) {
      const data = Uint8Array.from(images.subarray(i * PIXELS, (i + 1) * PIXELS), (ink) => 255 - ink);
      await writeFile(join(place, `${i}.png`), encodePng({ width: 28, height: 28, channels: 1, data }));
    }
  }
}

/** Begins, or goes on, and kills it once so many pictures have their line. */
async function runUntil(
  lines: number,
): Promise<{ end?: Record<string, unknown>; samples: Sample[]; seconds: number }> {
  const begun = performance.now();
  const running = startInkling(words);
  const samples: Sample[] = [];
  let isOver = false;
  running.outcome.finally(() => {
    isOver = true;
  });
  let processor = 0;
  while (!isOver) {
    const sample = await look(running).catch(() => undefined);
    if (sample) {
      samples.push({ done: await countLines(), bytes: sample.bytes });
      processor = sample.processor;
      if (samples.at(-1)!.done >= lines) running.process.kill('SIGKILL');
    }
    await new Promise((resolve) => setTimeout(resolve, SAMPLE_EVERY));
  }
  const { stdout, stderr, code } = await running.outcome;
  if (code !== 0 && code !== null) throw new Error(stderr);
  spent = processor / 1000;
  const end = jsonLines(stdout).find(({ event }) => event === 'end');
  return { end, samples, seconds: Number(end?.seconds ?? (performance.now() - begun) / 1000) };
}

async function look({ process: { pid } }: Running): Promise<{ bytes: number; processor: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(status)!;
  return { bytes: 1024 * Number(kilobytes), processor: await processorMilliseconds(pid!) };
}

/** Only what was written since is read again. */
async function countLines(): Promise<number> {
  const handle = await open(out, 'r').catch(() => undefined);
  if (!handle) return 0;
  try {
    const { size } = await handle.stat();
    if (size < counted.bytes) counted = { bytes: 0, lines: 0 };
    const buffer = Buffer.alloc(size - counted.bytes);
    await handle.read(buffer, 0, buffer.length, counted.bytes);
    counted = { bytes: size, lines: counted.lines + buffer.filter((byte) => byte === 10).length };
  } finally {
    await handle.close();
  }
  return counted.lines;
}

async function linesOf(path: string): Promise<string[]> {
  return (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
}
