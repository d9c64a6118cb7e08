/**
 * How long the page takes to answer while somebody draws: `node test/load/live.ts [NAME] [FOLDER]`, in Chromium
 * without a window, with the page and the app as `npm start` has them.
 *
 * The page's own samples, or those whose name holds NAME, are traced with a mouse that moves sixty times a second. Of each answer there is what the
 * worker took to read, and the whole way from the page's question to it; a frame that came late tells of a pen that
 * stalled. With FOLDER, the pixels of all questions are kept there, for a closer look elsewhere.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { PAD_HEIGHT, PAD_WIDTH } from '../../server/page/drawing/pad.ts';
import { type Sample, samples } from '../../server/page/read/samples.ts';
import { answered, servePage, visit } from '../page.ts';

interface Reading {
  width: number;
  height: number;
  /** Of the worker. */
  milliseconds: number;
  wholeWay: number;
  pixels?: number[];
}

interface Seen {
  readings: Reading[];
  /** Between a frame and the next one, in milliseconds. */
  frames: number[];
}

const ROUNDS = 2;
/** A hand's step between two frames, in pixels of the sheet. */
const STEP = 6;
const FRAME = 1000 / 60;
const LATE = 50;

const [only = '', folder] = process.argv.slice(2);
if (folder) await mkdir(folder, { recursive: true });
const served = await servePage();
try {
  const { page, context } = await visit(served);
  await page.addInitScript(listen, folder !== undefined);
  await page.reload();
  await page.evaluate(async () => (await navigator.serviceWorker.ready).active);
  // The first drawing is not counted: it waits for the network.
  await trace(page, samples()[0]);
  await answered(page, '3');
  console.log(
    '| drawn | answers | worker p50 ms | p95 | most | whole way p50 ms | p95 | most | late frames |',
  );
  console.log(`|${'---|'.repeat(9)}`);
  for (const sample of samples().filter(({ name }) => name.includes(only))) {
    const readings: Reading[] = [];
    const frames: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      await page.getByRole('button', { name: 'Clear', exact: true }).click();
      await page.waitForTimeout(500);
      await seen(page);
      await trace(page, sample);
      await page.waitForTimeout(300);
      const now = await seen(page);
      readings.push(...now.readings);
      frames.push(...now.frames);
    }
    const name = sample.isScribble ? 'scribble' : sample.name.replace('\n', ', ');
    const row = [
      name,
      readings.length,
      ...quantiles(readings.map(({ milliseconds }) => milliseconds)),
      ...quantiles(readings.map(({ wholeWay }) => wholeWay)),
      frames.filter((milliseconds) => milliseconds > LATE).length,
    ];
    console.log(`| ${row.join(' | ')} |`);
    for (const [i, reading] of folder ? readings.entries() : [])
      await writeFile(join(folder, `${name}-${i}.json`), JSON.stringify(reading));
  }
  await context.close();
} finally {
  await served.close();
}

/** Runs in the page, before its scripts: notes what workers that read are asked and how long they take. */
function listen(keepsPixels: boolean): void {
  const seen: Seen = { readings: [], frames: [] };
  const asked = new Map<number, Omit<Reading, 'milliseconds' | 'wholeWay'> & { at: number }>();
  const Original = Worker;
  class Heard extends Original {
    constructor(...place: ConstructorParameters<typeof Worker>) {
      super(...place);
      this.addEventListener('message', ({ data: { ticket, answer } }) => {
        const question = asked.get(ticket);
        asked.delete(ticket);
        if (!question || answer?.milliseconds === undefined) return;
        const { at, ...about } = question;
        const { milliseconds } = answer;
        seen.readings.push({ ...about, milliseconds, wholeWay: performance.now() - at });
      });
    }

    override postMessage(
      question: { ticket: number; type: string; width: number; height: number; data: Uint8Array },
      transfer?: unknown,
    ): void {
      if (question.type === 'read') {
        const { ticket, width, height, data } = question;
        asked.set(ticket, {
          width,
          height,
          ...(keepsPixels && { pixels: [...data] }),
          at: performance.now(),
        });
      }
      super.postMessage(question, transfer as Transferable[]);
    }
  }
  let last = performance.now();
  const onFrame = (now: number) => {
    seen.frames.push(now - last);
    last = now;
    requestAnimationFrame(onFrame);
  };
  requestAnimationFrame(onFrame);
  Object.assign(globalThis, { Worker: Heard, seenSoFar: seen });
}

/** What was noted since it was asked for last. */
function seen(page: Page): Promise<Seen> {
  return page.evaluate(() => {
    const { seenSoFar } = globalThis as unknown as { seenSoFar: Seen };
    return { readings: seenSoFar.readings.splice(0), frames: seenSoFar.frames.splice(0) };
  });
}

/** Draws a sample's strokes with the mouse, with a pen as wide as theirs. */
async function trace(page: Page, { strokes }: Sample): Promise<void> {
  const pen = page.locator('.tools input[type=range]');
  await pen.fill(String(Math.round(strokes[0].width * 2) / 2));
  const { x, y, width, height } = (await page.locator('.pad-canvas').boundingBox())!;
  for (const { points } of strokes) {
    let last = points[0];
    const to = (right: number, down: number) =>
      page.mouse.move(x + (right / PAD_WIDTH) * width, y + (down / PAD_HEIGHT) * height);
    await to(last.x, last.y);
    await page.mouse.down();
    for (const point of points.slice(1)) {
      const steps = Math.ceil(Math.hypot(point.x - last.x, point.y - last.y) / STEP);
      for (let step = 1; step <= steps; step++) {
        const due = performance.now() + FRAME;
        await to(last.x + ((point.x - last.x) * step) / steps, last.y + ((point.y - last.y) * step) / steps);
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
      }
      last = point;
    }
    await page.mouse.up();
  }
}

/** The median, what 95 of 100 stay below, and the most. */
function quantiles(values: readonly number[]): string[] {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return [at(0.5), at(0.95), at(1)].map((value) => value.toFixed(1));
}
