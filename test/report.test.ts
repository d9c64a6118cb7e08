/**
 * A run's folder and page: `runs`, `report` and `--dry-run` from the command line, and the page in a real browser,
 * light and dark.
 */
import { existsSync } from 'node:fs';
import { cp, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { findChromium, launchChromium } from '../src/bench/browser/chromium.ts';
import { inkling, jsonLines, lastJsonLine, SMALL_RUN, temporaryFolder } from './commandLine.ts';
import { needs } from './requirements.ts';

const folder = await temporaryFolder();
const run = join(folder, 'first');
const page = join(run, 'report.html');
const comparison = join(folder, 'compare.html');
const executable = findChromium();
const inChromium = needs(executable !== undefined, 'Chromium (Debian package chromium)');

beforeAll(async () => {
  const callbacks = [
    '--early-stopping',
    '0',
    '--save-best',
    '--csv-log',
    '--tensorboard',
    '--terminate-on-nan',
  ];
  const first = await inkling(['train', ...SMALL_RUN, ...callbacks, '--out', run]);
  expect(first.stderr).not.toContain('inkling:');
  expect(first.stdout).toContain(`Report ${page}`);
  const second = SMALL_RUN.map((word, i) => (SMALL_RUN[i - 1] === '--epochs' ? '1' : word));
  const changes = ['--seed', '2', '--report', 'false', '--out', join(folder, 'second')];
  expect((await inkling(['train', ...second, ...changes])).code).toBe(0);
}, 60_000);

describe('a run', () => {
  test('has the files its callbacks write', () => {
    for (const name of ['best.safetensors', 'log.csv', 'tensorboard/train/events.out.tfevents.inkling']) {
      expect(existsSync(join(run, name)), name).toBe(true);
    }
    expect(existsSync(join(folder, 'second', 'report.html'))).toBe(false);
  });

  test('is listed, and compared with another', async () => {
    const lines = jsonLines((await inkling(['runs', '--dir', folder, '--json'])).stdout);
    expect(lines.map(({ name }) => name)).toEqual(['first', 'second']);
    expect(lines[1]).toMatchObject({
      preset: 'default',
      epochs: 1,
      epochsWanted: 1,
      testAccuracy: expect.any(Number),
    });
    const compared = await inkling(['runs', 'compare', 'first', 'second', '--dir', folder, '--json']);
    expect(lastJsonLine(compared.stdout).differences).toMatchObject({ seed: ['1', '2'], epochs: ['2', '1'] });
    const table = await inkling(['runs', 'compare', run, join(folder, 'second')]);
    expect(table.stdout).toMatch(/^test accuracy +\d/m);
    expect(table.stdout).toMatch(/^seed +1 +2$/m);
    expect((await inkling(['runs', 'compare', 'first', '--dir', folder])).stderr).toContain(
      'Name two runs or more',
    );
    expect((await inkling(['runs', '--dir', folder, '--report', comparison])).code).toBe(2);
  });

  test('is drawn over others, and named by its folder where its name is not enough', async () => {
    const names = [run, join(folder, 'second'), join(folder, 'other', 'first')];
    await cp(run, names[2], { recursive: true });
    const { stdout, code } = await inkling(['runs', 'compare', ...names, '--report', comparison]);
    expect(code).toBe(0);
    expect(stdout).toContain(`Report ${comparison}`);
    const html = await readFile(comparison, 'utf8');
    for (const text of ['3 runs compared', names[0], names[2], 'Validation loss', '--seed 2']) {
      expect(html).toContain(text);
    }
  });

  test('can have its page made again without the data', async () => {
    const before = await readFile(page, 'utf8');
    await rm(page);
    expect(lastJsonLine((await inkling(['report', run, '--json'])).stdout)).toEqual({ report: page });
    expect(await readFile(page, 'utf8')).toBe(before);
    const missing = await inkling(['report', join(folder, 'third')]);
    expect(missing.stderr).toContain('holds no run');
    expect(missing.code).toBe(1);
  });

  test('resumes only with the callbacks and the mixup it began with', async () => {
    const { code, stderr } = await inkling(['train', '--resume', '--out', run, '--early-stopping', '3']);
    expect(stderr).toContain('began without this earlyStopping');
    expect(code).toBe(2);
    const mixed = await inkling(['train', '--resume', '--out', run, '--mixup', '0.2']);
    expect(mixed.stderr).toContain('has --mixup 0, not 0.2');
    expect(mixed.code).toBe(2);
  });
});

test('--dry-run shows recipe, steps and learning rates, and writes nothing', async () => {
  const out = join(folder, 'dry');
  const args = ['train', '--dry-run', '--out', out, '--early-stopping', '2'];
  const [line] = jsonLines((await inkling([...args, '--json'])).stdout);
  expect(line).toMatchObject({ event: 'dryRun', examples: 55_000, stepsPerEpoch: 429, steps: 4290 });
  expect(line.recipe).toMatchObject({ callbacks: [{ type: 'earlyStopping', patience: 2 }] });
  const rates = line.learningRates as { step: number; learningRate: number }[];
  expect(rates).toHaveLength(200);
  expect(rates.at(-1)!.step).toBe(4289);
  const { stdout } = await inkling(args);
  expect(stdout).toMatch(/10 epochs of 429 steps/);
  expect(stdout).toContain('█');
  expect(existsSync(out)).toBe(false);
});

test('--mixup goes into the recipe, 0 takes it out, and nothing else is taken', async () => {
  const recipeWith = async (alpha: string) =>
    lastJsonLine((await inkling(['train', '--dry-run', '--json', '--mixup', alpha])).stdout).recipe;
  expect(await recipeWith('0.3')).toMatchObject({ mixup: { alpha: 0.3 } });
  expect(await recipeWith('0')).not.toHaveProperty('mixup');
  const { stderr, code } = await inkling(['train', '--dry-run', '--mixup', '-1']);
  expect(stderr).toContain('The flag --mixup takes a number from 0 to 999, not -1.');
  expect(code).toBe(2);
});

describe('the page', () => {
  test.each([page, comparison])(
    'is one small file without scripts, and names nothing outside it',
    async (file) => {
      expect((await stat(file)).size).toBeLessThan(3e6);
      const html = await readFile(file, 'utf8');
      expect(html.match(/<script|(?:src|href)="(?!data:)|url\((?!#)/g)).toBeNull();
      expect(html.includes('--early-stopping 0')).toBe(true);
    },
  );

  for (const colorScheme of ['light', 'dark'] as const) {
    inChromium(
      `shows everything without an error (${colorScheme})`,
      async () => {
        const browser = await launchChromium(executable!, true);
        try {
          const tab = await browser.newPage({ colorScheme });
          const problems: string[] = [];
          tab.on('console', (message) => problems.push(message.text()));
          tab.on('pageerror', (error) => problems.push(error.message));
          tab.on('requestfailed', (request) => problems.push(request.url()));
          await tab.goto(pathToFileURL(page).href);
          expect(problems).toEqual([]);
          expect(await tab.locator('svg').count()).toBe(5);
          expect(await tab.locator('.digits img').count()).toBe(40);
          expect(await tab.locator('.filters img').count()).toBe(24);
          await lookAt(tab, colorScheme);
          await tab.goto(pathToFileURL(comparison).href);
          expect(problems).toEqual([]);
          expect(await tab.locator('svg').count()).toBe(3);
          expect(await tab.locator('.keys li').count()).toBe(3);
          await lookAt(tab, colorScheme);
        } finally {
          await browser.close();
        }
      },
      60_000,
    );
  }
});

/** Pictures are decoded and keep their shape, the page is no wider than its window, and its colours suit the hour. */
async function lookAt(tab: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  const facts = await tab.evaluate(() => ({
    pictures: [...document.images].every(
      ({ complete, naturalWidth, naturalHeight, width, height }) =>
        complete && naturalWidth > 0 && Math.abs(width / height - naturalWidth / naturalHeight) < 0.05,
    ),
    overflow: document.documentElement.scrollWidth - innerWidth,
    paper: getComputedStyle(document.body).backgroundColor,
    ink: getComputedStyle(document.querySelector('svg text')!).fill,
  }));
  expect(facts.pictures).toBe(true);
  expect(facts.overflow).toBeLessThanOrEqual(0);
  const brightness = (colour: string) => Number(/\d+/.exec(colour)![0]);
  const contrast = brightness(facts.paper) - brightness(facts.ink);
  if (colorScheme === 'light') expect(contrast).toBeGreaterThan(150);
  else expect(contrast).toBeLessThan(-150);
}
