/** `inkling predict` on folders, patterns, standard input and hostile files, and what it draws. */
import { spawn } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { syntheticDigits } from '../src/index.ts';
import { inkling, jsonLines, lastJsonLine, startInkling, temporaryFolder } from './commandLine.ts';
import { needs } from './requirements.ts';

const folder = await temporaryFolder();
const digits = syntheticDigits({ count: 4, seed: 5 });

function digit(index: number): Sharp {
  const pixels = digits.images.slice(index * 784, (index + 1) * 784).map((ink) => 255 - ink);
  return sharp(pixels, { raw: { width: 28, height: 28, channels: 1 } });
}

beforeAll(async () => {
  for (const name of ['many/deep', 'many/.hidden', 'empty']) {
    await mkdir(join(folder, name), { recursive: true });
  }
  await digit(0).toFile(join(folder, 'many/page10.png'));
  await digit(1).toFile(join(folder, 'many/page9.png'));
  await digit(1).toFile(join(folder, 'many/.hidden/x.png'));
  await digit(2).resize(280).jpeg().toFile(join(folder, 'many/deep/photo.JPG'));
  await writeFile(join(folder, 'many/notes.txt'), 'no picture');
  await digit(3)
    .resize(5600, 4200, { fit: 'contain', background: '#fff' })
    .jpeg()
    .toFile(join(folder, 'large.jpg'));
  await writeFile(join(folder, 'phone.heic'), '\0\0\0\x18ftypheic\0\0\0\0mif1heic');
  await writeFile(join(folder, 'drawing.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  await writeFile(join(folder, 'zero.png'), '');
});

const predict = (...args: string[]) => inkling(['predict', ...args], { cwd: folder });

describe('what is read', () => {
  test('the pictures of a folder and those within it, by their names', async () => {
    const { code, stdout, stderr } = await predict('many', '--json');
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const files = jsonLines(stdout).map(({ file }) => file);
    expect(files).toEqual(['many/page9.png', 'many/page10.png', 'many/deep/photo.JPG']);
  });

  test('what a pattern stands for', async () => {
    const { code, stdout } = await predict('many/**/p*', 'many/nothing*', '--json');
    expect(code).toBe(1);
    const lines = jsonLines(stdout);
    expect(lines.map(({ file }) => file)).toEqual([
      'many/deep/photo.JPG',
      'many/page9.png',
      'many/page10.png',
      'many/nothing*',
    ]);
    expect(lines[3].error).toMatch(/No file matches many\/nothing\*/);
  });

  test('standard input', async () => {
    const { process: child, outcome } = startInkling(['predict', '-', '--json'], { cwd: folder });
    child.stdin?.end(await readFile(join(folder, 'many/page9.png')));
    const { code, stdout } = await outcome;
    expect(code).toBe(0);
    expect(lastJsonLine(stdout)).toMatchObject({ file: '-', width: 28, rejected: false });
  });

  needs(process.platform !== 'win32', 'a system with device files')(
    'never all of an endless standard input',
    async () => {
      const zeros = spawn('cat', ['/dev/zero']);
      const { process: child, outcome } = startInkling(['predict', '-'], { cwd: folder });
      child.stdin?.on('error', () => undefined);
      zeros.stdout.pipe(child.stdin!);
      const { code, stderr } = await outcome;
      zeros.kill();
      expect(stderr).toMatch(/^inkling: Cannot read standard input: it is larger than 33554432 bytes.*\n$/);
      expect(code).toBe(1);
    },
  );

  test('a large photo, with boxes in its own pixels', async () => {
    const { stdout } = await predict('large.jpg', '--json');
    const { width, height, digits, milliseconds } = lastJsonLine(stdout) as {
      width: number;
      height: number;
      digits: { box: number[]; notDigit: number }[];
      milliseconds: number;
    };
    expect([width, height]).toEqual([5600, 4200]);
    expect(milliseconds).toBeGreaterThan(0);
    const [left, top, boxWidth, boxHeight] = digits[0].box;
    expect(boxHeight).toBeGreaterThan(2000);
    expect(left + boxWidth).toBeLessThanOrEqual(5600);
    expect(top + boxHeight).toBeLessThanOrEqual(4200);
  });
});

describe('what is refused', () => {
  test('each in its place, in a sentence with a way out', async () => {
    const files = ['phone.heic', 'drawing.svg', 'zero.png', 'empty', 'many/page9.png', '/dev/zero'];
    const { code, stdout, stderr } = await predict(...files, '--json');
    expect(code).toBe(1);
    const lines = jsonLines(stdout);
    expect(lines.map(({ file }) => file)).toEqual(files);
    const errors = lines.map(({ error }) => error);
    expect(errors).toEqual([
      expect.stringMatching(/^phone\.heic is a HEIC picture.*JPEG/),
      expect.stringMatching(/^drawing\.svg is an SVG drawing/),
      expect.stringMatching(/^zero\.png is empty/),
      expect.stringMatching(/^The folder empty holds no pictures/),
      undefined,
      expect.stringMatching(/\/dev\/zero/),
    ]);
    expect(stderr.trimEnd().split('\n')).toHaveLength(5);
  });

  needs(process.platform !== 'win32', 'file permissions')('a file that may not be read', async () => {
    const path = join(folder, 'locked.png');
    await digit(0).toFile(path);
    await chmod(path, 0);
    // Root may read everything, unless it gives that up.
    const isRoot = process.getuid?.() === 0;
    const before = isRoot ? 'set -- setpriv --bounding-set=-dac_override,-dac_read_search "$@"' : undefined;
    const { code, stderr } = await inkling(['predict', 'locked.png'], { cwd: folder, before });
    expect(code).toBe(1);
    expect(stderr).toMatch(/permission is denied/);
  });
});

describe('for people', () => {
  test('a heading and a row for each picture, further lines of text below the first', async () => {
    const { stdout } = await predict('many/page9.png', 'zero.png', 'many/page10.png');
    const [heading, first, second, third] = stdout.split('\n');
    expect(heading).toMatch(/^file +lowest +time +text$/);
    expect(first).toMatch(/^many\/page9\.png +[\d.]+ % +[\d.]+ ms {2}\d$/);
    expect(second).toMatch(/^zero\.png +– +– {2}could not be read$/);
    expect(third).toMatch(/^many\/page10\.png +[\d.]+ % +[\d.]+ ms {2}\d$/);
  });
});

describe('--annotate and --explain', () => {
  test('draw one picture into a file', async () => {
    const { code, stdout } = await predict(
      ...['many/page9.png', '--annotate', 'read.jpg', '--explain', 'why.webp', '--json'],
    );
    expect(code).toBe(0);
    expect(lastJsonLine(stdout)).toMatchObject({ annotated: 'read.jpg', explained: 'why.webp' });
    expect(await sharp(join(folder, 'read.jpg')).metadata()).toMatchObject({ format: 'jpeg' });
    expect(await sharp(join(folder, 'why.webp')).metadata()).toMatchObject({ format: 'webp', width: 248 });
  });

  test('draw several into a folder, and never over what is read', async () => {
    const before = await readFile(join(folder, 'many/page9.png'));
    const { code } = await predict('many', 'many/page9.png', '--annotate', 'many', '--explain', 'drawn/why');
    expect(code).toBe(0);
    const names = await readdir(join(folder, 'many'));
    expect(names).toEqual(expect.arrayContaining(['page9-read.png', 'page9-read-2.png', 'photo-read.png']));
    expect(await readdir(join(folder, 'drawn/why'))).toHaveLength(4);
    expect(Buffer.compare(await readFile(join(folder, 'many/page9.png')), before)).toBe(0);
  });

  test.each([
    [['large.jpg', 'zero.png', '--annotate', 'one.png'], /takes a folder where several pictures are read/],
    [['large.jpg', '--annotate', 'large.jpg'], /would replace large\.jpg/],
    [['large.jpg', '--explain', 'one.bmp'], /writes pictures as \.png, \.jpg or \.webp/],
  ])('refuse %s', async (args, expected) => {
    const { code, stderr } = await predict(...args);
    expect(stderr).toMatch(expected);
    expect(code).toBe(2);
  });
});
