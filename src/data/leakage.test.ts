import { describe, expect, test } from 'vitest';
import { needs } from '../../test/requirements.ts';
import { type Dataset, DIGIT_NAMES, subset } from './dataset.ts';
import { dropCopies, imbalanceRatio, joinDatasets, partReports } from './join.ts';
import { findCopies, findRepeats } from './leakage.ts';
import { loadMnist } from './mnist.ts';
import { syntheticDigits } from './synthetic/index.ts';

const SIDE = 28;
const SIZE = SIDE * SIDE;

function pictures(images: readonly Uint8Array[]): Dataset {
  return {
    name: 'pictures',
    images: Uint8Array.from(images.flatMap((image) => [...image])),
    labels: new Uint8Array(images.length),
    shape: [SIDE, SIDE, 1],
    classNames: DIGIT_NAMES,
  };
}

const picture = ({ images }: Dataset, position: number) =>
  images.slice(position * SIZE, (position + 1) * SIZE);

/** A picture moved down and across; what leaves the frame is lost. */
function shifted(image: Uint8Array, down: number, across: number): Uint8Array {
  const result = new Uint8Array(SIZE);
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      const [y, x] = [row - down, column - across];
      if (y >= 0 && y < SIDE && x >= 0 && x < SIDE) result[row * SIDE + column] = image[y * SIDE + x];
    }
  }
  return result;
}

const held = syntheticDigits({ count: 1_000, seed: 2 ** 40 });
const others = syntheticDigits({ count: 2_000, seed: 1 });
const isFound = (image: Uint8Array, among = held) => findCopies(pictures([image]), among)[0] === 1;

describe('the leakage guard finds', () => {
  test('the same picture', () => {
    expect(isFound(picture(held, 17))).toBe(true);
  });

  test.each([-3, -2, -1, 1, 2, 3])('pictures shifted by %i, also beyond the frame', (by) => {
    const ways: [number, number][] = [
      [by, 0],
      [0, by],
      [by, by],
      [by, -by],
    ];
    for (const [down, across] of ways) {
      const moved = Array.from({ length: 1_000 }, (_, i) => shifted(picture(held, i), down, across));
      const found = findCopies(pictures(moved), held);
      expect(found.indexOf(0)).toBe(-1);
    }
  });

  test('pictures of which those held back are the shifted ones', () => {
    const moved = pictures(Array.from({ length: 300 }, (_, i) => shifted(picture(held, i), 3, -3)));
    expect(findCopies(subset(held, [...moved.labels.keys()], 'whole'), moved).indexOf(0)).toBe(-1);
  });

  test('pictures mirrored, turned and transposed, but no dots', () => {
    const at = (row: number, column: number) => row * SIDE + column;
    const ways: ((row: number, column: number) => number)[] = [
      (row, column) => at(column, row),
      (row, column) => at(row, 27 - column),
      (row, column) => at(27 - row, column),
      (row, column) => at(27 - row, 27 - column),
      (row, column) => at(27 - column, row),
    ];
    for (const way of ways) {
      const turn = (image: Uint8Array) => image.map((_, i) => image[way(Math.floor(i / SIDE), i % SIDE)]);
      const turned = Array.from({ length: 100 }, (_, i) => turn(picture(held, i)));
      expect(findCopies(pictures(turned), held).indexOf(0)).toBe(-1);
      const stroke = new Uint8Array(SIZE);
      stroke.set([255, 0, 200], 400);
      expect(
        findCopies(pictures([turn(stroke)]), pictures([stroke.map((v, i) => (i === 400 ? 60 : v))])),
      ).toEqual(Uint8Array.of(0));
    }
  });

  test('pictures after rounding and faint noise', () => {
    const noisy = Array.from({ length: 300 }, (_, i) =>
      picture(held, i).map((value, at) => Math.max(0, Math.min(255, value + ((at * 7 + i) % 5) - 2))),
    );
    expect(findCopies(pictures(noisy), held).indexOf(0)).toBe(-1);
  });
});

describe('the leakage guard lets pass', () => {
  test('other digits', () => {
    expect(findCopies(others, held).indexOf(1)).toBe(-1);
  });

  test('blank pictures and dots', () => {
    const dot = new Uint8Array(SIZE);
    dot[400] = 200;
    const other = new Uint8Array(SIZE);
    other[400] = 190;
    expect(isFound(new Uint8Array(SIZE), pictures([new Uint8Array(SIZE)]))).toBe(false);
    expect(isFound(dot, pictures([other]))).toBe(false);
    expect(isFound(dot, pictures([dot]))).toBe(true);
  });

  test('pictures of another size', () => {
    expect(findCopies({ ...held, shape: [14, 56, 1] }, held).indexOf(1)).toBe(-1);
  });
});

test('repeats within a set are counted from the second on', () => {
  const [one, two] = [picture(held, 1), picture(held, 2)];
  expect([...findRepeats(pictures([one, two, shifted(one, 1, 0), one, two]))]).toEqual([0, 0, 1, 1, 1]);
});

describe('joined sets', () => {
  const first = { ...subset(others, [0, 1, 2, 3], 'first') };
  const second = { ...subset(held, [5, 6, 7, 7], 'second') };
  const joined = joinDatasets([first, second], 'first+second');

  test('keep the order, the pictures and the part of each', () => {
    expect([...joined.labels]).toEqual([0, 1, 2, 3, 5, 6, 7, 7]);
    expect(picture(joined, 4)).toEqual(picture(held, 5));
    expect(joined.parts).toEqual({ names: ['first', 'second'], of: Uint8Array.of(0, 0, 0, 0, 1, 1, 1, 1) });
  });

  test('are reported part by part', () => {
    expect(partReports(joined)).toEqual([
      { name: 'first', examples: 4, classes: [1, 1, 1, 1, 0, 0, 0, 0, 0, 0], repeated: 0 },
      { name: 'second', examples: 4, classes: [0, 0, 0, 0, 0, 1, 1, 2, 0, 0], repeated: 1 },
    ]);
    expect(imbalanceRatio([4, 1, 2])).toBe(4);
    expect(imbalanceRatio([4, 0])).toBe(Number.POSITIVE_INFINITY);
  });

  test('lose what is held back, part by part', () => {
    const { dataset, dropped } = dropCopies(joined, subset(held, [5, 7], 'test'));
    expect(dropped).toEqual([0, 3]);
    expect([...dataset.labels]).toEqual([0, 1, 2, 3, 6]);
    expect([...dataset.parts!.of]).toEqual([0, 0, 0, 0, 1]);
  });

  test('must have pictures of one size and the same classes', () => {
    expect(() => joinDatasets([first, { ...second, shape: [14, 56, 1] }], 'x')).toThrow(
      /of first are 28×28×1 and/,
    );
    expect(() => joinDatasets([first, { ...second, classNames: ['a'] }], 'x')).toThrow(
      /classes of first and second/,
    );
  });
});

needs(process.env.INKLING_DATA !== undefined, 'MNIST (set INKLING_DATA to a folder with its four files)')(
  "of 42,000 of MNIST's training pictures exactly those are found that were planted, in seconds",
  async () => {
    const { train, test: tested } = await loadMnist();
    const pool = subset(
      train,
      Uint32Array.from({ length: 42_000 }, (_, i) => i),
      'pool',
    );
    // Every 21st picture is one of the test set: as it is, or shifted by up to three pixels both ways.
    const planted = new Uint8Array(42_000);
    for (let i = 0; i < 42_000; i += 21) {
      planted[i] = 1;
      const image = picture(tested, (i / 21) * 5);
      const [down, across] = i % 2 === 0 ? [0, 0] : [((i / 21) % 7) - 3, (((i / 147) | 0) % 7) - 3];
      pool.images.set(shifted(image, down, across), i * SIZE);
    }
    // Time of the processor, which others on the machine do not change; microseconds.
    const before = process.cpuUsage();
    const found = findCopies(pool, tested);
    expect(process.cpuUsage(before).user).toBeLessThan(10e6);
    expect(Buffer.compare(found, planted)).toBe(0);
  },
  120_000,
);

needs(process.env.INKLING_DATA !== undefined, 'MNIST (set INKLING_DATA to a folder with its four files)')(
  "none of MNIST's training pictures is a test picture, and none is there twice",
  async () => {
    const { train, test: tested } = await loadMnist();
    expect(findCopies(train, tested).indexOf(1)).toBe(-1);
    expect(findRepeats(train).indexOf(1)).toBe(-1);
  },
  120_000,
);
