/**
 * Products too large for the random layers of the parity suite: done in several runs, by several groups of panels, with
 * more examples than a worker takes at a time, and sizes that no tile divides.
 */
import { expect, test } from 'vitest';
import { LEVELS } from '../src/engine/wasm/module.ts';
import { parityErrors } from './operations.ts';

const PRODUCT = {
  input: [1101],
  layers: [{ type: 'dense', units: 291, useBias: true }] as const,
  batch: 141,
  seed: 5,
};

for (const level of LEVELS) {
  test.each([1, 2, 3])(
    `a large product agrees with the reference (${level}, threads: %i)`,
    async (threads) => {
      const errors = await parityErrors(
        { ...PRODUCT, layers: [...PRODUCT.layers] },
        { backend: 'wasm', level, threads },
      );
      expect(errors.size).toBeGreaterThan(3);
      for (const [tensor, error] of errors) expect(error, tensor).toBeLessThan(1e-4);
    },
    60_000,
  );
}
