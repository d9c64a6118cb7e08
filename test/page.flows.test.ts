/** What people do on the page, in a real browser and against the real app, on a desktop and on a phone, light and dark. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { shippedModel } from '../server/reading/testing/pictures.ts';
import { decodeNetwork, syntheticDigits } from '../src/index.ts';
import { inkling, jsonLines } from './commandLine.ts';
import {
  answered,
  DESKTOP,
  drawOnSheet,
  executable,
  kept,
  PATIENCE,
  PHONE,
  type Served,
  servePage,
  storedPredictions,
  visit,
} from './page.ts';
import { needs } from './requirements.ts';

const inChromium = needs(executable !== undefined, 'Chromium (Debian package chromium)');
let served: Served;

beforeAll(async () => {
  if (executable) served = await servePage();
}, PATIENCE);
afterAll(() => served?.close());

const sample = (page: Page, name: string) =>
  page.getByRole('button', { name: `Draw the sample ${name}`, exact: true }).click();

/** What is on the sheet, as a file of the visitor's. */
async function sheetAsPng(page: Page): Promise<Buffer> {
  const { id } = (await storedPredictions(page))[0];
  const bytes = await page.evaluate(
    async (which) => [
      ...new Uint8Array(await (await fetch(`api/v1/predictions/${which}/image`)).arrayBuffer()),
    ],
    id,
  );
  return Buffer.from(bytes);
}

describe.each([
  ['a desktop in light', { ...DESKTOP, colorScheme: 'light' as const }],
  ['a phone in dark', { ...PHONE, colorScheme: 'dark' as const }],
])('on %s', (_, options) => {
  const flow = (name: string, run: () => Promise<void>, patience = PATIENCE) =>
    inChromium(name, run, patience);

  flow('draw, look, correct and find it in the history', async () => {
    const { page, context, complaints } = await visit(served, options);
    await drawOnSheet(page);
    await answered(page, '7');
    // Answers to the unfinished stroke may have come first, and be in doubt.
    await expect.poll(() => page.locator('.probabilities tbody tr:visible').count()).toBe(10);
    // Chromium's card here is in software, which is never taken.
    const inside = page.locator('.inside');
    if ((await inside.getAttribute('open')) === null) await inside.locator('summary').click();
    await inside.getByText(/^in this page: wasm/).waitFor();
    await kept(page);
    const [stored] = await storedPredictions(page);
    expect(stored).toMatchObject({ text: '7', source: 'drawing', correction: null });
    await page.getByRole('button', { name: 'It is a 1' }).click();
    await page.getByText('Noted: it is 1.').waitFor();
    await expect.poll(async () => (await storedPredictions(page))[0].correction).toBe('1');
    await page.getByRole('link', { name: 'History' }).click();
    await page.getByRole('button', { name: 'Open the prediction 1' }).waitFor();
    await page.getByText('read as 7').waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      options.viewport!.width,
    );
    expect(complaints).toEqual([]);
    await context.close();
  });

  flow('the live answer is the server’s and the command line’s, to 1e-4', async () => {
    const { page, context } = await visit(served, options);
    const folder = await mkdtemp(join(tmpdir(), 'inkling-drawn-'));
    const live = new Map<string, number[][]>();
    for (const name of ['3', '7', '58', '2046']) {
      await sample(page, name);
      await answered(page, name);
      await page.locator('.large .digit').first().waitFor();
      await expect.poll(async () => (await storedPredictions(page))[0]?.text).toBe(name);
      const [stored] = await storedPredictions(page);
      const read: number[][] = [];
      for (const [place, { probabilities }] of stored.digits.entries()) {
        if (name.length > 1) await page.locator('.large button').nth(place).click();
        const shares = await page
          .locator('.probabilities .bar')
          .evaluateAll((bars) => bars.slice(0, 10).map((bar) => Number((bar as HTMLElement).dataset.share)));
        for (const [digit, share] of shares.entries()) expect(share).toBeCloseTo(probabilities[digit], 4);
        read.push(shares);
      }
      live.set(name, read);
      await writeFile(join(folder, `${name}.png`), await sheetAsPng(page));
    }
    const files = [...live.keys()].map((name) => join(folder, `${name}.png`));
    const { stdout } = await inkling(['predict', ...files, '--json']);
    const lines = jsonLines(stdout) as {
      file: string;
      text: string;
      digits: { probabilities: number[] }[];
    }[];
    expect(lines.map(({ text }) => text)).toEqual([...live.keys()]);
    for (const { text, digits } of lines) {
      const shares = live.get(text)!;
      expect(digits).toHaveLength(shares.length);
      for (const [place, { probabilities }] of digits.entries()) {
        for (const [digit, share] of shares[place].entries())
          expect(share).toBeCloseTo(probabilities[digit], 4);
      }
    }
    await rm(folder, { recursive: true });
    await context.close();
  });

  flow('undo, redo, eraser, clear; a sheet that goes on replaces what was kept of it', async () => {
    const { page, context } = await visit(served, options);
    await drawOnSheet(page);
    await kept(page);
    await drawOnSheet(page, [
      [0.4, 0.5],
      [0.6, 0.5],
    ]);
    await page.waitForTimeout(1500);
    await expect.poll(async () => (await storedPredictions(page)).length).toBe(1);
    await page.getByRole('button', { name: 'Undo' }).click();
    await answered(page, '7');
    await page.getByRole('button', { name: 'Redo' }).click();
    await page.getByRole('button', { name: 'Eraser' }).click();
    expect(await page.getByRole('button', { name: 'Eraser' }).getAttribute('aria-pressed')).toBe('true');
    await drawOnSheet(page, [
      [0.4, 0.5],
      [0.6, 0.5],
    ]);
    await page.getByRole('button', { name: 'Clear', exact: true }).click();
    await page.getByText('Waiting for your digits').waitFor();
    // The clearing, what was erased, and the bar: what is left is the first stroke.
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Waiting for your digits').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Undo' }).click();
    await answered(page, '7');
    await context.close();
  });

  flow('upload, drop and paste, several at once, with previews before anything is sent', async () => {
    const { page, context, complaints } = await visit(served, options);
    await sample(page, '58');
    await kept(page);
    const png = await sheetAsPng(page);
    await page.getByRole('button', { name: 'Pictures', exact: true }).click();
    await page.setInputFiles('input[type=file]', [
      { name: 'one.png', mimeType: 'image/png', buffer: png },
      { name: 'two.png', mimeType: 'image/png', buffer: png },
      { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no picture') },
    ]);
    await page.getByText('notes.txt is not a picture.').waitFor();
    for (const kind of ['drop', 'paste']) {
      await page.evaluate(
        ([bytes, what]) => {
          const data = new DataTransfer();
          data.items.add(new File([new Uint8Array(bytes as number[])], `${what}.png`, { type: 'image/png' }));
          const event =
            what === 'drop'
              ? new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true })
              : new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
          document.body.dispatchEvent(event);
        },
        [[...png], kind] as const,
      );
    }
    await expect.poll(() => page.locator('.tray li').count()).toBe(4);
    expect(await storedPredictions(page)).toHaveLength(1);
    await page.getByRole('button', { name: 'Remove two.png' }).click();
    await page.getByRole('button', { name: 'Read 3 pictures' }).click();
    await expect.poll(async () => (await storedPredictions(page)).length).toBe(4);
    await answered(page, '58');
    const boxes = page.locator('.preview .box');
    await expect.poll(() => boxes.count()).toBe(2);
    await boxes.nth(1).click();
    await page.getByText('Probabilities of digit 2 of 2').waitFor();
    expect(
      (await storedPredictions(page)).filter(({ source }: { source: string }) => source === 'upload'),
    ).toHaveLength(3);
    expect(complaints).toEqual([]);
    await context.close();
  });

  flow('what is not a picture of digits says why', async () => {
    const { page, context } = await visit(served, options);
    const blank = await page.evaluate(
      () =>
        new Promise<number[]>((resolve) => {
          const canvas = document.createElement('canvas');
          const context = canvas.getContext('2d')!;
          context.fillStyle = 'white';
          context.fillRect(0, 0, 300, 150);
          canvas.toBlob(async (blob) => resolve([...new Uint8Array(await blob!.arrayBuffer())]));
        }),
    );
    await page.getByRole('button', { name: 'Pictures', exact: true }).click();
    await page.setInputFiles('input[type=file]', {
      name: 'blank.png',
      mimeType: 'image/png',
      buffer: Buffer.from(blank),
    });
    await page.getByRole('button', { name: 'Read 1 picture' }).click();
    await answered(page, 'Not a digit');
    expect((await page.textContent('.sure'))!.length).toBeGreaterThan(10);
    await page.setInputFiles('input[type=file]', {
      name: 'broken.png',
      mimeType: 'image/png',
      buffer: Buffer.from('GIF'),
    });
    await page.getByRole('button', { name: 'Read 1 picture' }).click();
    await page.getByRole('alert').waitFor();
    await context.close();
  });

  flow('everything by keys: draw, correct, search, delete', async () => {
    const { page, context, complaints } = await visit(served, options);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('.pad-canvas').focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'Space', ...Array(16).fill('ArrowDown'), 'Space'])
      await page.keyboard.press(key);
    await answered(page, '1');
    await page.keyboard.press('4');
    await page.getByText('Noted: it is 4.').waitFor();
    await expect.poll(async () => (await storedPredictions(page))[0]?.correction).toBe('4');
    await page.getByRole('link', { name: 'History' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('searchbox').focus();
    await page.keyboard.type('9');
    await page.getByText('Nothing matches.').waitFor();
    await page.keyboard.press('Backspace');
    await page.keyboard.type('4');
    await page.getByText('1 prediction', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Delete the prediction 4' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => storedPredictions(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  flow('history has pages, filters, an export, and an end', async () => {
    const { page, context } = await visit(served, options);
    const names = ['3', '7', '58'];
    for (const [i, name] of names.entries()) {
      await sample(page, name);
      await expect.poll(async () => (await storedPredictions(page)).length).toBe(i + 1);
      await answered(page, name);
    }
    await page.keyboard.press('6');
    await expect.poll(async () => (await storedPredictions(page))[0].correction).toBe('68');
    // Enough for a second page.
    const png = await sheetAsPng(page);
    await page.evaluate(
      async (bytes) => {
        for (let i = 0; i < 24; i++) {
          const body = new Blob([new Uint8Array(bytes)], { type: 'image/png' });
          await fetch('api/v1/predict?source=upload', { method: 'POST', body });
        }
      },
      [...png],
    );
    await page.getByRole('link', { name: 'History' }).click();
    await page.getByText('27 predictions').waitFor();
    expect(await page.locator('.record').count()).toBe(24);
    await page.getByRole('button', { name: 'Show more' }).click();
    await expect.poll(() => page.locator('.record').count()).toBe(27);
    await page.getByLabel('Show').selectOption('true');
    await page.getByText('1 prediction', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Open the prediction 68' }).click();
    await expect.poll(() => page.locator('.seen li').count()).toBe(2);
    await page.getByRole('button', { name: 'Close' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Export' }).click(),
    ]);
    const files = unzipSync(new Uint8Array(await readFile(await download.path())));
    expect(
      Object.keys(files).filter((name) => name.startsWith('pictures/') && !name.endsWith('/')),
    ).toHaveLength(27);
    await page.getByRole('button', { name: 'Delete all' }).click();
    await page.getByRole('button', { name: 'Keep them' }).click();
    await page.getByRole('button', { name: 'Delete all' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete all' }).click();
    await page.getByText('Nothing here yet.').waitFor();
    expect(await storedPredictions(page)).toEqual([]);
    await context.close();
  });

  flow('offline it opens, reads and takes corrections, and sends them when it is back', async () => {
    const { page, context } = await visit(served, options);
    await page.waitForFunction(
      async () => (await navigator.serviceWorker.ready).active?.state === 'activated',
    );
    await page.waitForFunction(
      async () => (await (await caches.open('inkling-networks')).keys()).length >= 2,
    );
    await context.setOffline(true);
    await page.reload();
    await page.getByText('Offline').first().waitFor();
    await drawOnSheet(page);
    await answered(page, '7');
    await page.getByText('Will be sent when the server is back').waitFor();
    await page.getByRole('button', { name: 'It is a 9' }).click();
    await page.getByText('2 things waiting').waitFor();
    await page.reload();
    await page.getByText('2 things waiting').waitFor();
    await context.setOffline(false);
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await expect.poll(async () => (await storedPredictions(page))[0]?.correction).toBe('9');
    await context.close();
  });

  flow('what a network says in the server’s place is not taken for its answer', async () => {
    const { page, context } = await visit(served, options);
    const logIn = { status: 200, contentType: 'text/html', body: '<h1>Log in to use this network</h1>' };
    await page.route('**/api/v1/predict', (route) => route.fulfill(logIn));
    await page.route('**/correction', (route) => route.fulfill(logIn));
    await drawOnSheet(page);
    await answered(page, '7');
    await page.getByText('Will be sent when the server is back').waitFor();
    await page.unroute('**/api/v1/predict');
    await expect.poll(async () => (await storedPredictions(page))[0]?.text).toBe('7');
    await page.getByRole('button', { name: 'It is a 9' }).click();
    await page.waitForResponse(/correction$/);
    await page.unroute('**/correction');
    await expect.poll(async () => (await storedPredictions(page))[0].correction).toBe('9');
    await context.close();
  });

  flow(
    'the training page learns from files, with the settings asked for, pauses and goes on',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'inkling-digits-'));
      const { images, labels } = syntheticDigits({ count: 1500, seed: 5 });
      const header = (magic: number, sizes: number[]) =>
        new Uint8Array([magic, ...sizes].flatMap((word) => [word >> 24, word >> 16, word >> 8, word]));
      const paths = ['train-images-idx3-ubyte.gz', 'train-labels-idx1-ubyte.gz'].map((name) =>
        join(folder, name),
      );
      await writeFile(paths[0], gzipSync(Buffer.concat([header(0x803, [1500, 28, 28]), images])));
      await writeFile(paths[1], gzipSync(Buffer.concat([header(0x801, [1500]), labels])));
      const { page, context, complaints } = await visit(served, options, '#/train');
      await page.getByText('Ready').waitFor();
      await page.getByText('MNIST from your disk').click();
      await page.setInputFiles('#files', paths);
      await page.getByLabel('Dropout').fill('2');
      await page.getByLabel('Batch').fill('1');
      await page.getByLabel('Runs on').selectOption('wasm');
      await page.getByRole('button', { name: 'Start' }).click();
      await page.waitForFunction(() => document.querySelector('.chart path[d^=M]') !== null);
      await page.getByText('of the held-out digits are read right').waitFor();
      // 1,250 pictures in batches of 32, three times.
      expect(await page.textContent('#loss-chart')).toContain('117 steps');
      expect(await page.locator('.sample-list li').count()).toBe(24);
      const unbroken = await page.textContent('#held-out');
      expect(unbroken).toMatch(/^\d+\.\d\d %$/);

      // The same again, with a pause in it.
      await page.getByRole('button', { name: 'Start' }).click();
      // Within a frame: the run is short, and a machine may be busy.
      await page.waitForFunction(() => {
        const isUnderWay = /^Step [1-9]\d* of 117$/.test(document.querySelector('#step')?.textContent ?? '');
        const pause = [...document.querySelectorAll('button')].find((one) => one.textContent === 'Pause');
        if (isUnderWay) pause?.click();
        return isUnderWay;
      });
      await page.getByText('Paused between two steps.').waitFor();
      const stepWhen = async () => Number(/\d+/.exec((await page.textContent('#step'))!)![0]);
      const paused = await stepWhen();
      // Charts are drawn with the next frame.
      await page.evaluate(
        () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
      );
      const curve = await page.locator('#loss-chart path').first().getAttribute('d');
      await page.waitForTimeout(1500);
      expect(await stepWhen()).toBe(paused);
      expect(await page.locator('#loss-chart path').first().getAttribute('d')).toBe(curve);
      expect(paused).toBeGreaterThan(0);
      expect(paused).toBeLessThan(117);
      await page.getByRole('button', { name: 'Go on' }).click();
      await expect.poll(stepWhen).toBeGreaterThan(paused);
      await page.getByText('of the held-out digits are read right').waitFor();
      expect(await stepWhen()).toBe(117);
      expect(await page.textContent('#held-out'), 'as if nothing had been').toBe(unbroken);
      expect(complaints).toEqual([]);
      await rm(folder, { recursive: true });
      await context.close();
    },
    3 * PATIENCE,
  );

  flow('the model and about pages tell what the file tells', async () => {
    const { page, context, complaints } = await visit(served, options, '#/model');
    await page.getByText('conv2d_1').waitFor();
    expect(await page.locator('.kernels canvas').count()).toBeGreaterThan(4);
    // As the file has them: curves to look at and to read, and counts that add up to the test set.
    await page.locator('.chart path[d^=M]').nth(3).waitFor({ state: 'attached' });
    await page.getByText('The numbers').click();
    const { provenance } = decodeNetwork(shippedModel().bytes, 'The shipped model');
    const history = provenance.history as { validationAccuracy: number }[];
    const passes = page.locator('.numbers tbody tr');
    expect(await passes.count()).toBe(history.length);
    expect(await passes.last().textContent()).toContain(
      `${(100 * history.at(-1)!.validationAccuracy).toFixed(2)} %`,
    );
    const counts = await page
      .locator('.confusion tbody td')
      .evaluateAll((cells) => cells.map((cell) => Number(cell.textContent!.replace(',', ''))));
    expect(counts.reduce((sum, value) => sum + value, 0)).toBe(10_000);
    await page.getByRole('link', { name: 'About' }).click();
    await page.getByText('of the test digits are read right').waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      options.viewport!.width,
    );
    expect(complaints).toEqual([]);
    await context.close();
  });
});
