/** For everyone: axe finds nothing serious in any view, on phone and desktop, in light and dark. */
import { createRequire } from 'node:module';
import { afterAll, beforeAll, expect } from 'vitest';
import {
  answered,
  DESKTOP,
  executable,
  kept,
  PATIENCE,
  PHONE,
  type Served,
  servePage,
  visit,
} from './page.ts';
import { needs } from './requirements.ts';

const inChromium = needs(executable !== undefined, 'Chromium (Debian package chromium)');
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
let served: Served;

beforeAll(async () => {
  if (executable) served = await servePage('/some/where');
}, PATIENCE);
afterAll(() => served?.close());

for (const [device, options] of [
  ['phone', PHONE],
  ['desktop', DESKTOP],
] as const) {
  for (const colorScheme of ['light', 'dark'] as const) {
    inChromium(
      `axe finds nothing serious on a ${device} in ${colorScheme}, under a path`,
      async () => {
        // The page's policy allows no script from elsewhere; axe is.
        const { page, context } = await visit(served, {
          ...options,
          ...{ colorScheme, bypassCSP: true, reducedMotion: 'reduce' },
        });
        await page.addScriptTag({ path: axe });
        const look = async (where: string) => {
          const found = await page.evaluate(async () => {
            const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
            const { axe } = globalThis as unknown as {
              axe: {
                run(
                  context: Document,
                  options: object,
                ): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>;
              };
            };
            const { violations } = await axe.run(document, { runOnly: tags });
            return violations
              .filter(({ impact }) => impact === 'serious' || impact === 'critical')
              .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
          });
          expect(found, where).toEqual([]);
        };
        await look('empty');
        await page.getByRole('button', { name: 'Draw the sample 58', exact: true }).click();
        await answered(page, '58');
        await kept(page);
        await page.evaluate(() => document.querySelector('details')?.setAttribute('open', ''));
        await page.locator('.layer').first().waitFor();
        await look('answered');
        await page.getByRole('button', { name: 'It is a 3' }).click();
        await page.getByRole('button', { name: 'Pictures', exact: true }).click();
        await look('pictures');
        await page.getByRole('button', { name: 'Camera', exact: true }).click();
        await look('camera');
        for (const [name, sign] of [
          ['History', '.record'],
          ['Train', '#message'],
          ['Model', '.kernels'],
          ['About', '.figure'],
        ]) {
          await page.getByRole('link', { name }).click();
          await page.locator(sign).first().waitFor();
          await look(name);
          if (name !== 'History') continue;
          await page
            .getByRole('button', { name: /^Open the prediction/ })
            .first()
            .click();
          await page.locator('.seen li').first().waitFor();
          await look('one prediction');
          await page.getByRole('button', { name: 'Close' }).click();
        }
        await context.close();
      },
      PATIENCE,
    );
  }
}
