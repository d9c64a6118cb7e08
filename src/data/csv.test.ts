import { spawn } from 'node:child_process';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { InklingError } from '../errors.ts';
import { type CsvOptions, loadCsv } from './csv.ts';
import type { Dataset } from './dataset.ts';
import { syntheticDigits } from './synthetic/index.ts';

const folder = await mkdtemp(join(tmpdir(), 'inkling-csv-'));
afterAll(() => rm(folder, { recursive: true }));

let files = 0;
async function fileOf(content: string | Uint8Array): Promise<string> {
  const path = join(folder, `${files++}.csv`);
  await writeFile(path, content);
  return path;
}

async function read(content: string | Uint8Array, options?: CsvOptions): Promise<Dataset> {
  return (await loadCsv(await fileOf(content), options)).dataset;
}

async function messageOf(content: string | Uint8Array, options?: CsvOptions): Promise<string> {
  const path = await fileOf(content);
  const error = await loadCsv(path, options).then(
    () => undefined,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(InklingError);
  return (error as Error).message.replace(path, 'f.csv');
}

/** Labels and pixels as numbers. */
const parts = ({ labels, images }: Dataset) => [[...labels], [...images]];

const PLAIN = [
  [7, 3],
  [1, 2, 3, 4, 250, 0, 0, 9],
];

function digitsAsCsv({ images, labels }: Dataset, heading = true): string {
  const lines = heading ? [`label,${Array.from({ length: 784 }, (_, i) => `pixel${i}`).join(',')}`] : [];
  for (let i = 0; i < labels.length; i++) {
    lines.push(`${labels[i]},${images.subarray(i * 784, (i + 1) * 784).join(',')}`);
  }
  return `${lines.join('\n')}\n`;
}

describe('CSV', () => {
  test.each<[string, string]>([
    ['heading of Kaggle', 'label,pixel0,pixel1,pixel2,pixel3\n7,1,2,3,4\n3,250,0,0,9\n'],
    ['numbered from 1, label last', 'pixel1,pixel2,pixel3,pixel4,class\n1,2,3,4,7\n250,0,0,9,3\n'],
    ['any order', 'p3,p0,Label,p2,p1\n4,1,7,3,2\n9,250,3,0,0\n'],
    ['rows and columns', 'target,2x2,1x1,1x2,2x1\n7,4,1,2,3\n3,9,250,0,0\n'],
    ['a column of row numbers', ',y,0,1,2,3\n0,7,1,2,3,4\nrow 2,3,250,0,0,9\n'],
    ['counted heading', '0,1,2,3,4\n7,1,2,3,4\n3,250,0,0,9\n'],
    ['no heading, label first', '7,1,2,3,4\n3,250,0,0,9\n'],
    ['no heading, label last', '1,2,3,4,7\n250,0,0,9,3\n'],
    ['Windows line ends', 'label,0,1,2,3\r\n7,1,2,3,4\r\n3,250,0,0,9\r\n'],
    ['byte order mark', '\ufefflabel,0,1,2,3\n7,1,2,3,4\n3,250,0,0,9\n'],
    ['byte order mark without heading', '\ufeff7,1,2,3,4\n3,250,0,0,9\n'],
    ['blank lines', '\n7,1,2,3,4\n\n  \t\n\r\n3,250,0,0,9\n\n'],
    ['no line end at the end', '7,1,2,3,4\n3,250,0,0,9'],
    ['quotes', '"label","pixel0","pixel1","pixel2","pixel3"\n"7","1","2"," 3 ",4\n3,"250",0,0,"9"\n'],
    ['spaces', '7, 1, 2 ,\t3,4 \n 3,250,0,0,9\n'],
    ['semicolons', 'label;0;1;2;3\n7;1;2;3;4\n3;250;0;0;9\n'],
    ['tabs', 'label\t0\t1\t2\t3\n7\t1\t2\t3\t4\n3\t250\t0\t0\t9\n'],
    ['whole numbers with a point or exponent', '7.0,1.,2,3e0,4.00\n3,2.5e2,0,-0,+9\n'],
  ])('%s', async (_, text) => {
    const dataset = await read(text);
    expect(parts(dataset)).toEqual(PLAIN);
    expect(dataset.shape).toEqual([2, 2, 1]);
    expect(parts(await read(gzipSync(text)))).toEqual(PLAIN);
  });

  test('values from 0 to 1 are stretched', async () => {
    expect(parts(await read('5,0,0.5,1,.2\n1,0.00392156862745098,1e-9,1.0,0\n'))).toEqual([
      [5, 1],
      [0, 128, 255, 51, 1, 0, 255, 0],
    ]);
  });

  test('a corner that is always 0 is no label', async () => {
    const rows = Array.from({ length: 300 }, (_, i) => `0,${i % 200},9,0,${i % 10}`).join('\n');
    const { labels } = await read(rows);
    expect([...labels.subarray(0, 12)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
  });

  test('pictures need not be square where the heading says so', async () => {
    expect((await read('label,1x1,1x2,1x3\n1,2,3,4\n')).shape).toEqual([1, 3, 1]);
  });

  test('the digest is that of the content, gzipped or not', async () => {
    const one = await loadCsv(await fileOf('7,1,2,3,4\n'));
    const other = await loadCsv(await fileOf(gzipSync('7,1,2,3,4\n')));
    expect(other.sha256).toBe(one.sha256);
  });
});

const HEAD = 'label,pixel0,pixel1,pixel2,pixel3\n';

describe('CSV that is wrong', () => {
  test.each<[string, string | Uint8Array, RegExp]>([
    ['empty', '', /^f.csv is empty; give/],
    ['blank', '\n \r\n', /^f.csv is empty; give/],
    ['heading only', HEAD, /^f.csv has a heading and no pictures; give/],
    ['ragged', `${HEAD}7,1,2,3,4\n\n7,1,2,3\n`, /^f.csv, line 4: it has 4 fields where line 1 has 5; /],
    ['ragged, too long', '7,1,2,3,4\n7,1,2,3,4,5\n', /^f.csv, line 2: it has 6 fields where line 1 has 5; /],
    ['text', `${HEAD}7,1,2,x y,4\n`, /^f.csv, line 2: column "pixel2" holds "x y", where a number/],
    ['text without heading', '7,1,2,3,4\n7,1,2,x,4\n', /^f.csv, line 2: column 4 holds "x"/],
    ['an empty field', `${HEAD}7,1,,3,4\n`, /^f.csv, line 2: column "pixel1" is empty/],
    ['a hexadecimal number', `${HEAD}7,1,0x10,3,4\n`, /line 2: column "pixel1" holds "0x10"/],
    ['an open quote', `${HEAD}7,1,"2,3,4\n7,1,2,3,4\n`, /^f.csv, line 2: it has 3 fields where line 1 has 5/],
    [
      'a large label',
      `${HEAD}7,1,2,3,4\n10,1,2,3,4\n`,
      /^f.csv, line 3: the label is 10, in column "label"; /,
    ],
    ['a negative label', `${HEAD}-1,1,2,3,4\n`, /line 2: the label is -1/],
    ['a broken label', `${HEAD}1.5,1,2,3,4\n`, /line 2: the label is 1.5/],
    ['a large pixel', `${HEAD}7,1,2,256,4\n`, /line 2: column "pixel2" is 256, and pixels are whole/],
    ['a negative pixel', `${HEAD}7,1,-2,3,4\n`, /line 2: column "pixel1" is -2, and pixels are/],
    ['a broken pixel', `${HEAD}7,1,2.5,3,4\n`, /line 2: column "pixel1" is 2.5, and pixels are whole/],
    [
      'a change of scale',
      `${HEAD}${'7,0,.5,1,0\n'.repeat(300)}7,0,9,1,0\n`,
      /line 302: column "pixel1" is 9, and pixels are from 0 to 1, as in the first lines/,
    ],
    ['no label', 'pixel0,pixel1\n1,2\n', /^f.csv, line 1: the heading names no column "label"/],
    [
      'two labels',
      'label,y,pixel0\n1,2,3\n',
      /^f.csv, line 1: the heading names two labels, "label" and "y"/,
    ],
    [
      'a strange column',
      'label,weight,pixel0\n1,2,3\n',
      /^f.csv, line 1: .* a column "weight", which is neither/,
    ],
    ['a pixel twice', 'label,p0,p1,p1,p3\n1,2,3,4,5\n', /line 1: the heading names the pixel "p1" twice/],
    ['a pixel beyond', 'label,p0,p1,p2,p7\n1,2,3,4,5\n', /line 1: .* a pixel "p7" but only 4 pixels/],
    ['late pixels', 'label,p5,p6,p7,p8\n1,2,3,4,5\n', /line 1: .* no pixel 0 or 1, its pixels begin at 5/],
    ['holes', 'label,1x1,2x2,1x2\n1,2,3,4\n', /line 1: .* 3 pixels of a picture of 2×2/],
    ['no pixels', 'id,label\n1,2\n', /line 1: the heading names no pixels/],
    ['not square', '7,1,2,3\n', /line 1: there are 3 pixels beside the label, which make no square/],
    ['one column', 'hello\nworld\n', /^f.csv, line 1: it has a single field, where a label/],
    ['prose', 'Dear reader, this is\nno table\n', /^f.csv, line 1: the heading names no column "label"/],
    ['bytes 0', `${HEAD}7,1,2,3,4\n7,1,\0,3,4\n`, /^f.csv, line 3: it holds a byte 0/],
    ['UTF-16', Buffer.from(`\ufeff${HEAD}`, 'utf16le'), /^f.csv, line 1: it holds a byte 0/],
    [
      'a cut gzip file',
      gzipSync(`${HEAD}7,1,2,3,4\n`).subarray(0, -12),
      /line \d: the gzipped file is cut short/,
    ],
    ['a gzip file of nothing', Uint8Array.of(0x1f, 0x8b), /line 1: the gzipped file is cut short/],
    [
      'a damaged gzip file',
      Buffer.concat([gzipSync(HEAD).subarray(0, -8), Buffer.alloc(8, 7)]),
      /line \d: the gzip compression is damaged/,
    ],
    ['an endless line', '1,'.repeat(3_000_000), /^f.csv, line 1: it is longer than 4194304 bytes/],
  ])('%s', async (_, content, expected) => {
    const message = await messageOf(content);
    expect(message).toMatch(expected);
    expect(message).toMatch(/^[^\n]*\.$/);
  });

  test('a file or folder that cannot be read', async () => {
    await expect(loadCsv(join(folder, 'none.csv'))).rejects.toThrow(
      /^Cannot read .*none.csv: there is no such/,
    );
    await expect(loadCsv(folder)).rejects.toThrow(/^Cannot read .*: it is a folder/);
  });

  test('whatever the bytes, it is read or refused in a sentence', async () => {
    const field = fc.oneof(
      fc.constantFrom(
        '0',
        '1',
        '255',
        '0.5',
        '"3"',
        '',
        ' ',
        '"',
        'label',
        'pixel0',
        '1x1',
        '\0',
        'é',
        '-1',
        '1e9',
      ),
      fc.string({ maxLength: 3 }),
    );
    const line = fc.array(field, { maxLength: 6 }).map((fields) => fields.join(','));
    const text = fc
      .tuple(
        fc.constantFrom('', '\ufeff', 'label,0,1,2,3\n', '1,2,3,4,5\n'),
        fc.array(line),
        fc.constantFrom('\n', '\r\n'),
      )
      .map(([head, lines, end]) => Buffer.from(head + lines.join(end)));
    const bytes = fc.uint8Array({ maxLength: 60 });
    const packed = fc.tuple(text, fc.nat(40)).map(([content, cut]) => {
      const file = gzipSync(content);
      return file.subarray(0, Math.max(0, file.length - cut));
    });
    const path = join(folder, 'fuzz.csv');
    await fc.assert(
      fc.asyncProperty(fc.oneof(text, bytes, packed), async (content) => {
        await writeFile(path, content);
        try {
          const { dataset } = await loadCsv(path);
          expect(dataset.images.length).toBe(dataset.labels.length * dataset.shape[0] * dataset.shape[1]);
          expect(dataset.labels.every((label) => label < 10)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(InklingError);
          expect((error as Error).message).toMatch(/fuzz\.csv/);
        }
      }),
      { numRuns: 400 },
    );
  });

  test('any numbers written in any of its ways are read as they were', async () => {
    const style = fc.constantFrom(
      (value: number) => `${value}`,
      (value: number) => `"${value}"`,
      (value: number) => ` ${value}.0 `,
      (value: number) => `${value}e0`,
    );
    const row = fc.tuple(
      fc.integer({ min: 0, max: 9 }),
      fc.array(fc.tuple(fc.integer({ min: 0, max: 255 }), style), { minLength: 9, maxLength: 9 }),
    );
    const rows = fc.array(row, { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(rows, fc.constantFrom('\n', '\r\n', '\n\n'), async (written, end) => {
        const lines = written.map(([label, pixels]) =>
          [label, ...pixels.map(([value, write]) => write(value))].join(','),
        );
        const text = ['label,1,2,3,4,5,6,7,8,9', '1,2,0,0,0,0,0,0,0,0', ...lines].join(end);
        const { labels, images } = await read(text);
        expect([...labels].slice(1)).toEqual(written.map(([label]) => label));
        expect([...images].slice(9)).toEqual(written.flatMap(([, pixels]) => pixels.map(([value]) => value)));
      }),
      { numRuns: 100 },
    );
  });
});

describe('large CSV', () => {
  const drawn = syntheticDigits({ count: 420, seed: 3 });

  test('42,000 rows of 785 columns take seconds', async () => {
    const body = digitsAsCsv(drawn, false);
    const path = await fileOf(`${digitsAsCsv(drawn).split('\n', 1)[0]}\n${body.repeat(100)}`);
    // Time of the processor, which others on the machine do not change; microseconds. csv-parse takes twice the bound.
    const before = process.cpuUsage();
    const { dataset } = await loadCsv(path);
    expect(process.cpuUsage(before).user).toBeLessThan(5e6);
    expect(dataset.labels.length).toBe(42_000);
    const last = dataset.images.subarray(-drawn.images.length);
    expect(Buffer.compare(last, drawn.images)).toBe(0);
    await rm(path);
  });

  test('more pictures than the limit are refused, and the message says how many fit', async () => {
    const text = '7,1,2,3,4\n'.repeat(20);
    expect(await messageOf(text, { maximumBytes: 40 })).toMatch(
      /line 1: the file holds more than the 10 pictures/,
    );
    expect(await messageOf(gzipSync(text), { maximumBytes: 40 })).toMatch(/line 11: .* with 'head -n 10'\.$/);
    expect((await read(text, { maximumBytes: 80 })).labels.length).toBe(20);
  });

  test('a file of 10 GB is refused at once', async () => {
    const path = await fileOf(digitsAsCsv(drawn));
    const handle = await open(path, 'r+');
    await handle.truncate(10e9);
    await handle.close();
    const begin = performance.now();
    await expect(loadCsv(path)).rejects.toThrow(
      /line 2: the file holds more than the 1369568 pictures of 28×28/,
    );
    expect(performance.now() - begin).toBeLessThan(3_000);
  });

  test('memory stays bounded when a small gzip file unpacks to 1 GB', { timeout: 60_000 }, async () => {
    const member = gzipSync(digitsAsCsv({ ...drawn, images: new Uint8Array(drawn.images.length) }, false));
    const path = await fileOf(Buffer.concat(Array.from({ length: 1_600 }, () => member)));
    const script = `
      import { loadCsv } from ${JSON.stringify(join(import.meta.dirname, 'csv.ts'))};
      const problem = await loadCsv(${JSON.stringify(path)}, { maximumBytes: 40e6 }).catch((error) => error.message);
      const { maxRSS } = process.resourceUsage();
      console.log(JSON.stringify({ problem, maxRSS }));`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
    let output = '';
    child.stdout.on('data', (text) => {
      output += text;
    });
    child.stderr.on('data', (text) => {
      output += text;
    });
    await new Promise((resolve) => child.on('close', resolve));
    const { problem, maxRSS } = JSON.parse(output);
    expect(problem).toMatch(/line 51021: the file holds more than the 51020 pictures/);
    // Kilobytes. Node itself takes some 60 MB.
    expect(maxRSS).toBeLessThan(250_000);
  });
});
