import { describe, expect, test } from 'vitest';
import { asEmnist, transposed } from '../../test/emnist.ts';
import { needs } from '../../test/requirements.ts';
import { type Dataset, DIGIT_NAMES, subset } from './dataset.ts';
import { dropCopies } from './join.ts';
import { loadMnist } from './mnist.ts';
import { findResampled } from './resampled.ts';
import { SIGNATURE_SIZE, signaturesOf, TRANSPOSED } from './signatures.ts';
import { syntheticDigits } from './synthetic/index.ts';

const SIZE = 28 * 28;
const withMnist = needs(
  process.env.INKLING_DATA !== undefined,
  'MNIST (set INKLING_DATA to a folder with its four files)',
);

function pictures(images: readonly Uint8Array[]): Dataset {
  return {
    name: 'pictures',
    images: Uint8Array.from(images.flatMap((image) => [...image])),
    labels: new Uint8Array(images.length),
    shape: [28, 28, 1],
    classNames: DIGIT_NAMES,
  };
}

const picture = ({ images }: Dataset, position: number) =>
  images.slice(position * SIZE, (position + 1) * SIZE);

/** How many of some pictures are taken for one of the held. */
const foundIn = (dataset: Dataset, held: Dataset) => findResampled(dataset, held).filter((one) => one).length;

const held = syntheticDigits({ count: 500, seed: 2 ** 40 });

describe('signatures', () => {
  test('have length 1, and turn with the picture', () => {
    const one = signaturesOf(pictures([picture(held, 3)])).values;
    const turned = signaturesOf(pictures([transposed(picture(held, 3))])).values;
    expect(Math.hypot(...one)).toBeCloseTo(1, 6);
    for (let i = 0; i < SIGNATURE_SIZE; i++) expect(turned[TRANSPOSED[i]]).toBeCloseTo(one[i], 5);
  });

  test('are not made of blank pictures and dots', () => {
    const dot = new Uint8Array(SIZE).fill(255, 400, 403);
    expect([...signaturesOf(pictures([new Uint8Array(SIZE), dot, picture(held, 1)])).isPresent]).toEqual([
      0, 0, 1,
    ]);
    expect(foundIn(pictures([new Uint8Array(SIZE), dot]), pictures([new Uint8Array(SIZE), dot]))).toBe(0);
  });
});

describe('pictures made anew from held ones', () => {
  const made = (change: (image: Uint8Array) => Uint8Array) =>
    pictures(Array.from({ length: 100 }, (_, i) => change(picture(held, 5 * i))));

  test.each([false, true])(
    'are found, but for what many resemble (from a black and white scan: %s)',
    (binary) => {
      expect(
        foundIn(
          made((image) => asEmnist(image, binary)),
          held,
        ),
      ).toBeGreaterThan(85);
    },
  );

  test('are found where rows stand for columns', () => {
    expect(
      foundIn(
        made((image) => transposed(asEmnist(image, false))),
        held,
      ),
    ).toBeGreaterThan(85);
  });

  test('are found in other contrast', () => {
    expect(
      foundIn(
        made((image) => image.map((value) => value / 2)),
        held,
      ),
    ).toBeGreaterThan(85);
  });

  test('and none of other digits is', () => {
    const others = syntheticDigits({ count: 1_000, seed: 1 });
    expect(foundIn(others, held)).toBeLessThanOrEqual(2);
  });

  test('are dropped by the guard', () => {
    const pool = pictures([
      picture(syntheticDigits({ count: 1, seed: 1 }), 0),
      asEmnist(picture(held, 5), false),
    ]);
    expect(dropCopies(pool, held).dropped).toEqual([1]);
    expect(dropCopies(pool, held, [pool.name]).dropped, 'known to be of other digits').toEqual([0]);
  });
});

withMnist(
  'of 42,000 pictures those are found that were made of test pictures, in seconds, and less than one other in a thousand',
  async () => {
    const { train, test: tested } = await loadMnist();
    const pool = subset(
      train,
      Uint32Array.from({ length: 42_000 }, (_, i) => i),
      'pool',
    );
    const planted: number[] = [];
    for (let i = 0; i < 42_000; i += 84) {
      planted.push(i);
      const made = asEmnist(picture(tested, (i / 84) * 20), i % 168 === 0);
      pool.images.set(i % 336 === 0 ? transposed(made) : made, i * SIZE);
    }
    // Time of the processor, which others on the machine do not change; microseconds.
    const before = process.cpuUsage();
    const found = findResampled(pool, tested);
    expect(process.cpuUsage(before).user).toBeLessThan(10e6);
    expect(planted.filter((i) => found[i]).length / planted.length).toBeGreaterThan(0.93);
    for (const i of planted) found[i] = 0;
    expect(found.filter((one) => one).length).toBeLessThan(42);
  },
  120_000,
);
