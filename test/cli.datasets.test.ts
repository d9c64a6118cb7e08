/** CSV files, folders of pictures and joined sets as `--dataset`: what is told of them, and what is dropped. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { encode } from 'fast-png';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Dataset, loadPictureFolder, syntheticDigits } from '../src/index.ts';
import { inkling, jsonLines, lastJsonLine, temporaryFolder } from './commandLine.ts';

const folder = await temporaryFolder();
const SIZE = 784;
const LONG = 60_000;
const csv = join(folder, 'more.csv');
const pictureFolder = join(folder, 'pictures');

const drawn = syntheticDigits({ count: 70, seed: 99 });
/** The test set of `--dataset synthetic`. */
const tested = syntheticDigits({ count: 2_000, seed: 2 ** 40 });

function row({ images, labels }: Dataset, position: number): string {
  return `${labels[position]},${images.subarray(position * SIZE, (position + 1) * SIZE).join(',')}`;
}

async function writePictures(path: string, dataset: Dataset, positions: readonly number[]): Promise<void> {
  for (const position of positions) {
    const data = dataset.images.slice(position * SIZE, (position + 1) * SIZE);
    const label = String(dataset.labels[position]);
    await mkdir(join(path, label), { recursive: true });
    await writeFile(
      join(path, label, `${position}.png`),
      encode({ width: 28, height: 28, data, channels: 1, depth: 8 }),
    );
  }
}

beforeAll(async () => {
  const rows = Array.from({ length: 70 }, (_, i) => row(drawn, i));
  const leaks = [3, 40, 1999].map((i) => row(tested, i));
  await writeFile(csv, `${[...rows, ...leaks, rows[0]].join('\n')}\n`);
  await writePictures(pictureFolder, drawn, [0, 1, 2, 13]);
  await writePictures(pictureFolder, tested, [17]);
});

describe('data info', () => {
  test('of a CSV file without a test set', async () => {
    const { code, stdout } = await inkling(['data', 'info', '--dataset', csv, '--json']);
    expect(code).toBe(0);
    const info = lastJsonLine(stdout);
    expect(info).toMatchObject({ dataset: 'more.csv', shape: [28, 28, 1], test: { examples: 11 } });
    expect(info.parts).toMatchObject([{ name: 'more.csv', examples: 63 }]);
  });

  test(
    'of a joined set, for people',
    async () => {
      const { code, stdout } = await inkling([
        'data',
        'info',
        '--dataset',
        `synthetic+${csv}+${pictureFolder}`,
      ]);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^training +pictures +0 +1 .* repeated +in test\n/);
      expect(stdout).toMatch(/\nsynthetic\/train +12,000 .* 0 +0\n/);
      expect(stdout).toMatch(/\nmore\.csv +74 .* 1 +3\n/);
      expect(stdout).toMatch(/\npictures +5 .* 4 +1\n/);
      expect(stdout).toMatch(/tested on 2,000 pictures of synthetic\/test\.\n$/);
    },
    LONG,
  );
});

describe('train', () => {
  const flags = ['--batch', '8', '--epochs', '1', '--threads', '1', '--json'];

  test(
    'drops what the test set has, tells it, and goes on after an end',
    async () => {
      const out = join(folder, 'joined');
      const dataset = `${pictureFolder}+${csv}+synthetic`;
      // The CSV file comes before the synthetic digits, so that a few examples are enough.
      const args = ['train', '--dataset', dataset, '--examples', '99', '--validation', '10', '--out', out];
      const { code, stdout, stderr } = await inkling([...args, ...flags]);
      expect(stderr).toMatch(/\nmore\.csv .* 3 +\d+\n/);
      expect(code).toBe(0);
      const [start] = jsonLines(stdout) as { parts: Record<string, unknown>[]; examples: number }[];
      expect(start).toMatchObject({ dataset: 'pictures+more.csv+synthetic', imbalance: expect.any(Number) });
      expect(start.parts.map(({ inTest }) => inTest)).toEqual([1, 3, 0]);
      const dropped = start.parts.reduce(
        (sum, part) => sum + Number(part.inTest) + Number(part.inValidation),
        0,
      );
      expect(start.examples).toBe(99 - 10 - dropped);
      const resumed = await inkling([
        'train',
        '--resume',
        '--dataset',
        dataset,
        '--out',
        out,
        '--threads',
        '1',
      ]);
      expect(resumed.stderr).toMatch(/Going on after 1 epoch/);
      expect(resumed.code).toBe(0);
      expect((await inkling(['train', '--resume', '--out', out])).stderr).toMatch(
        /say where that is with --dataset/,
      );
    },
    LONG,
  );

  test(
    'on a CSV file alone sets pictures aside, and evaluate knows them',
    async () => {
      const out = join(folder, 'alone');
      const args = ['train', '--dataset', csv, '--validation', '0', '--out', out];
      const { code, stdout } = await inkling([...args, ...flags]);
      expect(code).toBe(0);
      const model = join(out, 'model.safetensors');
      const { testAccuracy } = lastJsonLine(stdout);
      const same = await inkling(['evaluate', model, '--dataset', csv, '--json']);
      expect(same.stderr).toMatch(/set aside/);
      expect(lastJsonLine(same.stdout)).toMatchObject({ examples: 11, accuracy: testAccuracy });
      const joined = await inkling(['evaluate', model, '--dataset', `${csv}+${pictureFolder}`, '--json']);
      expect(joined.stderr).toMatch(/says little/);
    },
    LONG,
  );

  test(
    'evaluate scores all pictures of a file that the model has not seen',
    async () => {
      const single = join(folder, 'single.csv.gz');
      await writeFile(single, gzipSync(`${row(drawn, 7)}\n`));
      const { code, stdout } = await inkling(['evaluate', '--dataset', single, '--json']);
      expect(code).toBe(0);
      expect(lastJsonLine(stdout)).toMatchObject({ dataset: 'single.csv.gz', examples: 1 });
    },
    LONG,
  );

  test.each([
    [`${csv}+`, /no data set, file or folder ""/, 2],
    [`${csv}+mnst`, /no data set, file or folder "mnst"; did you mean mnist\?/, 2],
    [`synthetic+synthetic`, /names synthetic twice/, 2],
    [join(folder, 'more.csx'), /no data set, file or folder ".*more\.csx"; --dataset takes .* a CSV file/, 2],
    [join(pictureFolder, '0'), /has neither train-images-idx3-ubyte nor .* folders 0 to 9/, 1],
    [join(pictureFolder, '0', '0.png'), /0\.png, line 3: it holds a byte 0/, 1],
  ])('refuses --dataset %s', async (dataset, expected, exitCode) => {
    const { code, stderr } = await inkling(['train', '--dataset', dataset, '--out', join(folder, 'none')]);
    expect(stderr).toMatch(expected);
    expect(stderr.trim()).not.toContain('\n');
    expect(code).toBe(exitCode);
  });
});

describe('folders of pictures', () => {
  test('are read by class and name, other sizes and colours made into digits', async () => {
    const { train, test: none } = await loadPictureFolder(pictureFolder, 'pictures');
    expect([...train.labels]).toEqual([0, 1, 2, 3, 7]);
    expect(none).toBeUndefined();
    expect(Buffer.compare(train.images.subarray(0, SIZE), drawn.images.subarray(0, SIZE))).toBe(0);
    const path = join(folder, 'large');
    await mkdir(join(path, '4'), { recursive: true });
    const data = Uint8Array.from({ length: 3600 }, (_, i) => (i % 60 > 25 && i % 60 < 35 ? 0 : 255));
    await writeFile(join(path, '4', 'a.PNG'), encode({ width: 60, height: 60, data, channels: 1, depth: 8 }));
    const { images, shape } = (await loadPictureFolder(path, 'large')).train;
    expect(shape).toEqual([28, 28, 1]);
    expect([images[14 * 28], images[14 * 28 + 14]]).toEqual([0, 255]);
  });

  test('may have a test set of their own', async () => {
    const path = join(folder, 'split');
    await writePictures(join(path, 'training'), drawn, [0, 1, 2]);
    await writePictures(join(path, 'testing'), drawn, [2, 5]);
    const { stdout } = await inkling(['data', 'info', '--dataset', path, '--json']);
    expect(lastJsonLine(stdout)).toMatchObject({
      parts: [{ name: 'split/train', examples: 3, inTest: 1 }],
      test: { name: 'split/test', examples: 2 },
      imbalance: null,
    });
  });

  test.each<[string, string, string, RegExp]>([
    ['text', '1', 'notes.txt', /1.notes\.txt is no picture by its name/],
    ['damage', '1', 'broken.png', /1.broken\.png/],
    ['strange', 'ten', 'a.png', /strange.ten is no class: /],
    ['deep', join('1', 'more'), 'a.png', /1.more is a folder within a class/],
  ])('with %s are refused', async (name, within, file, expected) => {
    const path = join(folder, name);
    await writePictures(path, drawn, [0]);
    await mkdir(join(path, within), { recursive: true });
    await writeFile(join(path, within, file), 'scribbles');
    await expect(loadPictureFolder(path, name)).rejects.toThrow(expected);
  });

  test('without pictures are refused', async () => {
    const path = join(folder, 'bare');
    await mkdir(join(path, '3'), { recursive: true });
    await writeFile(join(path, '.hidden'), '');
    await expect(loadPictureFolder(path, 'bare')).rejects.toThrow(/bare holds no pictures; put some/);
  });
});
