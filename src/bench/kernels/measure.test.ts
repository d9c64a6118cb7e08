import { expect, test } from 'vitest';
import { optimizerNames } from '../../../kernels/optimizer/index.ts';
import { lossNames, operationNames } from '../../../kernels/registry.ts';
import { KERNEL_CASES } from './cases.ts';
import { benchKernels } from './measure.ts';

const TINY = { threads: [1], repeats: 3, secondsEach: 0.001, turn: 0 };

test('every operation, loss and optimiser is measured, in every direction', { timeout: 60_000 }, async () => {
  const cases = KERNEL_CASES.filter(({ square = 0 }) => square <= 256).map((kernelCase) => ({
    ...kernelCase,
    batch: Math.min(2, kernelCase.batch),
  }));
  const told: unknown[] = [];
  const { results } = await benchKernels({ ...TINY, cases, onResult: (result) => told.push(result) });
  expect(told).toEqual(results);

  const measured = new Set(results.map(({ operation }) => operation));
  const known = [...operationNames(), ...lossNames(), ...optimizerNames()];
  expect(known.filter((name) => !measured.has(name))).toEqual([]);
  expect(results).toHaveLength(cases.flatMap(({ directions }) => Object.keys(directions)).length);
  expect(new Set(results.map((result) => result.case)).size).toBe(results.length);

  for (const result of results) {
    expect(result.case).toMatch(/^(gemm\/\d+(\/\w+)?|kernel\/\w+\/\w+\/[\w-]+)$/);
    expect(result).toMatchObject({ engine: 'inkling-wasm', threads: 1, repeats: 3 });
    const rate = result.gflops ?? result.gigabytes;
    for (const value of [result.milliseconds, rate, result.roof, result.shareOfPeak]) {
      expect(value, result.case).toBeGreaterThan(0);
      expect(value, result.case).toBeLessThan(Number.POSITIVE_INFINITY);
    }
    const isArithmetic = ['conv2d', 'dense'].includes(result.operation);
    expect('gflops' in result, result.case).toBe(isArithmetic);
    expect('gigabytes' in result, result.case).toBe(!isArithmetic);
  }
});

test('threads are timed side by side, over one amount of work', async () => {
  const cases = KERNEL_CASES.filter(({ operation }) => operation === 'maxPool2d');
  const { results } = await benchKernels({ ...TINY, threads: [1, 2], cases });
  expect(results.map(({ direction, threads }) => `${direction} ${threads}`)).toEqual([
    ...['forward 1', 'forward 2', 'backward 1', 'backward 2'],
  ]);
  // All values are read, and a quarter as many maxima and positions written, or the other way round.
  const bytes = 4 * 128 * 28 * 28 * 32 * 1.5;
  for (const { gigabytes, milliseconds } of results) {
    expect((gigabytes as number) * milliseconds * 1e6).toBeCloseTo(bytes, -2);
  }
});
