/** The app as its clients see it: what they send, get back, list, correct, delete and take along. */
import { randomUUID } from 'node:crypto';
import { unzipSync } from 'fflate';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InklingClient, ProblemError } from '../server/client/client.ts';
import {
  digitFiles,
  forgetfulModel,
  otherModel,
  shippedModel,
  truncatedModel,
} from '../server/reading/testing/pictures.ts';
import { cookieOf, startApp, type TestApp } from './appServer.ts';

const TOKEN = 'a-token-of-the-administrator';
let app: TestApp;
beforeAll(async () => {
  app = await startApp({ INKLING_ADMIN_TOKEN: TOKEN });
});
afterAll(() => app.stop());

const picture = (digit: number) => new Blob([digitFiles[digit]], { type: 'image/png' });
const client = () => new InklingClient(app.url);

describe('predicting', () => {
  it('answers a form and a raw body alike', async () => {
    const form = await client().predict(picture(7), { source: 'upload' });
    expect(form).toMatchObject({
      text: '7',
      rejected: false,
      width: 28,
      height: 28,
      source: 'upload',
      correction: null,
      model: shippedModel().version,
    });
    const [digit] = form.digits;
    expect(digit.digit).toBe(7);
    expect(digit.probabilities).toHaveLength(10);
    expect(digit.probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    expect(Buffer.from(digit.image, 'base64')).toHaveLength(784);
    const raw = await app.ask('api/v1/predict?source=camera', {
      method: 'POST',
      body: digitFiles[7],
      headers: { 'Content-Type': 'image/png' },
    });
    expect(raw.status).toBe(200);
    const answer = await raw.json();
    expect(answer).toMatchObject({ text: '7', source: 'camera' });
    expect(answer.digits[0].probabilities[7]).toBeCloseTo(digit.probabilities[7], 6);
  });

  it('replaces a prediction of one’s own id, and nobody else’s', async () => {
    const [mine, theirs] = [client(), client()];
    const id = randomUUID();
    await mine.predict(picture(1), { id });
    await mine.correct(id, '7');
    expect(await mine.predict(picture(2), { id }), 'it keeps its correction').toMatchObject({
      text: '2',
      correction: '7',
    });
    expect((await mine.list()).total).toBe(1);
    await expect(theirs.predict(picture(3), { id })).rejects.toMatchObject({ problem: { status: 409 } });
    expect((await mine.get(id)).text).toBe('2');
  });

  it('keeps nothing if told so, and then knows nobody', async () => {
    const quiet = client();
    expect((await quiet.predict(picture(4), { store: false })).text).toBe('4');
    expect(quiet.cookie).toBeUndefined();
    expect((await quiet.list()).total).toBe(0);
  });

  it('keeps no byte as it was sent', async () => {
    const secret = 'taken at home';
    const photo = await sharp(digitFiles[5])
      .resize(2000, 2000)
      .withExif({ IFD0: { Copyright: secret } })
      .jpeg()
      .toBuffer();
    expect(photo.includes(secret)).toBe(true);
    const me = client();
    const { id, width, height } = await me.predict(new Blob([new Uint8Array(photo)]));
    expect([width, height]).toEqual([2000, 2000]);
    const kept = Buffer.from(await (await me.picture(id)).arrayBuffer());
    expect(kept.includes(secret)).toBe(false);
    const metadata = await sharp(kept).metadata();
    expect(metadata).toMatchObject({ format: 'webp', width: 1024, height: 1024 });
    expect(metadata.exif).toBeUndefined();
  });

  it.each([
    ['no picture at all', new FormData(), 400],
    ['text', form({ image: new Blob(['hello']) }), 415],
    [
      'a drawing that is a program',
      form({ image: new Blob(['<svg xmlns="http://www.w3.org/2000/svg"></svg>']) }),
      415,
    ],
    ['half a picture', form({ image: new Blob([digitFiles[1].slice(0, 120)]) }), 422],
    ['a wrong id', form({ image: picture(1), id: 'seven' }), 400],
    ['a wrong source', form({ image: picture(1), source: 'dream' }), 400],
    ['JSON', JSON.stringify({ image: 'x' }), 415],
  ])('says what is wrong with %s', async (_, body, status) => {
    const response = await app.ask('api/v1/predict', { method: 'POST', body });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const problem = await response.json();
    expect(problem).toMatchObject({ type: 'about:blank', status, instance: '/api/v1/predict' });
    expect(problem.detail).toMatch(/^[A-Z].*\.$/);
    expect(problem.requestId).toBe(response.headers.get('x-request-id'));
  });

  it('takes no more pixels than are allowed', async () => {
    const huge = await sharp({ create: { width: 7000, height: 7000, channels: 3, background: 'white' } })
      .png()
      .toBuffer();
    expect(huge.length).toBeLessThan(1e6);
    await expect(client().predict(new Blob([new Uint8Array(huge)]))).rejects.toMatchObject({
      problem: { status: 422 },
    });
  });
});

describe('one’s history', () => {
  it('is listed by pages, searched, corrected, deleted', async () => {
    const me = client();
    const ids: string[] = [];
    for (const digit of [1, 2, 3, 2]) ids.push((await me.predict(picture(digit))).id);
    const first = await me.list({ limit: 3 });
    expect(first).toMatchObject({ total: 4, next: expect.any(String) });
    expect(first.predictions.map(({ id }) => id)).toEqual(ids.slice(1).reverse());
    expect(first.predictions[0].digits[0]).not.toHaveProperty('image');
    const second = await me.list({ limit: 3, after: first.next! });
    expect(second.predictions.map(({ id }) => id)).toEqual([ids[0]]);
    expect(second.next).toBeNull();
    expect((await me.list({ search: '2' })).total).toBe(2);

    expect(await me.correct(ids[0], '17')).toMatchObject({ id: ids[0], correction: '17' });
    expect((await me.list({ corrected: true })).predictions.map(({ id }) => id)).toEqual([ids[0]]);
    expect((await me.list({ search: '17' })).total).toBe(1);
    expect(await me.correct(ids[0], '')).toMatchObject({ correction: '' });
    expect(await me.correct(ids[0], null)).toMatchObject({ correction: null });

    await me.remove(ids[0]);
    await expect(me.get(ids[0])).rejects.toMatchObject({ problem: { status: 404 } });
    expect(await me.removeAll()).toBe(3);
    expect(await me.list()).toEqual({ predictions: [], next: null, total: 0 });
  });

  it('can be taken along as a zip', async () => {
    const me = client();
    const { id } = await me.predict(picture(6));
    await me.predict(picture(9));
    await me.correct(id, '8');
    const files = unzipSync(new Uint8Array(await (await me.export()).arrayBuffer()));
    expect(Object.keys(files)).toHaveLength(3);
    const [head, first] = Buffer.from(files['predictions.csv']).toString().split('\r\n');
    expect(head).toBe(
      'id,createdAt,source,model,text,rejected,correction,confidences,width,height,milliseconds,picture',
    );
    expect(first.split(',').slice(0, 7)).toEqual([
      id,
      expect.any(String),
      'api',
      shippedModel().version,
      '6',
      '',
      '8',
    ]);
    expect((await sharp(files[`pictures/${id}.png`]).metadata()).width).toBe(28);
    const nothing = unzipSync(new Uint8Array(await (await client().export()).arrayBuffer()));
    expect(Object.keys(nothing)).toEqual(['predictions.csv']);
  });

  it('is nobody else’s', async () => {
    const [mine, theirs] = [client(), client()];
    const { id } = await mine.predict(picture(6));
    await theirs.predict(picture(1));
    const tries = [
      () => theirs.get(id),
      () => theirs.picture(id),
      () => theirs.correct(id, '1'),
      () => theirs.correct(id, null),
      () => theirs.remove(id),
    ];
    for (const attempt of tries) await expect(attempt()).rejects.toMatchObject({ problem: { status: 404 } });
    expect((await theirs.list()).total).toBe(1);
    expect(await theirs.removeAll()).toBe(1);
    expect(await mine.get(id)).toMatchObject({ text: '6', correction: null });
  });

  it.each([
    'limit=0',
    'limit=101',
    'limit=x',
    'corrected=maybe',
    'after=nonsense',
    `search=${'1'.repeat(101)}`,
  ])('cannot be listed by %s', async (query) => {
    const response = await app.ask(`api/v1/predictions?${query}`);
    expect(response.status).toBe(400);
    expect((await response.json()).detail).toMatch(/^[A-Z].*\.$/);
  });

  it.each([
    ['a word', { text: 'seven' }, 'application/json', 400],
    ['a number', { text: 7 }, 'application/json', 400],
    ['nothing', {}, 'application/json', 400],
    ['what is not JSON', { text: '7' }, 'text/plain', 415],
    ['a novel', { text: '7'.repeat(20_000) }, 'application/json', 413],
  ])('cannot be corrected to %s', async (_, body, type, status) => {
    const response = await app.ask(`api/v1/predictions/${randomUUID()}/correction`, {
      method: 'PUT',
      body: JSON.stringify(body),
      headers: { 'Content-Type': type },
    });
    expect(response.status).toBe(status);
  });
});

describe('models', () => {
  const administrator = () => new InklingClient(app.url, { token: TOKEN });

  it('are listed and described, and their files can be had', async () => {
    const { version, bytes } = shippedModel();
    const { current, models } = await client().models();
    expect(current).toBe(version);
    expect(models.map((model) => model.version)).toContain(version);
    const details = await client().model(version);
    expect(details).toMatchObject({ version, current: true, input: [28, 28, 1], bytes: bytes.length });
    expect(details.layers.length).toBeGreaterThan(3);
    expect(details.parameters).toBeGreaterThan(10_000);
    expect(Buffer.from(await client().weights(version)).equals(Buffer.from(bytes))).toBe(true);
    const response = await app.ask(`api/v1/models/${version}/weights`);
    expect(response.headers.get('cache-control')).toContain('immutable');
    const again = await app.ask(`api/v1/models/${version}/weights`, {
      headers: { 'If-None-Match': response.headers.get('etag')! },
    });
    expect(again.status).toBe(304);
    await response.arrayBuffer();
    await expect(client().model('0123456789ab')).rejects.toMatchObject({ problem: { status: 404 } });
    await expect(client().model('../../etc')).rejects.toMatchObject({ problem: { status: 400 } });
  });

  it('are changed by an administrator while others ask', async () => {
    const other = otherModel('changed');
    const added = await administrator().addModel(new Uint8Array(other.bytes));
    expect(added).toMatchObject({ version: other.version, name: 'changed' });
    expect((await client().models()).current).toBe(shippedModel().version);
    let isOver = false;
    const me = client();
    const asking = (async () => {
      while (!isOver) expect((await me.predict(picture(3), { store: false })).text).toBe('3');
    })();
    await administrator().useModel(other.version);
    expect((await client().models()).current).toBe(other.version);
    expect((await client().predict(picture(3))).model).toBe(other.version);
    await administrator().useModel(shippedModel().version);
    isOver = true;
    await asking;
    expect((await client().predict(picture(3))).model).toBe(shippedModel().version);
  });

  it('that are damaged are not used', async () => {
    const broken = truncatedModel();
    await expect(administrator().addModel(new Uint8Array(broken.bytes))).rejects.toMatchObject({
      problem: { status: 422 },
    });
    const forgetful = forgetfulModel();
    await administrator().addModel(new Uint8Array(forgetful.bytes));
    await expect(administrator().useModel(forgetful.version)).rejects.toMatchObject({
      problem: { status: 422, detail: expect.stringContaining('known digits') },
    });
    await expect(administrator().useModel('0123456789ab')).rejects.toMatchObject({
      problem: { status: 404 },
    });
    expect((await client().predict(picture(3))).model).toBe(shippedModel().version);
  });

  it.each([undefined, 'wrong', `${TOKEN}x`, ''])('are not changed by who has the token %s', async (token) => {
    const visitor = new InklingClient(app.url, { token });
    const { version } = shippedModel();
    await expect(visitor.useModel(version)).rejects.toMatchObject({ problem: { status: 401 } });
    await expect(visitor.addModel(new Uint8Array(10))).rejects.toMatchObject({ problem: { status: 401 } });
  });
});

describe('for whoever runs it', () => {
  it('tells that it is alive and ready', async () => {
    expect((await app.ask('healthz')).status).toBe(200);
    expect(await (await app.ask('readyz')).json()).toEqual({ status: 'ready' });
  });

  it('counts', async () => {
    const before = await client().live();
    const me = client();
    const { id } = await me.predict(picture(8));
    await me.correct(id, '3');
    const after = await client().live();
    expect(after.predictions).toBe(before.predictions + 1);
    expect(after.digits[8]).toBe(before.digits[8] + 1);
    expect(after.corrections).toBe(before.corrections + 1);
    expect(after.latency!.p99).toBeGreaterThan(0);
    const text = await (await app.ask('metrics')).text();
    for (const line of [
      /^inkling_digits_total\{digit="8"\} \d+$/m,
      /^inkling_http_request_seconds_bucket\{le="0.15",method="POST",route="\/api\/v1\/predict",status="200"\} \d+$/m,
      /^inkling_batch_digits_count \d+$/m,
      /^inkling_waiting_pictures 0$/m,
      /^inkling_workers 1$/m,
      /^inkling_corrections_total \d+$/m,
      /^inkling_worker_restarts_total 0$/m,
    ]) {
      expect(text).toMatch(line);
    }
    expect(text, 'ids are not part of a route').not.toContain(id);
  });

  it('describes itself for programs and people', async () => {
    const document = await (await app.ask('openapi.json')).json();
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining([
        '/api/v1/predict',
        '/api/v1/predictions',
        '/api/v1/predictions/{id}',
        '/api/v1/predictions/{id}/image',
        '/api/v1/predictions/{id}/correction',
        '/api/v1/predictions/export',
        '/api/v1/models',
        '/api/v1/models/{version}',
        '/api/v1/models/{version}/weights',
        '/api/v1/models/current',
        '/api/v1/metrics/live',
        '/healthz',
        '/readyz',
        '/metrics',
      ]),
    );
    const correction = document.paths['/api/v1/predictions/{id}/correction'].put;
    expect(correction.requestBody.content['application/json'].schema.$ref).toBe(
      '#/components/schemas/Correction',
    );
    const page = await app.ask('docs');
    expect(page.headers.get('content-type')).toContain('text/html');
    const html = await page.text();
    expect(html).toContain('/api/v1/predictions/{id}/correction');
    expect(html, 'nothing inline that the policy forbids').not.toMatch(/<script|<style|style=|onclick=/);
    expect((await app.ask('docs.css')).headers.get('content-type')).toContain('text/css');
  });

  it('hands a request’s id through, but not just any', async () => {
    const id = async (given: string) =>
      (await app.ask('healthz', { headers: { 'X-Request-Id': given } })).headers.get('x-request-id');
    expect(await id('abc-123_4.5')).toBe('abc-123_4.5');
    expect(await id('a b')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await id('x'.repeat(65))).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('security', () => {
  it('is in the headers of every answer', async () => {
    for (const path of ['', 'api/v1/models', 'api/v1/nothing', 'nothing', 'docs', 'healthz']) {
      const { headers } = await app.ask(path);
      const policy = headers.get('content-security-policy')!;
      expect(policy, path).toContain("script-src 'self' 'wasm-unsafe-eval'");
      expect(policy).not.toContain('unsafe-inline');
      expect(policy).not.toContain("'unsafe-eval'");
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
      expect(headers.get('cross-origin-embedder-policy')).toBe('require-corp');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('permissions-policy')).toContain('camera=(self)');
      expect(headers.get('server')).toBeNull();
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });

  it('lets no other site change anything', async () => {
    const me = client();
    const { id } = await me.predict(picture(2));
    const foreign: Record<string, string>[] = [
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
      { Origin: app.url.replace('http:', 'https:').replace(/:\d+/, ':1') },
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site', Origin: new URL(app.url).origin },
    ];
    for (const headers of foreign) {
      const asked = { cookie: me.cookie, headers };
      const attempts = [
        app.ask(`api/v1/predictions/${id}`, { ...asked, method: 'DELETE' }),
        app.ask('api/v1/predictions', { ...asked, method: 'DELETE' }),
        app.ask('api/v1/predict', { ...asked, method: 'POST', body: form({ image: picture(1) }) }),
        app.ask('api/v1/models/current', { ...asked, method: 'PUT', body: '{}' }),
      ];
      for (const response of await Promise.all(attempts))
        expect(response.status, JSON.stringify(headers)).toBe(403);
    }
    expect((await me.get(id)).text).toBe('2');
    const own = await app.ask(`api/v1/predictions/${id}`, {
      method: 'DELETE',
      cookie: me.cookie,
      headers: { Origin: new URL(app.url).origin },
    });
    expect(own.status).toBe(200);
  });

  it('gives cookies that scripts cannot read, and takes none it did not sign', async () => {
    const response = await app.ask('');
    expect(response.headers.getSetCookie()[0]).toMatch(/; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/);
    expect(response.headers.get('cache-control'), 'no proxy keeps it for others').toBe('private, no-cache');
    const cookie = cookieOf(response);
    expect(cookieOf(await app.ask('', { cookie })), 'the same for another year').toBe(cookie);
    const another = cookie.replace(/\..{4}/, (start) => (start === '.xxxx' ? '.yyyy' : '.xxxx'));
    const forged = await app.ask('', { cookie: another });
    expect(cookieOf(forged)).not.toBe(cookie);
  });

  it('names a stranger where something is kept, and nowhere else: what is asked at once brings no second name', async () => {
    const page = await app.ask('');
    const etag = { 'If-None-Match': page.headers.get('etag') ?? '' };
    expect(cookieOf(await app.ask('', { headers: etag }))).toMatch(/^inkling=/);
    const { id } = await client().predict(picture(2));
    for (const path of [
      'predictions',
      'predictions/export',
      `predictions/${id}`,
      `predictions/${id}/image`,
    ]) {
      const response = await app.ask(`api/v1/${path}`);
      expect(response.headers.getSetCookie(), path).toEqual([]);
      expect(response.status, path).toBe(path.includes(id) ? 404 : 200);
    }
    for (const path of ['predictions', `predictions/${id}`, `predictions/${id}/correction`]) {
      const response = await app.ask(`api/v1/${path}`, { method: 'DELETE' });
      expect(response.headers.getSetCookie(), path).toEqual([]);
    }
    const kept = await app.ask('api/v1/predict', { method: 'POST', body: form({ image: picture(1) }) });
    expect(await (await app.ask('api/v1/predictions', { cookie: cookieOf(kept) })).json()).toMatchObject({
      total: 1,
    });
  });

  it.each(['api/v1/nothing', 'nothing.html', 'assets/nothing.js', 'api/v1', 'api/v2/predict'])(
    'answers 404 at %s',
    async (path) => {
      const response = await app.ask(path);
      expect(response.status).toBe(404);
      expect((await response.json()).status).toBe(404);
    },
  );

  it.each([
    ['PUT', 'api/v1/predict', 'POST, OPTIONS'],
    ['GET', 'api/v1/predict', 'POST, OPTIONS'],
    ['POST', 'api/v1/predictions', 'DELETE, GET, HEAD, OPTIONS'],
    ['PATCH', 'api/v1/predictions/3b241101-e2bb-4255-8caf-4136c566a962', 'DELETE, GET, HEAD, OPTIONS'],
    ['GET', 'api/v1/predictions/3b241101-e2bb-4255-8caf-4136c566a962/correction', 'DELETE, PUT, OPTIONS'],
    ['DELETE', 'api/v1/models/current', 'GET, HEAD, PUT, OPTIONS'],
    ['POST', 'healthz', 'GET, HEAD, OPTIONS'],
    ['DELETE', '', 'GET, HEAD, OPTIONS'],
  ])('answers 405 to %s of %s, and says what may be done', async (method, path, allowed) => {
    const response = await app.ask(path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe(allowed);
    expect((await response.json()).detail).toMatch(/^[A-Z]+ is not possible at \/.*; [A-Z, ]+ (?:is|are)\.$/);
    const asked = await app.ask(path, { method: 'OPTIONS' });
    expect([asked.status, asked.headers.get('allow')]).toEqual([204, allowed]);
  });

  it.each(['POST', 'DELETE', 'OPTIONS'])('answers 404 to %s where there is nothing', async (method) => {
    expect((await app.ask('api/v1/nothing', { method })).status).toBe(404);
    expect((await app.ask('nothing', { method })).status).toBe(404);
  });

  it('makes a ProblemError of every refusal', async () => {
    await expect(client().get('seven')).rejects.toBeInstanceOf(ProblemError);
  });
});

function form(fields: Record<string, string | Blob>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return data;
}
