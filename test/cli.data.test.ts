/** `inkling data` and the data sets of `--dataset`, missing, wrong and damaged. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { inkling, lastJsonLine, temporaryFolder } from './commandLine.ts';
import { needs } from './requirements.ts';

const folder = await temporaryFolder();
const FILES = [
  'train-images-idx3-ubyte',
  'train-labels-idx1-ubyte',
  't10k-images-idx3-ubyte',
  't10k-labels-idx1-ubyte',
];

let server: Server | undefined;
afterEach(() => server?.close());

/** Serves on a free port and returns the address. */
function serve(listener: RequestListener): Promise<string> {
  return new Promise((resolve) => {
    server = createServer(listener).listen(0, '127.0.0.1', () => {
      resolve(`http://127.0.0.1:${(server!.address() as AddressInfo).port}/`);
    });
  });
}

/** An IDX file: pictures where there are three sizes, labels where there is one. */
function idx(sizes: number[], bytes: number): Uint8Array {
  const file = Buffer.alloc(4 + 4 * sizes.length + bytes);
  file.writeUInt32BE(0x0800 + sizes.length);
  sizes.forEach((size, position) => {
    file.writeUInt32BE(size, 4 + 4 * position);
  });
  return file;
}

describe('data info', () => {
  test('names the folder and the ways out where there is no MNIST', async () => {
    const empty = join(folder, 'empty');
    await mkdir(empty);
    const { code, stdout, stderr } = await inkling(['data', 'info', '--data', empty, '--json']);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^inkling: The folder .*empty.*has neither train-images-idx3-ubyte.*\n$/);
  });

  test('takes INKLING_DATA, and --data wins over it', async () => {
    const env = { INKLING_DATA: join(folder, 'from-environment') };
    expect((await inkling(['data', 'info'], { env })).stderr).toContain('from-environment');
    const flagged = await inkling(['data', 'info', '--data', join(folder, 'from-flag')], { env });
    expect(flagged.stderr).toContain('from-flag');
  });

  needs(process.env.INKLING_DATA !== undefined, 'MNIST (set INKLING_DATA to a folder with its four files)')(
    'lists the four files with their digests',
    async () => {
      const { code, stdout } = await inkling(['data', 'info', '--data', process.env.INKLING_DATA!, '--json']);
      expect(code).toBe(0);
      const { dir, files } = lastJsonLine(stdout) as { dir: string; files: Record<string, unknown>[] };
      expect(dir).toBeTruthy();
      expect(files.map(({ name }) => name)).toEqual(FILES);
      expect(files[3]).toMatchObject({
        sha256: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
        bytes: 10_008,
      });
    },
  );
});

describe('data fetch', () => {
  test('says which mirror lacks the file', async () => {
    const mirror = await serve((_, response) => response.writeHead(404).end());
    const { code, stderr } = await inkling(['data', 'fetch', '--data', join(folder, 'none')], {
      env: { INKLING_MNIST_MIRROR: mirror },
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/inkling: Could not download train-images.*404.*\n$/);
  });

  test('takes nothing with a wrong digest', async () => {
    const mirror = await serve((_, response) => response.end(gzipSync(idx([2, 28, 28], 2 * 784))));
    const target = join(folder, 'wrong');
    const { code, stderr } = await inkling(['data', 'fetch', '--data', target], {
      env: { INKLING_MNIST_MIRROR: mirror },
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/inkling: Could not download train-images.*digest.*\n$/);
  });

  test('refuses a mirror that is no web address', async () => {
    const { code, stderr } = await inkling(['data', 'fetch', '--data', join(folder, 'none')], {
      env: { INKLING_MNIST_MIRROR: 'ftp://example.org' },
    });
    expect(stderr).toContain('INKLING_MNIST_MIRROR');
    expect(code).toBe(2);
  });
});

describe('--dataset PATH', () => {
  async function setOf(name: string, trainImages: Uint8Array): Promise<string> {
    const path = join(folder, name);
    await mkdir(path, { recursive: true });
    const contents = [trainImages, idx([2], 2), idx([2, 28, 28], 2 * 784), idx([2], 2)];
    for (const [position, file] of FILES.entries()) await writeFile(join(path, file), contents[position]);
    return path;
  }

  test('a file that is cut short is named', async () => {
    const path = await setOf('cut', idx([2, 28, 28], 1000));
    const { code, stderr } = await inkling(['train', '--dataset', path, '--out', join(folder, 'run')]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^inkling: .*cut.train-images-idx3-ubyte is not usable: it is cut short.*\n$/);
  });

  test('too few pictures for a batch', async () => {
    const path = await setOf('few', idx([2, 28, 28], 2 * 784));
    const { code, stderr } = await inkling(['train', '--dataset', path, '--out', join(folder, 'run')]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/fewer than one batch/);
  });

  test('pictures of another size than the model takes', async () => {
    const path = await setOf('large', idx([2, 30, 30], 1800));
    await writeFile(join(path, FILES[2]), idx([2, 30, 30], 1800));
    const { code, stderr } = await inkling(['train', '--dataset', path, '--out', join(folder, 'run')]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/The model takes pictures of 28×28×1, and those of large\/.* are 30×30×1/);
  });

  test('a name that is neither a set nor a folder leaves nothing behind', async () => {
    const out = join(folder, 'typo');
    const { code, stderr } = await inkling(['train', '--dataset', 'sythetic', '--out', out]);
    expect(stderr).toMatch(/no data set, file or folder "sythetic"; did you mean synthetic\?\n$/);
    expect(code).toBe(2);
    expect(existsSync(out)).toBe(false);
    expect((await inkling(['evaluate', '--dataset', 'sythetic'])).code).toBe(2);
  });
});
