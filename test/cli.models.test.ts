/** `evaluate`, `predict` and `summary` on model files and pictures, sound, damaged and hostile. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { encode } from 'fast-png';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  DIGIT_NAMES,
  dense,
  encodeNetwork,
  flatten,
  type Network,
  type Scores,
  sequential,
  syntheticDigits,
  weightShapes,
} from '../src/index.ts';
import { inkling, jsonLines, lastJsonLine, temporaryFolder } from './commandLine.ts';

/** A line of `predict --json`. */
interface Reading {
  file: string;
  text: string;
  digits: { digit: number; confidence: number; probabilities: number[]; box: number[] }[];
  rejected: string | false;
}

const folder = await temporaryFolder();
const model = join(folder, 'model.safetensors');
const small = join(folder, 'small.safetensors');
const digits = syntheticDigits({ count: 4, seed: 5 });

/** A network of one dense layer with weights that are no particular ones. */
function networkOf(side: number): Network {
  const spec = sequential({ name: 'flat', input: [side, side, 1] }, [flatten(), dense({ units: 10 })]);
  const weights: Network['weights'] = new Map();
  for (const [name, shape] of weightShapes(spec)) {
    const count = shape.reduce((product, size) => product * size, 1);
    weights.set(name, {
      shape,
      values: Float32Array.from({ length: count }, (_, i) => Math.sin(i * 1.7) / 10),
    });
  }
  return {
    model: spec,
    weights,
    normalisation: { mean: 0.13, deviation: 0.31 },
    classNames: DIGIT_NAMES,
    provenance: { engine: 'test' },
  };
}

function pngOf(index: number): Uint8Array {
  const data = digits.images.slice(index * 784, (index + 1) * 784).map((ink) => 255 - ink);
  return encode({ width: 28, height: 28, data, channels: 1, depth: 8 });
}

/** A PNG of 28×28 pixels whose data unpack to far more. */
function bomb(): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(28, 0);
  header.writeUInt32BE(28, 4);
  header[8] = 8;
  const chunk = (type: string, data: Uint8Array) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const check = Buffer.alloc(4);
    check.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, check]);
  };
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const data = deflateSync(Buffer.alloc(50_000_000));
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

beforeAll(async () => {
  await writeFile(model, encodeNetwork(networkOf(28)));
  await writeFile(small, encodeNetwork(networkOf(8)));
  for (let index = 0; index < 3; index++) await writeFile(join(folder, `${index}.png`), pngOf(index));
  const blank = {
    width: 28,
    height: 28,
    data: new Uint8Array(784).fill(255),
    channels: 1,
    depth: 8,
  } as const;
  await writeFile(join(folder, 'blank.png'), encode(blank));
  await mkdir(join(folder, 'bare'));
  await writeFile(join(folder, 'bomb.png'), bomb());
  await writeFile(join(folder, 'broken.png'), pngOf(0).subarray(0, 60));
  await writeFile(join(folder, 'words.png'), 'not a picture');
});

describe('predict', () => {
  test('--json tells of each picture what the contract says', async () => {
    const { code, stdout, stderr } = await inkling(['predict', '0.png', '1.png', '2.png', '--json'], {
      cwd: folder,
    });
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const lines = jsonLines(stdout) as unknown as Reading[];
    expect(lines.map(({ file }) => file)).toEqual(['0.png', '1.png', '2.png']);
    for (const { text, digits, rejected } of lines) {
      expect(rejected).toBe(false);
      expect(digits).toHaveLength(1);
      const [{ digit, confidence, probabilities, box }] = digits;
      expect(text).toBe(String(digit));
      expect(probabilities).toHaveLength(10);
      expect(probabilities.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
      expect(probabilities[digit]).toBe(confidence);
      expect(confidence).toBe(Math.max(...probabilities));
      const [left, top, width, height] = box;
      expect(Math.min(left, top)).toBeGreaterThanOrEqual(0);
      expect(Math.max(left + width, top + height)).toBeLessThanOrEqual(28);
      expect(Math.max(width, height)).toBeGreaterThanOrEqual(18);
    }
  });

  test('prints a row for each picture', async () => {
    const { stdout } = await inkling(['predict', '0.png', '1.png'], { cwd: folder });
    expect(stdout).toMatch(/^file .*\n0\.png +[\d.]+ % +[\d.]+ ms {2}\d\n1\.png .* ms {2}\d\n$/);
  });

  test('bad files are told, the others are still read, and it ends with 1', async () => {
    const files = ['0.png', 'bomb.png', 'missing.png', 'broken.png', 'words.png', 'bare', '1.png'];
    const { code, stdout, stderr } = await inkling(['predict', '--model', model, '--json', ...files], {
      cwd: folder,
    });
    expect(code).toBe(1);
    const lines = jsonLines(stdout);
    expect(lines.map(({ file }) => file)).toEqual(files);
    expect(lines.map((line) => 'error' in line)).toEqual([false, false, true, true, true, true, false]);
    const errors = stderr.trimEnd().split('\n');
    expect(errors).toHaveLength(4);
    for (const error of errors) expect(error).toMatch(/^inkling: .*\.$/);
  });

  test('a blank picture is rejected, which is an answer', async () => {
    const { code, stdout } = await inkling(['predict', '--model', model, '--json', 'blank.png'], {
      cwd: folder,
    });
    expect(code).toBe(0);
    expect(lastJsonLine(stdout)).toMatchObject({
      file: 'blank.png',
      text: '',
      digits: [],
      rejected: expect.stringContaining('blank'),
    });
  });

  test('a file name cannot play with the terminal', async () => {
    await mkdir(join(folder, 'odd'), { recursive: true });
    await writeFile(join(folder, 'odd', '\x1b[31mred\n.png'), pngOf(0));
    const { stdout } = await inkling(['predict', '--model', model, 'odd/\x1b[31mred\n.png'], { cwd: folder });
    expect(stdout).not.toContain('\x1b');
    expect(stdout.split('\n')).toHaveLength(2);
  });

  test('a model of other pictures is refused', async () => {
    const { code, stderr } = await inkling(['predict', '--model', small, '0.png'], { cwd: folder });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^inkling: .*small.safetensors reads pictures of 8×8×1.*\n$/);
  });
});

describe('evaluate', () => {
  test('--json holds what the contract says', async () => {
    const { code, stdout, stderr } = await inkling(['evaluate', model, '--dataset', 'synthetic', '--json']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const { examples, correct, accuracy, loss, confusion } = lastJsonLine(stdout) as unknown as Scores;
    expect(examples).toBe(2000);
    expect(accuracy).toBe(correct / examples);
    expect(loss).toBeGreaterThan(0);
    expect(confusion.flat().reduce((sum, count) => sum + count, 0)).toBe(examples);
  });

  test('prints scores, classes and the confusion matrix; another seed draws another set', async () => {
    const [one, other] = await Promise.all([
      inkling(['evaluate', model, '--dataset', 'synthetic']),
      inkling(['evaluate', model, '--dataset', 'synthetic', '--seed', '3']),
    ]);
    expect(one.stdout).toMatch(/accuracy +[\d.]+ % \([\d,]+ right\)/);
    expect(one.stdout).toMatch(/class +pictures +precision +recall +F1/);
    expect(one.stdout).toMatch(/what it was taken for \(columns\)\n +0 +1 +2/);
    expect(other.stdout).not.toBe(one.stdout);
  });

  test('a model of other pictures is refused', async () => {
    const { code, stderr } = await inkling(['evaluate', small, '--dataset', 'synthetic']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^inkling: The model takes pictures of 8×8×1, .*28×28×1.*\n$/);
  });
});

describe('model files', () => {
  const cases: [name: string, bytes: () => Uint8Array | string, expected: RegExp][] = [
    ['empty', () => '', /empty/],
    ['words', () => 'this is not a model', /words/],
    ['short', () => encodeNetwork(networkOf(28)).subarray(0, 2000), /short/],
    ['endless-header', () => Buffer.from('ffffffffffffff7f7b7d', 'hex'), /endless-header/],
    ['not-finite', () => encodeNetwork(withNaN()), /finite/],
  ];
  const withNaN = () => {
    const network = networkOf(28);
    network.weights.values().next().value!.values[3] = Number.NaN;
    return network;
  };
  const withName = (name: string) => {
    const network = networkOf(28);
    network.provenance = { [name]: `${name}\n` };
    return network;
  };

  test.each(cases)('%s is refused in one sentence', async (name, bytes, expected) => {
    const path = join(folder, `${name}.safetensors`);
    await writeFile(path, bytes());
    const outcomes = await Promise.all([
      inkling(['summary', path]),
      inkling(['evaluate', path, '--dataset', 'synthetic']),
      inkling(['predict', join(folder, '0.png'), '--model', path]),
    ]);
    for (const { code, stdout, stderr } of outcomes) {
      expect(stderr).toMatch(/^inkling: .*\n$/);
      expect(stderr).toMatch(expected);
      expect(stdout).toBe('');
      expect(code).toBe(1);
    }
  });

  test('a model file cannot play with the terminal', async () => {
    const path = join(folder, 'escape.safetensors');
    await writeFile(path, encodeNetwork(withName('\x1b[2J')));
    const { code, stdout } = await inkling(['summary', path]);
    expect(code).toBe(0);
    expect(stdout).not.toContain('\x1b');
  });

  test('summary tells layers, totals, size and provenance', async () => {
    const { stdout } = await inkling(['summary', model]);
    expect(stdout).toMatch(/dense_1 +dense +10 +7,850/);
    expect(stdout).toMatch(/engine +test/);
    const summary = lastJsonLine((await inkling(['summary', model, '--json'])).stdout);
    expect(summary).toMatchObject({ parameters: 7850, provenance: { engine: 'test' } });
    expect(summary.bytes).toBeGreaterThan(4 * 7850);
  });

  test('a missing model is named', async () => {
    const { code, stderr } = await inkling(['evaluate', join(folder, 'nosuch'), '--dataset', 'synthetic']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^inkling: Cannot read .*nosuch: there is no such file.*\n$/);
  });
});
