/** Several pictures at once: how far each has come, all given up and sent after all, and one that is none. */
import type { Request } from 'playwright-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { digitFiles } from '../server/reading/testing/pictures.ts';
import { answered, DESKTOP, executable, PATIENCE, PHONE, type Served, servePage, visit } from './page.ts';
import { needs } from './requirements.ts';

const inChromium = needs(executable !== undefined, 'Chromium (Debian package chromium)');
let served: Served;

beforeAll(async () => {
  if (executable) served = await servePage();
}, PATIENCE);
afterAll(() => served?.close());

const file = (name: string, buffer: Uint8Array) => ({
  ...{ name, mimeType: 'image/png' },
  buffer: Buffer.from(buffer),
});

describe.each([
  ['a desktop in dark', { ...DESKTOP, colorScheme: 'dark' as const }],
  ['a phone in light', { ...PHONE, colorScheme: 'light' as const }],
])('on %s', (_, device) => {
  inChromium(
    'pictures are given up while they are on their way, and sent after all',
    async () => {
      // What a service worker asks for cannot be held up here.
      const { page, context, complaints } = await visit(served, { ...device, serviceWorkers: 'block' });
      let isHeld = true;
      let underWay = 0;
      const count = (change: number) => (request: Request) => {
        if (request.url().endsWith('/api/v1/predict')) underWay += change;
      };
      page.on('request', count(1)).on('requestfailed', count(-1)).on('requestfinished', count(-1));
      const held: (() => void)[] = [];
      await page.route('**/api/v1/predict', async (route) => {
        if (isHeld) await new Promise<void>((resolve) => held.push(resolve));
        // What was given up meanwhile is nobody's any more.
        await route.continue().catch(() => {});
      });
      await page.getByRole('button', { name: 'Pictures', exact: true }).click();
      await page.setInputFiles(
        'input[type=file]',
        [3, 5, 8].map((digit) => file(`${digit}.png`, digitFiles[digit])),
      );
      await page.getByRole('button', { name: 'Read 3 pictures' }).click();
      await expect.poll(() => page.getByRole('progressbar').count()).toBe(3);
      await page.getByRole('progressbar', { name: 'Sending 5.png' }).waitFor();
      await expect.poll(() => held.length).toBeGreaterThan(0);
      await page.getByRole('button', { name: 'Cancel all' }).click();
      await expect.poll(() => page.getByRole('progressbar').count()).toBe(0);
      await page.getByRole('button', { name: 'Cancel all' }).waitFor({ state: 'detached' });
      // Let go before the browser has given them up, they would be sent after all.
      await expect.poll(() => underWay).toBe(0);
      isHeld = false;
      for (const release of held) release();
      const total = () => page.evaluate(async () => (await (await fetch('api/v1/predictions')).json()).total);
      await page.waitForTimeout(500);
      expect(await total(), 'nothing was sent').toBe(0);
      await page.getByRole('button', { name: 'Read 3 pictures' }).click();
      await expect.poll(total, { timeout: 15_000 }).toBe(3);
      await page.getByRole('button', { name: 'Look at 5.png' }).click();
      await answered(page, '5');
      expect(complaints.filter((sentence) => !/blocked by Playwright/.test(sentence))).toEqual([]);
      await context.close();
    },
    PATIENCE,
  );

  inChromium(
    'one that is no picture says so in its place, and the others are read',
    async () => {
      const { page, context } = await visit(served, device);
      await page.getByRole('button', { name: 'Pictures', exact: true }).click();
      await page.setInputFiles('input[type=file]', [
        file('2.png', digitFiles[2]),
        file('torn.png', new TextEncoder().encode('GIF')),
      ]);
      await page.getByText('The browser cannot show torn.png.').waitFor();
      await page.getByRole('button', { name: 'Read 2 pictures' }).click();
      await page.getByRole('alert').waitFor();
      expect(await page.locator('.toast').textContent(), 'once is enough').toBe('');
      await page.getByRole('button', { name: 'Look at 2.png' }).click();
      await answered(page, '2');
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
        device.viewport!.width,
      );
      await context.close();
    },
    PATIENCE,
  );

  inChromium(
    'an empty history invites to draw, and offers nothing to search or delete',
    async () => {
      const { page, context } = await visit(served, device, '#/history');
      await page.getByText('Nothing here yet.').waitFor();
      expect(await page.getByRole('button', { name: 'Delete all' }).count()).toBe(0);
      expect(await page.getByRole('searchbox').count()).toBe(0);
      await page.getByRole('link', { name: 'Draw a digit' }).click();
      await page.locator('.pad-canvas').waitFor();
      await context.close();
    },
    PATIENCE,
  );
});
