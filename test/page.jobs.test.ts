/** Jobs on the page: they are told as they go on, cancelled, and their logs unfolded, without being asked for. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import type { Queue } from '../server/jobs/queue.ts';
import { openTestQueue } from '../server/jobs/testing/open.ts';
import { TRAIN, type TrainPayload } from '../src/cli/jobs/trainJob.ts';
import { DESKTOP, executable, PATIENCE, type Served, servePage, visit } from './page.ts';
import { needs } from './requirements.ts';

const TOKEN = 'a-token-of-the-administrator';
const inChromium = needs(executable !== undefined, 'Chromium (Debian package chromium)');
/** A training that ends only when it is told to. */
const ENDLESS: TrainPayload = {
  words: [
    ...['--preset=sprint', '--backend=wasm', '--examples=240', '--validation=40', '--batch=16'],
    '--epochs=100000',
  ],
  dataset: 'synthetic',
};
let served: Served;
let queue: Queue;

beforeAll(async () => {
  if (!executable) return;
  served = await servePage('', [], { INKLING_ADMIN_TOKEN: TOKEN });
  queue = await openTestQueue({ file: served.database });
}, PATIENCE);
afterAll(async () => {
  await queue?.close();
  await served?.close();
});

const add = (label: string, priority = 0) => queue.add({ kind: TRAIN, label, payload: ENDLESS, priority });

async function openAdmin(page: Page): Promise<void> {
  await page.getByText('For whoever runs this app').click();
  await page.getByLabel('The administrator’s token').fill(TOKEN);
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await page.getByRole('heading', { name: 'Jobs' }).waitFor();
}

/** Paths below the interface that the page asks for, from now on. */
function requestsOf(page: Page): string[] {
  const paths: string[] = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.includes('/api/v1/')) paths.push(pathname.split('/api/v1/')[1]);
  });
  return paths;
}

inChromium(
  'jobs are told as they go on, with their logs, and are cancelled by a button',
  async () => {
    const { page, context, complaints } = await visit(served, DESKTOP, '#/model');
    const asked = requestsOf(page);
    await openAdmin(page);
    await page.getByText('There has been nothing to do yet.').waitFor();

    const first = await add('first', 1);
    const row = (label: string) => page.getByRole('listitem').filter({ hasText: `Training: ${label}` });
    await row('first')
      .getByText(/^At work · by /)
      .waitFor();
    await row('first').getByRole('progressbar', { name: 'How far first is' }).waitFor();
    await row('first').getByText('What it says').click();
    await row('first')
      .getByRole('log')
      .getByText(/Epoch .*100,?000/)
      .first()
      .waitFor();

    const second = await add('second');
    await row('second').getByText('Waits').waitFor();
    await page.getByText('1 at work, 1 waiting.').waitFor();
    await row('second').getByRole('button', { name: 'Cancel' }).click();
    await row('second').getByText('Cancelled').waitFor();
    expect(await queue.get(second.id)).toMatchObject({ state: 'cancelled', attempts: 0 });
    expect(await row('second').getByRole('button', { name: 'Cancel' }).count()).toBe(0);

    await row('first').getByRole('button', { name: 'Cancel' }).click();
    await row('first')
      .getByText(/^Cancelled · by /)
      .waitFor();
    expect(await queue.get(first.id)).toMatchObject({ state: 'cancelled' });

    // All of it was told by two streams; nothing was asked for again and again.
    const aboutJobs = asked.filter((path) => path.startsWith('jobs'));
    expect(aboutJobs.filter((path) => !path.endsWith('/cancel')).sort()).toEqual(
      ['jobs/events', `jobs/${first.id}/events`].sort(),
    );
    expect(complaints).toEqual([]);
    await page.getByRole('link', { name: 'About' }).click();
    await context.close();
  },
  3 * PATIENCE,
);

inChromium(
  'where a proxy lets no stream through, the page asks instead',
  async () => {
    const { page, context } = await visit(served, { ...DESKTOP, serviceWorkers: 'block' }, '#/model');
    await context.route(/\/jobs\/(.*\/)?events$/, () => new Promise(() => undefined));
    await openAdmin(page);
    const { id } = await add('behind a proxy');
    const row = page.getByRole('listitem').filter({ hasText: 'Training: behind a proxy' });
    await row.getByText('What it says').click();
    await row
      .getByRole('log')
      .getByText(/Epoch .*100,?000/)
      .first()
      .waitFor();
    await row.getByRole('button', { name: 'Cancel' }).click();
    await row.getByText(/^Cancelled · by /).waitFor();
    expect(await queue.get(id)).toMatchObject({ state: 'cancelled' });
    await context.close();
  },
  3 * PATIENCE,
);
