/** What optimisers remember of gradients that have stopped: gone for good, on every backend at the same step. */
import { describe, expect, test } from 'vitest';
import { optimizerNames } from '../kernels/optimizer/index.ts';
import { type CompileOptions, compile } from '../src/engine/compile.ts';
import { dense } from '../src/model/layers.ts';

const OPTIONS: Record<string, object> = { sgd: { momentum: 0.5 }, rmsprop: { momentum: 0.5 } };

/** Slots and weights of a layer without input, and so without a gradient, after some steps from tiny values. */
async function afterSteps(type: string, options: Partial<CompileOptions>) {
  const executable = await compile(
    { input: [5], layers: [dense({ units: 3, useBias: false })] },
    {
      ...{ batch: 2, mode: 'train', loss: { type: 'softmaxCrossEntropy' } },
      optimizer: { type, ...OPTIONS[type], weightDecay: 0.9 },
      ...options,
    },
  );
  const states = [...executable.slots(), ...executable.weights()];
  for (const [name, values] of states) {
    const negative = /square/i.test(name) ? 1 : -1;
    for (let i = 0; i < values.length; i++) values[i] = (i % 2 ? negative : 1) * 2 ** (i - 105);
  }
  executable.train(1, 0, 0.1);
  const result = states.map(([, values]) => [...values]);
  await executable.dispose();
  return result;
}

describe.each(optimizerNames())('%s', (type) => {
  test.each(['simd', 'relaxed', 'wide'] as const)(
    'flushes what the reference flushes (%s)',
    async (level) => {
      const expected = await afterSteps(type, { backend: 'reference' });
      const actual = await afterSteps(type, { backend: 'wasm', level, threads: 1 });
      expect(expected.flat().some((value) => value === 0)).toBe(true);
      expect(expected.flat().some((value) => value !== 0)).toBe(true);
      actual.forEach((values, state) => {
        values.forEach((value, i) => {
          const wanted = expected[state][i];
          if (wanted === 0) expect(value).toBeCloseTo(0, 300);
          else expect(value / wanted).toBeCloseTo(1, 4);
        });
      });
    },
  );
});
