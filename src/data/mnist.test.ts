import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { needs } from '../../test/requirements.ts';
import { UsageError } from '../errors.ts';
import { fetchMnist, loadIdxDirectory, loadMnist, MNIST_FILES, mnistInfo } from './mnist.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inkling-mnist-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** An address from which nothing can be had. */
const NOWHERE = 'http://127.0.0.1:1/';

/** Four small files that look like MNIST's: so many pictures of 2×2 pixels, all labelled 3. */
async function writeLookAlike(trainCount: number, testCount: number, pack = false): Promise<void> {
  for (const { name } of MNIST_FILES) {
    const count = name.startsWith('train') ? trainCount : testCount;
    const header = name.includes('images')
      ? [0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 2, 0, 0, 0, 2]
      : [0, 0, 8, 1, 0, 0, 0, count];
    const elements = Array.from({ length: name.includes('images') ? 4 * count : count }, () => 3);
    const bytes = Uint8Array.from([...header, ...elements]);
    await writeFile(join(folder, pack ? `${name}.gz` : name), pack ? gzipSync(bytes) : bytes);
  }
}

describe('loadIdxDirectory', () => {
  test.each([false, true])('reads look-alikes, gzipped: %s', async (pack) => {
    await writeLookAlike(5, 2, pack);
    const { train, test: held, directory, digests } = await loadIdxDirectory(folder, 'other');
    expect(train).toMatchObject({ name: 'other/train', shape: [2, 2, 1], labels: { length: 5 } });
    expect(held).toMatchObject({ name: 'other/test', images: { length: 8 } });
    expect(directory).toBe(folder);
    expect(Object.keys(digests)).toEqual(MNIST_FILES.map(({ name }) => name));
  });

  test('names what is missing', async () => {
    await expect(loadIdxDirectory(folder, 'other')).rejects.toThrow(
      /--dataset, has neither train-images-idx3-ubyte nor train-images-idx3-ubyte\.gz: name a folder/,
    );
  });
});

describe('where MNIST is looked for', () => {
  test('a named folder that lacks a file is an error, and nothing is downloaded', async () => {
    const defaultDirectory = join(folder, 'default');
    const fetching = { fetchIfMissing: true, mirrors: [NOWHERE], defaultDirectory };
    await expect(loadMnist({ ...fetching, directory: folder, environment: {} })).rejects.toThrow(
      /^The folder .*, named by --data, has neither train-images-idx3-ubyte nor .*data fetch --data/,
    );
    await expect(loadMnist({ ...fetching, environment: { INKLING_DATA: folder } })).rejects.toThrow(
      /named by INKLING_DATA/,
    );
    expect(await readdir(folder)).toEqual([]);
  });

  test('--data wins over INKLING_DATA, and that over the default', async () => {
    const environment = { INKLING_DATA: join(folder, 'b') };
    const places = { directory: join(folder, 'a'), environment, defaultDirectory: join(folder, 'c') };
    await expect(mnistInfo(places)).rejects.toThrow(join(folder, 'a'));
    await expect(mnistInfo({ ...places, directory: undefined })).rejects.toThrow(join(folder, 'b'));
    await expect(
      mnistInfo({ defaultDirectory: join(folder, 'c'), environment: { INKLING_DATA: '' } }),
    ).rejects.toThrow(/c has neither .*: run 'inkling data fetch'/);
  });

  test('an empty --data is wrong usage', async () => {
    await expect(loadMnist({ directory: '' })).rejects.toThrow(UsageError);
  });

  test('a file with another digest is named, with the way out', async () => {
    await writeLookAlike(5, 2);
    await expect(loadMnist({ directory: folder })).rejects.toThrow(
      /train-images-idx3-ubyte is not MNIST's .* digest differs: get the file again, or use --dataset DIR/,
    );
    await expect(loadMnist({ environment: {}, defaultDirectory: folder })).rejects.toThrow(
      /delete it and run 'inkling data fetch'/,
    );
  });
});

describe('downloading', () => {
  test('offline, the error names the three ways out', async () => {
    const defaultDirectory = join(folder, 'mnist');
    const options = {
      defaultDirectory,
      environment: { INKLING_MNIST_MIRROR: NOWHERE },
      timing: { backoffMilliseconds: 1 },
    };
    const error = await loadMnist({ ...options, fetchIfMissing: true }).catch((thrown) => thrown);
    expect(error.message).toMatch(/^Could not download train-images-idx3-ubyte\.gz \(127\.0\.0\.1:1: /);
    expect(error.message).toMatch(
      /--data DIR or INKLING_DATA.*when this machine is online.*--dataset synthetic\.$/,
    );
    expect(await readdir(defaultDirectory)).toEqual([]);
  });

  test('a mirror that is no web address is wrong usage', async () => {
    for (const mirror of ['here', 'file:///tmp/', 'http://']) {
      const environment = { INKLING_MNIST_MIRROR: mirror };
      await expect(fetchMnist({ directory: folder, environment })).rejects.toThrow(UsageError);
    }
  });

  const data = process.env.INKLING_DATA ?? '';
  const present = MNIST_FILES.every(
    ({ name }) => existsSync(join(data, name)) || existsSync(join(data, `${name}.gz`)),
  );
  needs(data !== '' && present, 'MNIST (set INKLING_DATA to a folder with its four files)')(
    'MNIST itself: fetched from a mirror, verified, read',
    async () => {
      const { files } = await mnistInfo();
      expect(files.map(({ bytes }) => bytes)).toEqual(MNIST_FILES.map(({ bytes }) => bytes));
      const mirror = createServer(async (request, response) => {
        const file = files.find(({ path }) => `/mnist/${path.split(/[\\/]/).at(-1)}` === request.url);
        response.statusCode = file ? 200 : 404;
        response.end(file ? await readFile(file.path) : '');
      });
      await new Promise<void>((ready) => mirror.listen(0, '127.0.0.1', ready));
      try {
        const base = `http://127.0.0.1:${(mirror.address() as AddressInfo).port}/mnist`;
        const environment = { INKLING_MNIST_MIRROR: base };
        const seen = new Set<string>();
        const onProgress = ({ file }: { file: string }) => seen.add(file);
        const options = { environment, defaultDirectory: join(folder, 'mnist'), onProgress };
        const { train, test: held, digests } = await loadMnist({ ...options, fetchIfMissing: true });
        expect([train.labels.length, held.labels.length]).toEqual([60_000, 10_000]);
        expect([...train.labels.subarray(0, 5)]).toEqual([5, 0, 4, 1, 9]);
        expect(train.shape).toEqual([28, 28, 1]);
        expect(digests['t10k-labels-idx1-ubyte']).toBe(MNIST_FILES[3].sha256);
        expect([...seen].sort()).toEqual(MNIST_FILES.map(({ name }) => `${name}.gz`).sort());
        seen.clear();
        expect((await fetchMnist(options)).files).toHaveLength(4);
        expect(seen.size).toBe(0);
      } finally {
        mirror.closeAllConnections();
        mirror.close();
      }
    },
  );
});
