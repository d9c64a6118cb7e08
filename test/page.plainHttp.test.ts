/** By plain http from another machine, where browsers keep some of what they have from pages. */
import { afterAll, beforeAll, expect } from 'vitest';
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
  if (!executable) return;
  const { url, ...rest } = await servePage('', ['--host-resolver-rules=MAP digits.example 127.0.0.1']);
  served = { ...rest, url: url.replace('localhost', 'digits.example') };
}, PATIENCE);
afterAll(() => served?.close());

for (const [device, options] of [
  ['phone', PHONE],
  ['desktop', DESKTOP],
] as const) {
  inChromium(
    `what is drawn on a ${device} is read, kept and corrected, and the camera says what it lacks`,
    async () => {
      const { page, context } = await visit(served, options);
      expect(await page.evaluate(() => isSecureContext)).toBe(false);
      await drawOnSheet(page);
      await answered(page, '7');
      await kept(page);
      await page.getByRole('button', { name: 'It is a 1' }).click();
      await expect.poll(async () => (await storedPredictions(page))[0].correction).toBe('1');
      expect((await storedPredictions(page))[0]).toMatchObject({
        id: expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/),
        text: '7',
      });
      await page.getByRole('button', { name: 'Camera', exact: true }).click();
      await page.getByText('Browsers lend the camera to pages that come by https.').waitFor();
      await context.close();
    },
    PATIENCE,
  );
}
