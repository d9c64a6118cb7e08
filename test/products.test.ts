/**
 * Products too large for the random layers of the parity suite: done in several runs, by several groups of panels, with
 * more examples than a worker takes at a time, and sizes that no tile divides.
 */
import { expect, test } from 'vitest';
import { LEVELS } from '../src/engine/wasm/module.ts';
import { parityErrors } from './operations.ts';

const PRODUCTS = [
  // Packed as a whole.
  { inputs: 1101, units: 291, batch: 141 },
  // All three products so large that workers share their columns, and more panels than a group has.
  { inputs: 601, units: 439, batch: 601 },
];

for (const level of LEVELS) {
  test.each([1, 2, 3].flatMap((threads) => PRODUCTS.map((product) => ({ ...product, threads }))))(
    `a large product agrees with the reference (${level}, $inputs to $units, threads: $threads)`,
    async ({ inputs, units, batch, threads }) => {
      const layers = [{ type: 'dense' as const, units, useBias: true }];
      const errors = await parityErrors(
        { input: [inputs], layers, batch, seed: 5 },
        { backend: 'wasm', level, threads },
      );
      expect(errors.size).toBeGreaterThan(3);
      for (const [tensor, error] of errors) expect(error, tensor).toBeLessThan(1e-4);
    },
    60_000,
  );
}
