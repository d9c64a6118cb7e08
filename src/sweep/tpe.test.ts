import { describe, expect, test } from 'vitest';
import type { Outcome } from './outcome.ts';
import type { Parameters, Space } from './space.ts';
import { confidenceInterval, mean } from './statistics.ts';
import { askRandom, askTpe, goodCount, ranked } from './tpe.ts';

const SPACE: Space = {
  rate: { type: 'log', from: 1e-5, to: 1 },
  width: { type: 'int', from: 1, to: 64, step: 1 },
  share: { type: 'float', from: 0, to: 1 },
  kind: { type: 'choice', values: ['a', 'b', 'c', 'd'] },
};

/** Best, with 0, at a rate of 0.003, a width of 40, a share of 0.2 and the kind c. */
function value({ rate, width, share, kind }: Parameters): number {
  return -(
    (Math.log10(Number(rate) / 0.003) / 2) ** 2 +
    ((Number(width) - 40) / 30) ** 2 +
    (2 * (Number(share) - 0.2)) ** 2 +
    (kind === 'c' ? 0 : 0.5)
  );
}

const TRIALS = 40;

function bestOf(seed: number, ask: typeof askTpe): number {
  const done: Outcome[] = [];
  for (let trial = 0; trial < TRIALS; trial++) {
    const parameters = ask({ space: SPACE, seed, trial, done, pending: [] });
    done.push({ trial, parameters, status: 'complete', value: value(parameters), epochs: 1, curve: [] });
  }
  return Math.max(...done.map((one) => one.value!));
}

describe('TPE', () => {
  test('finds better places than random search does, over many seeds', () => {
    const seeds = Array.from({ length: 40 }, (_, seed) => seed);
    const gains = seeds.map((seed) => bestOf(seed, askTpe) - bestOf(seed, askRandom));
    // The interval of the paired difference lies above 0, and random search is left far behind.
    expect(confidenceInterval(gains, 0.999)!.low).toBeGreaterThan(0);
    const random = mean(seeds.map((seed) => bestOf(seed, askRandom)));
    expect(mean(gains)).toBeGreaterThan(-0.5 * random);
  });

  test('asks for the same again when it is told the same, and for other things by another seed', () => {
    const done = Array.from({ length: 12 }, (_, trial): Outcome => {
      const parameters = askRandom({ space: SPACE, seed: 1, trial });
      return { trial, parameters, status: 'complete', value: value(parameters), epochs: 1, curve: [] };
    });
    const asked = { space: SPACE, seed: 1, trial: 12, done, pending: [] };
    expect(askTpe(asked)).toEqual(askTpe(asked));
    expect(askTpe({ ...asked, seed: 2 })).not.toEqual(askTpe(asked));
    expect(askTpe({ ...asked, trial: 13 })).not.toEqual(askTpe(asked));
  });

  test('keeps away from what is under way', () => {
    const space: Space = { share: { type: 'float', from: 0, to: 1 } };
    const done = Array.from({ length: 20 }, (_, trial): Outcome => {
      const share = (trial + 0.5) / 20;
      return {
        trial,
        parameters: { share },
        status: 'complete',
        value: -Math.abs(share - 0.5),
        epochs: 1,
        curve: [],
      };
    });
    const distance = (pending: Parameters[]) =>
      mean(
        Array.from({ length: 30 }, (_, seed) =>
          Math.abs(Number(askTpe({ space, seed, trial: 20, done, pending }).share) - 0.5),
        ),
      );
    expect(distance(new Array(8).fill({ share: 0.5 }))).toBeGreaterThan(distance([]));
  });

  test('takes a tenth as good, and at most 25', () => {
    expect([1, 10, 11, 100, 1000].map(goodCount)).toEqual([1, 1, 2, 10, 25]);
  });

  test('ranks complete before pruned before failed', () => {
    const outcome = (trial: number, status: Outcome['status'], value?: number, epochs = 3): Outcome => {
      return { trial, parameters: {}, status, value, epochs, curve: [] };
    };
    const order = ranked([
      outcome(0, 'failed'),
      outcome(1, 'pruned', 0.9, 1),
      outcome(2, 'pruned', 0.4, 2),
      outcome(3, 'complete', 0.1),
      outcome(4, 'complete', 0.8),
    ]);
    expect(order.map(({ trial }) => trial)).toEqual([4, 3, 2, 1, 0]);
  });
});
