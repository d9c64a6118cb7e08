/** Jobs over HTTP: for administrators, as they are and as they change. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { InklingClient } from '../server/client/client.ts';
import type { Claim, Queue } from '../server/jobs/queue.ts';
import { startApp, type TestApp } from './appServer.ts';

const TOKEN = 'a-token-of-the-administrator';
const LONG = 120_000;
let app: TestApp;
let queue: Queue;

beforeAll(async () => {
  // The test does the jobs itself.
  app = await startApp({ INKLING_ADMIN_TOKEN: TOKEN, INKLING_JOBS: '0' });
  queue = app.services.queue;
}, LONG);
afterAll(() => app.stop());

const client = () => new InklingClient(app.url, { token: TOKEN });
const ask = (path: string, signal?: AbortSignal) =>
  app.ask(`api/v1/${path}`, { headers: { Authorization: `Bearer ${TOKEN}` }, signal });
const add = (label: string) => queue.add({ kind: 'test', label, payload: { secret: 'recipe' }, priority: 2 });

async function taken(): Promise<Claim> {
  const claim = await queue.take('worker');
  if (!claim) throw new Error('There was no job to take.');
  return claim;
}

test('are listed, counted and shown, without what they were told', async () => {
  const [first, second] = [await add('first'), await add('second')];
  const page = await client().jobs({ limit: 1 });
  expect(page).toMatchObject({
    jobs: [{ id: second.id, label: 'second', state: 'waiting', priority: 2, progress: null, worker: null }],
    next: second.id,
    counts: { waiting: 2, running: 0 },
  });
  expect(JSON.stringify(page)).not.toContain('secret');
  const next = await client().jobs({ before: page.next! });
  expect(next).toMatchObject({ jobs: [{ id: first.id }], next: null });

  const claim = await taken();
  await claim.beat({ epoch: 1 });
  await queue.log(first.id, ['It begins.']);
  await queue.artefacts.put(first.id, 'model.safetensors', new Uint8Array(5));
  const response = await ask(`jobs/${first.id}`);
  expect(response.headers.get('cache-control')).toBe('private, no-store');
  expect(await response.json()).toMatchObject({
    ...{ id: first.id, state: 'running', worker: 'worker', attempts: 1, progress: { epoch: 1 } },
    files: [{ name: 'model.safetensors', size: 5 }],
    lines: [{ line: 'It begins.' }],
  });
  expect((await (await ask('jobs?state=running&kind=test')).json()).jobs).toHaveLength(1);
  await claim.complete({ accuracy: 1 });
  await (await taken()).fail('It cannot be done.', { inVain: true });
  expect(await client().job(second.id)).toMatchObject({
    state: 'failed',
    error: 'It cannot be done.',
  });
});

test('tell of themselves as they go on, until they are over', { timeout: LONG }, async () => {
  const { id } = await add('followed');
  const events = client().followJob(id);
  const next = async () => (await events.next()).value;
  expect(await next()).toMatchObject({ event: 'job', data: { id, state: 'waiting' } });
  const claim = await taken();
  expect(await next()).toMatchObject({ event: 'job', data: { state: 'running', worker: 'worker' } });
  await claim.beat({ epoch: 1 });
  expect(await next()).toMatchObject({ event: 'job', data: { progress: { epoch: 1 } } });
  await queue.log(id, ['one', 'two']);
  expect([await next(), await next()]).toMatchObject([
    { event: 'line', data: { line: 'one' } },
    { event: 'line', data: { line: 'two' } },
  ]);
  await claim.complete({ accuracy: 0.5 });
  const last = await next();
  expect(last).toMatchObject({ event: 'job', data: { state: 'done', result: { accuracy: 0.5 } } });
  expect((last as { data: object }).data).not.toHaveProperty('payload');
  expect((await events.next()).done).toBe(true);
});

test('tell every line before they tell that they are over', { timeout: LONG }, async () => {
  const { id } = await add('talkative');
  const claim = await taken();
  const said = Array.from({ length: 450 }, (_, i) => `line ${i}`);
  await queue.log(id, said);
  await claim.complete(null);
  const heard: string[] = [];
  for await (const { event, data } of client().followJob(id)) {
    heard.push(event === 'line' ? data.line : data.state);
  }
  expect(heard).toEqual([...said, 'done']);
});

test('are followed all at once, in one stream', { timeout: LONG }, async () => {
  const leaving = new AbortController();
  const pages = client().followJobs(leaving.signal);
  const next = async () => (await pages.next()).value!;
  const before = (await next()).counts;
  const { id } = await add('one of many');
  const { jobs, counts } = await next();
  expect(jobs[0]).toMatchObject({ id, state: 'waiting' });
  expect(counts.waiting).toBe(before.waiting + 1);
  const claim = await taken();
  expect((await next()).jobs[0]).toMatchObject({ id, state: 'running', progress: null });
  // That it lives is no news; how far it is, is.
  await claim.beat();
  await new Promise((resolve) => setTimeout(resolve, 1200));
  await claim.beat({ epoch: 3 });
  const page = await next();
  expect(page.jobs[0]).toMatchObject({ id, progress: { epoch: 3 } });
  expect(JSON.stringify(page)).not.toContain('secret');
  await claim.complete(null);
  expect((await next()).jobs[0]).toMatchObject({ id, state: 'done' });
  leaving.abort();
  await expect(pages.next()).rejects.toThrow();
});

test('are cancelled: at once where they wait, by their worker where they are being done', async () => {
  const [waiting, running] = [await add('waiting'), await add('running')];
  expect(await client().cancelJob(waiting.id)).toMatchObject({ id: waiting.id, state: 'cancelled' });
  const claim = await taken();
  expect(claim.job.id).toBe(running.id);
  const told = await client().cancelJob(running.id);
  expect(told).toMatchObject({ state: 'running', isCancelling: true });
  expect(told).not.toHaveProperty('payload');
  expect(await claim.beat()).toBe('cancel');
  await claim.cancelled();
  for (const { id } of [waiting, running]) {
    await expect(client().cancelJob(id)).rejects.toMatchObject({
      problem: { status: 409, detail: expect.stringContaining('over already (cancelled)') },
    });
  }
  await expect(client().cancelJob(randomUUID())).rejects.toMatchObject({ problem: { status: 404 } });
  await expect(client().cancelJob('none')).rejects.toMatchObject({ problem: { status: 400 } });
});

test('are for administrators only', async () => {
  const { id } = await add('private');
  const stream = await ask(`jobs/${id}/events`, AbortSignal.timeout(LONG));
  expect(stream.headers.get('content-type')).toMatch(/^text\/event-stream/);
  await stream.body!.cancel();
  for (const path of ['jobs', 'jobs/events', `jobs/${id}`, `jobs/${id}/events`]) {
    expect((await app.ask(`api/v1/${path}`)).status, path).toBe(401);
  }
  expect((await app.ask(`api/v1/jobs/${id}/cancel`, { method: 'POST' })).status).toBe(401);
  expect(await queue.get(id)).toMatchObject({ state: 'waiting', isCancelling: false });
  for (const [path, status] of [
    [`jobs/${randomUUID()}`, 404],
    [`jobs/${randomUUID()}/events`, 404],
    ['jobs/none', 400],
    ['jobs?limit=0', 400],
    ['jobs?state=asleep', 400],
  ] as const) {
    const response = await ask(path);
    expect(response.status, path).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
  }
  const { paths } = await (await app.ask('openapi.json')).json();
  for (const path of ['', '/events', '/{id}', '/{id}/events']) {
    expect(paths[`/api/v1/jobs${path}`].get.security, path).toEqual([{ administrator: [] }]);
  }
  const { security, responses } = paths['/api/v1/jobs/{id}/cancel'].post;
  expect(security).toEqual([{ administrator: [] }]);
  expect(Object.keys(responses)).toEqual(expect.arrayContaining(['200', '401', '404', '409']));
  await queue.cancel(id);
});

test('do not keep a server from stopping', { timeout: LONG }, async () => {
  const { id } = await add('endless');
  const events = client().followJob(id);
  expect((await events.next()).value).toMatchObject({ event: 'job' });
  const begun = performance.now();
  const stopped = app.stop();
  // It ends by itself, and is not cut off.
  for await (const _ of events);
  await stopped;
  expect(performance.now() - begun).toBeLessThan(app.services.configuration.drainTimeout);
  app = await startApp({ INKLING_ADMIN_TOKEN: TOKEN, INKLING_JOBS: '0' });
});

test('are done by a worker of the app, which takes over what another left', { timeout: LONG }, async () => {
  const own = await startApp({ INKLING_JOBS: '1', INKLING_JOB_HEARTBEAT: '1' });
  try {
    const { id } = await own.services.queue.add({ kind: 'unheard-of', label: '', payload: null });
    // It takes the job, and is not heard of again.
    expect(await own.services.queue.take('dead')).toBeDefined();
    const isHeard = async () => (await own.services.queue.get(id))!.error !== null;
    while (!(await isHeard())) await new Promise((resolve) => setTimeout(resolve, 100));
    const job = await own.services.queue.get(id);
    expect(job).toMatchObject({ error: expect.stringContaining('unheard-of') });
    expect(job!.worker).not.toBe('dead');
    expect(job!.attempts).toBeGreaterThan(1);
  } finally {
    await own.stop();
  }
});
