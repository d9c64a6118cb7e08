/** The app behind a proxy, below a path, with limits, and with a page that was built or not. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { InklingClient } from '../server/client/client.ts';
import { PageFiles } from '../server/pageFiles.ts';
import { digitFiles, shippedModel } from '../server/reading/testing/pictures.ts';
import { startApp, type TestApp } from './appServer.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp({
    INKLING_BASE_PATH: '/tools/digits',
    INKLING_TRUSTED_PROXIES: '127.0.0.1',
    INKLING_RATE_LIMIT: '3',
  });
});
afterAll(() => app.stop());

const post = (headers: Record<string, string>) =>
  app.ask('api/v1/predict', {
    method: 'POST',
    body: digitFiles[3],
    headers: { 'Content-Type': 'image/png', ...headers },
  });

describe('behind a proxy that is trusted', () => {
  it('counts each client by itself, and tells it when to come again', async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 4; i++) {
      const response = await post({ 'X-Forwarded-For': `6.6.6.${i}, 198.51.100.1` });
      statuses.push(response.status);
      if (response.status === 429) {
        expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
        expect((await response.json()).detail).toMatch(/try again in/);
      }
    }
    expect(statuses, 'what a client claims to the left does not help it').toEqual([200, 200, 200, 429]);
    expect((await post({ 'X-Forwarded-For': '198.51.100.2' })).status).toBe(200);
  });

  it('knows by which name and how safely it is called', async () => {
    const forwarded = {
      'X-Forwarded-For': '198.51.100.3',
      'X-Forwarded-Host': 'digits.example',
      'X-Forwarded-Proto': 'https',
    };
    const own = await post({ ...forwarded, Origin: 'https://digits.example' });
    expect(own.status).toBe(200);
    expect(own.headers.getSetCookie()[0]).toMatch(/; Path=\/tools\/digits\/; .*; Secure$/);
    expect((await post({ ...forwarded, Origin: 'https://other.example' })).status).toBe(403);
  });
});

describe('below a path', () => {
  it('has everything there and nothing beside', async () => {
    expect(app.url).toMatch(/\/tools\/digits\/$/);
    for (const path of ['', 'healthz', 'docs', 'openapi.json', 'api/v1/models', 'metrics']) {
      expect((await app.ask(path)).status, path).toBe(200);
    }
    const outside = new URL('/', app.url);
    for (const path of ['', 'healthz', 'api/v1/models', 'tools', 'tools/digitsx']) {
      expect((await fetch(new URL(path, outside))).status, path).toBe(404);
    }
    const { status, headers } = await app.ask('../digits');
    expect([status, headers.get('location')]).toEqual([308, '/tools/digits/']);
    expect((await (await app.ask('openapi.json')).json()).servers).toEqual([{ url: '/tools/digits' }]);
    expect((await new InklingClient(app.url).models()).current).toBe(shippedModel().version);
  });

  it('has switched off what needs a token that is not set', async () => {
    const visitor = new InklingClient(app.url, { token: 'anything' });
    await expect(visitor.useModel(shippedModel().version)).rejects.toMatchObject({
      problem: { status: 403, detail: expect.stringContaining('INKLING_ADMIN_TOKEN') },
    });
  });
});

describe('the page', () => {
  it('is served by the exact names of its files, compressed, and hashed ones are kept for ever', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'inkling-page-'));
    onTestFinished(() => rm(parent, { recursive: true }));
    const folder = join(parent, 'dist');
    const page = new PageFiles(folder);
    await page.load();
    expect(await page.find('/')).toBeUndefined();

    await mkdir(join(folder, 'assets'), { recursive: true });
    const script = 'console.log("ink");\n'.repeat(100);
    await writeFile(join(folder, 'assets', 'main-AbCd1234.js'), script);
    await writeFile(join(folder, 'sw.js'), script);
    await writeFile(join(parent, 'secret.txt'), 'secret');
    await writeFile(join(folder, 'index.html'), '<!doctype html><title>Inkling</title>');
    const index = await page.find('/');
    expect(index?.headers).toMatchObject({
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': 'no-cache',
    });
    const hashed = await page.find('/assets/main-AbCd1234.js', 'gzip, deflate, br');
    expect(hashed?.headers).toMatchObject({
      'Content-Type': 'text/javascript; charset=utf-8',
      'Content-Encoding': 'br',
      'Cache-Control': expect.stringContaining('immutable'),
    });
    expect(hashed!.content.length).toBeLessThan(script.length / 4);
    expect((await page.find('/assets/main-AbCd1234.js', 'gzip'))?.headers['Content-Encoding']).toBe('gzip');
    expect((await page.find('/assets/main-AbCd1234.js'))?.content.toString()).toBe(script);
    expect((await page.find('/sw.js'))?.headers['Cache-Control']).toBe('no-cache');
    for (const path of [
      '/../secret.txt',
      '/assets',
      '/assets/',
      '/assets/../sw.js',
      '//sw.js',
      '/SW.JS',
      '',
    ]) {
      expect(await page.find(path), path).toBeUndefined();
    }
  });
});
