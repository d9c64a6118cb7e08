/** Pooling and batch normalisation where random shapes and values do not lead: ties, NaN, means far from zero. */
import { describe, expect, test } from 'vitest';
import { compile } from '../src/engine/compile.ts';
import type { LayerSpec } from '../src/model/layers.ts';
import { type Case, compileCase, fillCase, parityErrors, relativeError, resultsOf } from './operations.ts';

describe.each(['reference', 'wasm'] as const)('maxima on %s', (backend) => {
  const layers: LayerSpec[] = [{ type: 'maxPool2d', poolSize: [1, 3], padding: 'same' }];

  /** One row of five pixels, the same in seven channels: windows hold the pixels 0 to 2, and 3 to 4. */
  async function run(pixels: readonly number[]) {
    const executable = await compileCase({ layers, input: [1, 5, 7], batch: 1, seed: 0 }, { backend });
    for (let i = 0; i < executable.input.length; i++) executable.input[i] = pixels[Math.floor(i / 7)];
    executable.outputGradient.fill(1);
    executable.infer();
    executable.differentiate(0, 0);
    const oneChannel = (values: ArrayLike<number>) => Array.from(values).filter((_, i) => i % 7 === 6);
    expect([...executable.output]).toEqual([...executable.trainingOutput]);
    return { output: oneChannel(executable.output), gradient: oneChannel(executable.inputGradient) };
  }

  test('of equal values the first has the gradient', async () => {
    const { output, gradient } = await run([2, 2, 0, 3, 3]);
    expect(output).toEqual([2, 3]);
    expect(gradient).toEqual([1, 0, 0, 1, 0]);
  });

  test('a NaN under the window is seen wherever it lies', async () => {
    expect((await run([1, Number.NaN, 2, 3, 4])).output).toEqual([Number.NaN, 4]);
    expect((await run([Number.NaN, 1, 2, Number.NaN, 4])).output).toEqual([Number.NaN, Number.NaN]);
  });

  test('nothing but minus infinity is its own maximum', async () => {
    const least = Number.NEGATIVE_INFINITY;
    const { output, gradient } = await run([-1, -2, least, least, least]);
    expect(output).toEqual([-1, least]);
    expect(gradient).toEqual([1, 0, 0, 1, 0]);
  });
});

describe('all 2×2 of two numbers, minus infinity and NaN', () => {
  const values = [1, 2, Number.NEGATIVE_INFINITY, Number.NaN];
  const count = values.length ** 4;
  const pool: LayerSpec = { type: 'maxPool2d', poolSize: 2 };

  /** A picture of 2 × 2 · count pixels, with weights of 1 in a convolution if there is one. */
  async function run(layers: LayerSpec[], channels: number, backend: 'reference' | 'wasm') {
    const executable = await compileCase(
      { layers, input: [2, 2 * count, channels], batch: 1, seed: 0 },
      { backend },
    );
    for (const [name, weights] of executable.weights()) weights.fill(name.endsWith('bias') ? 0 : 1);
    for (let i = 0; i < executable.input.length; i++) {
      const pixel = Math.floor(i / channels);
      const [row, column] = [Math.floor(pixel / (2 * count)), pixel % (2 * count)];
      const digit = 2 * row + (column % 2);
      executable.input[i] =
        values[Math.floor(Math.floor(column / 2) / values.length ** digit) % values.length];
    }
    executable.outputGradient.fill(1);
    executable.infer();
    executable.differentiate(0, 0);
    return executable;
  }

  test('have the same maximum and gradient as in the reference', async () => {
    const [wasm, reference] = [await run([pool], 8, 'wasm'), await run([pool], 8, 'reference')];
    expect([...wasm.output]).toEqual([...reference.output]);
    expect([...wasm.inputGradient]).toEqual([...reference.inputGradient]);
  });

  test.each([1, 3])('have the same maximum behind a convolution of %s channels', async (channels) => {
    const layers: LayerSpec[] = [{ type: 'conv2d', filters: 8, kernelSize: 1 }, pool];
    const [wasm, reference] = [await run(layers, channels, 'wasm'), await run(layers, channels, 'reference')];
    expect([...wasm.output]).toEqual([...reference.output]);
  });
});

describe('batch normalisation', () => {
  const norm: LayerSpec = { type: 'batchNorm', name: 'norm' };

  test('keeps its digits where the mean is a hundred deviations from zero', async () => {
    const trial: Case = { layers: [norm], input: [28, 28, 6], batch: 40, seed: 5 };
    const wasm = await compileCase(trial, { backend: 'wasm' });
    const reference = await compileCase(trial, { backend: 'reference', precision: 64 });
    for (const executable of [wasm, reference]) {
      fillCase(executable, trial.seed);
      const { input } = executable;
      for (let i = 0; i < input.length; i++) input[i] = Math.fround(input[i] + (i % 2 ? 115 : -115));
    }
    const actual = await resultsOf(wasm, trial.seed);
    for (const [name, expected] of await resultsOf(reference, trial.seed)) {
      const values = actual.get(name);
      expect(values && relativeError(values, expected), name).toBeLessThan(1e-4);
    }
  });

  test.each([
    [4, [3]],
    [64, [10]],
    [1030, [17]],
    [5, [7, 9, 1]],
    [2, [3, 5, 1]],
  ])('takes features and single channels: a batch of %i of %j', async (batch, input) => {
    for (const [name, error] of await parityErrors({ layers: [norm], input, batch, seed: 2 })) {
      expect(error, name).toBeLessThan(1e-4);
    }
  });

  test.each(['reference', 'wasm'] as const)('a batch of one value has no gradient on %s', async (backend) => {
    const trial: Case = { layers: [norm], input: [6], batch: 1, seed: 3 };
    const executable = await compileCase(trial, { backend });
    fillCase(executable, trial.seed);
    executable.differentiate(0, 0);
    expect([...executable.trainingOutput]).toEqual([...(executable.weights().get('norm.beta') ?? [])]);
    expect([...executable.inputGradient].every((value) => value === 0)).toBe(true);
  });

  test.each(['reference', 'wasm'] as const)(
    'has the same gradients where the input needs none on %s',
    async (backend) => {
      const trial: Case = { layers: [norm], input: [5, 4, 7], batch: 3, seed: 4 };
      const model = { input: trial.input, layers: trial.layers };
      const without = await compile(model, { batch: 3, mode: 'train', backend });
      const withInput = await compileCase(trial, { backend });
      for (const executable of [without, withInput]) {
        fillCase(executable, trial.seed);
        executable.differentiate(0, 0);
      }
      for (const [name, gradient] of withInput.gradients()) {
        expect([...(without.gradients().get(name) ?? [])]).toEqual([...gradient]);
      }
    },
  );
});
