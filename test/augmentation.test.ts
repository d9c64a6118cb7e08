/** Training steps that make their own input: the same pictures from every backend, level and number of threads. */
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { type AugmentationCase, cases } from '../kernels/augmentation/cases.ts';
import type { FloatArray } from '../kernels/operation.ts';
import { Purpose, RandomStream } from '../kernels/random/reference.ts';
import { normalisationTable } from '../src/data/batches.ts';
import { type CompileOptions, compile } from '../src/engine/compile.ts';
import type { Executable } from '../src/engine/executable.ts';
import { LEVELS } from '../src/engine/wasm/module.ts';
import { relu } from '../src/model/layers.ts';
import { onCard } from './adapter.ts';

const normalisation = { mean: 0.13, deviation: 0.31 };
const compiled: Executable[] = [];

afterEach(async () => {
  await Promise.all(compiled.splice(0).map((executable) => executable.dispose()));
});

/** The least network there is, to look at its input. */
async function start(
  { shape, examples, augmentation }: AugmentationCase,
  options: Partial<CompileOptions>,
): Promise<Executable> {
  const executable = await compile(
    { input: shape, layers: [relu()] },
    { batch: 7, mode: 'train', source: { examples, normalisation, augmentation }, ...options },
  );
  compiled.push(executable);
  const random = new RandomStream(5, Purpose.synthetic);
  const { pictures, indices } = executable;
  for (let i = 0; i < pictures.length; i++) pictures[i] = random.below(256);
  for (let i = 0; i < indices.length; i++) indices[i] = random.below(examples);
  return executable;
}

async function inputAfter(
  trial: AugmentationCase,
  options: Partial<CompileOptions>,
  seed = 3,
): Promise<FloatArray> {
  const executable = await start(trial, options);
  executable.forward(seed, 4);
  return executable.read('input');
}

const everything: AugmentationCase = {
  shape: [28, 28, 1],
  examples: 4,
  augmentation: {
    ...{ rotation: 15, scale: 0.15, shear: 0.1, shift: 3, elastic: 4, thickness: 0.7 },
    ...{ contrast: 0.2, brightness: 0.1, noise: 0.05, cutOut: 8 },
    ...{ outline: 0.5, lines: 3, negative: 0.5, spoiled: 0.8 },
  },
};

/** Sampling halves the digits of a place, which lies at most some hundred pixels away, and brightness spreads them. */
const TOLERANCE = 2e-4;

describe.each(LEVELS.flatMap((level) => [1, 2, 3].map((threads) => ({ level, threads }))))(
  'augmentation ($level, threads: $threads)',
  (options) => {
    test('agrees with the reference', async () => {
      await fc.assert(
        fc.asyncProperty(cases, fc.nat(2 ** 40), async (trial, seed) => {
          const expected = await inputAfter(trial, { backend: 'reference', precision: 64 }, seed);
          const actual = await inputAfter(trial, options, seed);
          for (let i = 0; i < expected.length; i++) {
            if (!(Math.abs(actual[i] - expected[i]) < TOLERANCE / normalisation.deviation)) {
              expect(actual[i], `value ${i}`).toBe(expected[i]);
            }
          }
        }),
        { numRuns: 25 },
      );
    });

    test('gives the same bits as one thread', async () => {
      const alone = await inputAfter(everything, { ...options, threads: 1 });
      expect(await inputAfter(everything, options)).toEqual(alone);
    });
  },
);

describe('augmentation (WebGPU)', () => {
  onCard(
    'agrees with the reference',
    async () => {
      await fc.assert(
        fc.asyncProperty(cases, fc.nat(2 ** 40), async (trial, seed) => {
          const expected = await inputAfter(trial, { backend: 'reference', precision: 64 }, seed);
          const actual = await inputAfter(trial, { backend: 'webgpu' }, seed);
          for (let i = 0; i < expected.length; i++) {
            if (!(Math.abs(actual[i] - expected[i]) < TOLERANCE / normalisation.deviation)) {
              expect(actual[i], `value ${i}`).toBe(expected[i]);
            }
          }
        }),
        { numRuns: 12 },
      );
    },
    120_000,
  );
});

describe('an executable with a source', () => {
  const untouched: AugmentationCase = { shape: [5, 3, 2], examples: 9, augmentation: {} };

  test.each<Partial<CompileOptions>>([{ threads: 1 }, { backend: 'reference' }])(
    'trains on the pictures at its indices (%j)',
    async (options) => {
      const executable = await start(untouched, options);
      executable.indices.set([8, 0, 3, 3, 1, 2, 7]);
      executable.forward(1, 0);
      const table = normalisationTable(normalisation);
      const expected = [...executable.indices].flatMap((index) =>
        Array.from(executable.pictures.subarray(index * 30, index * 30 + 30), (byte) => table[byte]),
      );
      executable.input.forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i], 5);
      });
    },
  );

  test('answers for what its input holds', async () => {
    const executable = await start(untouched, { threads: 1 });
    executable.input.fill(0.5);
    executable.infer();
    expect(new Set(executable.output)).toEqual(new Set([0.5]));
  });

  test('has a line for it in its profile', async () => {
    const executable = await start(everything, { threads: 2 });
    const [first] = await executable.profile(() => executable.forward(1, 0));
    expect(first).toMatchObject({ layer: 'source', operation: 'augmentation', kernel: 'augmentPictures' });
  });

  test.each([-1, 9])('refuses index %i', async (index) => {
    const executable = await start(untouched, { threads: 1 });
    executable.indices[6] = index;
    expect(() => executable.forward(1, 0)).toThrow(
      `There is no picture ${index}: the source has 9, counted from 0.`,
    );
  });

  test.each([0, 1.5])('refuses a source of %f pictures', async (examples) => {
    await expect(start({ ...untouched, examples }, {})).rejects.toThrow('a whole number of examples from 1');
  });

  test('needs pictures, and says so', async () => {
    const source = { examples: 1, normalisation };
    await expect(
      compile({ input: [4], layers: [relu()] }, { batch: 1, mode: 'train', source }),
    ).rejects.toThrow('Augmentation: needs pictures of [height, width, channels], not [4].');
  });
});

test('an executable without a source has neither pictures nor indices', async () => {
  const executable = await compile({ input: [4, 4, 1], layers: [relu()] }, { batch: 1, mode: 'train' });
  compiled.push(executable);
  expect(() => executable.pictures).toThrow('compiled without a source of pictures');
  expect(() => executable.indices).toThrow('compiled without a source of pictures');
});
