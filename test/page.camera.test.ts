/** The camera: what it sees, another one, a picture and its answer; and a sentence where it may not be used. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { launchChromium } from '../src/bench/browser/chromium.ts';
import {
  answered,
  DESKTOP,
  executable,
  PATIENCE,
  PHONE,
  SEVEN,
  type Served,
  servePage,
  visit,
} from './page.ts';
import { needs } from './requirements.ts';

const inChromium = needs(executable !== undefined, 'Chromium (Debian package chromium)');
const TWO_CAMERAS = '--use-fake-device-for-media-stream=device-count=2';
let served: Served;

beforeAll(async () => {
  if (executable) served = await servePage('', [TWO_CAMERAS, '--use-fake-ui-for-media-stream']);
}, PATIENCE);
afterAll(() => served?.close());

const openCamera = (page: Page) => page.getByRole('button', { name: 'Camera', exact: true }).click();
/** The device that the picture on the page comes from, once there is one. */
const streaming = (page: Page) =>
  page.waitForFunction(() => {
    const video = document.querySelector('video');
    const [track] = (video?.srcObject as MediaStream | null)?.getVideoTracks() ?? [];
    return video && video.videoWidth > 0 && track?.readyState === 'live' && track.getSettings().deviceId;
  });

inChromium(
  'the camera opens, another can be chosen, and a picture of it is read',
  async () => {
    const { page, context, complaints } = await visit(served, PHONE);
    await openCamera(page);
    const first = await (await streaming(page)).jsonValue();
    const choice = page.getByRole('combobox', { name: 'Camera' });
    await expect.poll(() => choice.locator('option').count()).toBe(2);
    expect(await choice.inputValue()).toBe(first);
    const other = await choice
      .locator('option')
      .evaluateAll(
        (options, current) =>
          options.map((one) => (one as HTMLOptionElement).value).find((id) => id !== current),
        first as string,
      );
    await choice.selectOption(other!);
    await page.waitForFunction((wanted) => {
      const stream = document.querySelector('video')?.srcObject as MediaStream | null;
      return stream?.getVideoTracks()[0]?.getSettings().deviceId === wanted;
    }, other);
    await streaming(page);
    const video = page.locator('video');
    const stream = await video.evaluateHandle((element) => (element as HTMLVideoElement).srcObject);
    await page.getByRole('button', { name: 'Take picture' }).click();
    await page.getByRole('button', { name: 'Read 1 picture' }).click();
    await page.waitForFunction(() => document.querySelector('.probabilities:not(.idle), .answers.rejected'));
    await expect
      .poll(
        () =>
          page.evaluate(
            async () => (await (await fetch('api/v1/predictions')).json()).predictions[0]?.source,
          ),
        { timeout: 15_000 },
      )
      .toBe('camera');
    // Whoever looks at a picture is not being filmed any more.
    expect(
      await stream.evaluate((one) => (one as MediaStream).getTracks().map(({ readyState }) => readyState)),
    ).toEqual(['ended']);
    expect(complaints).toEqual([]);
    await context.close();
  },
  PATIENCE,
);

inChromium(
  'a digit before the camera is read',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'inkling-camera-'));
    const film = join(folder, 'seven.y4m');
    await writeFile(film, filmOfSeven());
    const browser = await launchChromium(executable!, true, [
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-video-capture=${film}`,
    ]);
    const { page } = await visit({ ...served, browser }, DESKTOP);
    await openCamera(page);
    await streaming(page);
    await page.getByRole('button', { name: 'Take picture' }).click();
    await page.getByRole('button', { name: 'Read 1 picture' }).click();
    await answered(page, '7');
    await browser.close();
    await rm(folder, { recursive: true });
  },
  PATIENCE,
);

inChromium(
  'where the camera may not be used, or is none, a sentence says so',
  async () => {
    for (const [flags, sentence] of [
      [[TWO_CAMERAS, '--use-fake-ui-for-media-stream=deny'], 'The browser may not use the camera.'],
      [[], 'No camera can be used here.'],
    ] as const) {
      const browser = await launchChromium(executable!, true, flags);
      const { page } = await visit({ ...served, browser });
      await openCamera(page);
      await page.getByText(sentence).waitFor();
      expect(await page.getByRole('button', { name: 'Take picture' }).isDisabled()).toBe(true);
      await browser.close();
    }
  },
  PATIENCE,
);

/** A film of paper with a 7 on it, as Y4M: brightness of all pixels, then two planes of colour, a quarter each. */
function filmOfSeven(): Uint8Array {
  const [width, height, radius, pieces] = [640, 480, 12, 200];
  const brightness = new Uint8Array(width * height).fill(225);
  for (const [i, [right, down]] of SEVEN.entries()) {
    const [fromRight, fromDown] = SEVEN[Math.max(0, i - 1)];
    for (let piece = 0; piece <= pieces; piece++) {
      const x = Math.round((fromRight + ((right - fromRight) * piece) / pieces) * width);
      const y = Math.round((fromDown + ((down - fromDown) * piece) / pieces) * height);
      for (let row = -radius; row <= radius; row++) {
        const reach = Math.floor(Math.sqrt(radius ** 2 - row ** 2));
        brightness.fill(60, (y + row) * width + x - reach, (y + row) * width + x + reach + 1);
      }
    }
  }
  const colour = new Uint8Array((width * height) / 2).fill(128);
  const frame = [Buffer.from('FRAME\n'), brightness, colour];
  return Buffer.concat([
    Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`),
    ...frame,
    ...frame,
  ]);
}
