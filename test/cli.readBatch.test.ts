/** `inkling read-batch`: very many pictures, each read once, whatever comes in between. */
import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, describe, expect, test } from 'vitest';
import { encodePng } from '../server/reading/png.ts';
import { syntheticDigits } from '../src/index.ts';
import { inkling, jsonLines, lastJsonLine, startInkling, temporaryFolder } from './commandLine.ts';

const folder = await temporaryFolder();
const pictures = join(folder, 'pictures');
const LONG = 300_000;
const COUNT = 330;
const BROKEN = 7;
const env = { INKLING_JOB_HEARTBEAT: '2', INKLING_DB: join(folder, 'app.db') };
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
let labels: Uint8Array;
let names: string[];

beforeAll(async () => {
  await mkdir(join(pictures, 'more'), { recursive: true });
  const digits = syntheticDigits({ count: COUNT, seed: 99 });
  labels = digits.labels;
  names = Array.from({ length: COUNT }, (_, i) =>
    join(pictures, i < COUNT - 10 ? `${i}.png` : join('more', `${i}.png`)),
  );
  for (const [i, name] of names.entries()) {
    const data = Uint8Array.from(digits.images.subarray(i * 784, (i + 1) * 784), (ink) => 255 - ink);
    const png = encodePng({ width: 28, height: 28, channels: 1, data });
    await writeFile(name, i === BROKEN ? png.subarray(0, 60) : png);
  }
}, LONG);

interface Line {
  file: string;
  text?: string;
  error?: string;
}

const linesOf = (text: string) => jsonLines(text) as unknown as Line[];
const linesIn = async (path: string) => linesOf(await readFile(path, 'utf8'));

function expectAll(lines: Line[]): void {
  expect(lines.map(({ file }) => file)).toEqual(names);
  expect(lines.filter(({ error }) => error !== undefined).map(({ file }) => file)).toEqual([names[BROKEN]]);
  const right = lines.filter(({ text }, i) => text === `${labels[i]}`).length;
  expect(right / COUNT).toBeGreaterThan(0.9);
}

async function untilLines(path: string, least: number): Promise<void> {
  while ((await readFile(path, 'utf8').catch(() => '')).split('\n').length <= least) await pause(10);
}

describe('here', () => {
  test(
    'reads a folder in the order of its names, and says of each what is on it or why it cannot be read',
    async () => {
      const { code, stdout, stderr } = await inkling(['read-batch', pictures]);
      expect(code).toBe(0);
      const lines = linesOf(stdout);
      expectAll(lines);
      expect(lines[0]).toMatchObject({
        ...{ digits: [{ digit: labels[0], confidence: expect.any(Number), box: expect.any(Array) }] },
        ...{ rejected: false, width: 28, height: 28 },
      });
      expect(lines[BROKEN]).toEqual({
        file: names[BROKEN],
        error: expect.stringMatching(/^The picture .*\.$/),
      });
      expect(stderr).toMatch(/330 pictures read in .*; 1 could not be read\n$/);
      const [predicted] = jsonLines((await inkling(['predict', names[3], '--json'])).stdout);
      const { milliseconds: _, ...reading } = lines[3] as Line & { milliseconds: number };
      expect(reading).toMatchObject({ file: names[3], text: predicted.text });
    },
    LONG,
  );

  test(
    'goes on after a kill, reads nothing twice and misses nothing',
    async () => {
      const out = join(folder, 'killed.jsonl');
      for (const least of [1, 100, 200]) {
        const running = startInkling(['read-batch', pictures, '--out', out, '--threads', '1']);
        await Promise.race([untilLines(out, least), running.outcome]);
        running.process.kill('SIGKILL');
        await running.outcome;
      }
      const before = await readFile(out, 'utf8');
      expect(before.split('\n').length).toBeLessThan(COUNT);
      // As if it had been killed in the middle of a write.
      await truncate(out, before.length - 20);
      const kept = before.slice(0, before.length - 20).split('\n').length - 1;
      const { code, stdout } = await inkling(['read-batch', pictures, '--out', out, '--json']);
      expect(code).toBe(0);
      expect(lastJsonLine(stdout)).toMatchObject({
        ...{ event: 'end', pictures: COUNT, skipped: kept, read: COUNT - kept, out },
      });
      const after = await readFile(out, 'utf8');
      expect(after.startsWith(before.slice(0, before.lastIndexOf('\n', before.length - 21) + 1))).toBe(true);
      expectAll(linesOf(after));
      const again = await inkling(['read-batch', pictures, '--out', out, '--json']);
      expect(lastJsonLine(again.stdout)).toMatchObject({ skipped: COUNT, read: 0 });
      expect(await readFile(out, 'utf8')).toBe(after);
    },
    LONG,
  );

  test(
    'stops at Ctrl-C, and reads a list from another program into the database',
    async () => {
      const database = join(folder, 'readings.db');
      const list = join(folder, 'list.txt');
      await writeFile(list, `${names.join('\n')}\n`);
      const words = ['read-batch', list, '--database', database, '--name', 'all', '--threads', '1', '--json'];
      const running = startInkling(words);
      await Promise.race([pause(2500), running.outcome]);
      running.process.kill('SIGINT');
      const stopped = await running.outcome;
      expect([0, 130]).toContain(stopped.code);
      const piped = startInkling(['read-batch', '-', '--database', database, '--name', 'all', '--json']);
      piped.process.stdin!.end(await readFile(list));
      const { code, stdout } = await piped.outcome;
      expect(code).toBe(0);
      expect(lastJsonLine(stdout)).toMatchObject({ event: 'end', pictures: COUNT });
      const sqlite = new DatabaseSync(database, { readOnly: true });
      const rows = sqlite.prepare("select * from readings where batch = 'all' order by number").all();
      sqlite.close();
      expect(rows.map(({ number }) => number)).toEqual(names.map((_, i) => i));
      expect(rows.map(({ file }) => file)).toEqual(names);
      expectAll(rows.map(({ reading }) => JSON.parse(`${reading}`)));
    },
    LONG,
  );
});

test(
  'through a queue, workers and whoever asked may be killed, and every picture is read once',
  async () => {
    const database = join(folder, 'queue.db');
    const out = join(folder, 'queued.jsonl');
    const batch = () =>
      startInkling(['read-batch', pictures, '--queue', database, '--out', out, '--json'], { env });
    const worker = (...flags: string[]) =>
      startInkling(['worker', '--database', database, '--jobs', '1', '--json', ...flags], { env });
    const first = batch();
    const killed = worker();
    await untilLines(out, 40);
    first.process.kill('SIGKILL');
    killed.process.kill('SIGKILL');
    await Promise.all([first.outcome, killed.outcome]);
    const kept = (await linesIn(out)).length;
    const second = batch();
    const working = worker();
    const { code, stdout } = await second.outcome;
    expect(code).toBe(0);
    expect(lastJsonLine(stdout)).toMatchObject({
      event: 'end',
      skipped: kept,
      read: COUNT - kept,
      failed: expect.any(Number),
    });
    working.process.kill('SIGTERM');
    const done = [killed, working].map(async ({ outcome }) => jsonLines((await outcome).stdout));
    const ends = (await Promise.all(done)).flat().filter(({ event }) => event === 'done');
    expect(new Set(ends.map(({ id }) => id)).size, 'no chunk was read twice').toBe(ends.length);
    expectAll(await linesIn(out));
    const sqlite = new DatabaseSync(database, { readOnly: true });
    const left = sqlite.prepare('select (select count(*) from artefact_parts) as parts').get();
    sqlite.close();
    // Of what was read when the first was killed, one chunk at most is not put away yet.
    expect(left!.parts).toBeLessThan(3);
  },
  LONG,
);

test('what is asked wrongly is said in a sentence', { timeout: LONG }, async () => {
  const other = join(folder, 'other.jsonl');
  await writeFile(other, '{"file":"elsewhere.png","text":"1"}\n');
  const none = join(folder, 'none.jsonl');
  await writeFile(none, 'Dear diary\n');
  const empty = join(folder, 'empty');
  await mkdir(empty);
  for (const [words, code, sentence] of [
    [[], 2, 'Name a folder of pictures'],
    [['nowhere'], 1, 'nowhere'],
    [[empty], 2, 'holds no pictures'],
    [[names[0]], 2, 'is no list of pictures'],
    [[pictures, '--out', other], 2, 'holds the readings of other pictures'],
    [[pictures, '--out', none], 1, 'line 1, is none that read-batch wrote'],
    [[pictures, '--out', join(names[0], 'x')], 1, 'x'],
    [[pictures, '--model', 'nowhere.safetensors'], 1, 'nowhere.safetensors'],
    [[pictures, '--threads', 'many'], 2, '--threads'],
    [[pictures, '--out', other, '--database', 'x.db'], 2, 'Only one of'],
  ] as const) {
    const outcome = await inkling(['read-batch', ...words], { cwd: empty });
    expect(outcome.stderr, words.join(' ')).toMatch(/^inkling: [^\n]+\.\n$/);
    expect(outcome.stderr).toContain(sentence);
    expect(outcome.code, words.join(' ')).toBe(code);
    expect(outcome.stdout).toBe('');
  }
  expect(await readdir(empty)).toEqual([]);
  const { code } = await inkling(['read-batch', pictures, '--out', other, '--force']);
  expect(code).toBe(0);
  expectAll(await linesIn(other));
});
