import { expect, test } from 'vitest';
import type { Outcome } from './outcome.ts';
import { PRUNER_DEFAULTS, type PrunerOptions, prunedAfter } from './pruner.ts';

const complete = (trial: number, curve: number[]): Outcome => {
  return { trial, parameters: {}, status: 'complete', value: curve.at(-1), epochs: curve.length, curve };
};
/** Medians after each epoch: 0.5, 0.6, 0.7. */
const FIVE = [0.3, 0.4, 0.5, 0.6, 0.7].map((first, trial) =>
  complete(trial, [first, first + 0.1, first + 0.2]),
);

test.each<[string, number[], Outcome[], Partial<PrunerOptions>, number | undefined]>([
  ['nothing where nothing is known', [0], [], {}, undefined],
  ['nothing where nothing is known, even without start-up trials', [0], [], { startupTrials: 0 }, undefined],
  ['nothing before the start-up trials are complete', [0, 0, 0], FIVE.slice(1), {}, undefined],
  ['what is worse than the median', [0.49], FIVE, {}, 1],
  ['not what is as good as the median', [0.5, 0.6, 0.7], FIVE, {}, undefined],
  ['at the first epoch in which it is worse', [0.55, 0.59], FIVE, {}, 2],
  ['by the best epoch so far, not by the last', [0.65, 0.2], FIVE, {}, undefined],
  ['until that is worse than the others are later', [0.65, 0.2, 0.2], FIVE, {}, 3],
  ['not in warm-up epochs', [0, 0], FIVE, { warmupEpochs: 2 }, undefined],
  ['but right after them', [0, 0, 0], FIVE, { warmupEpochs: 2 }, 3],
  ['at intervals only', [0.5, 0, 0], FIVE, { interval: 2 }, 3],
  ['at intervals that begin after the warm-up', [0.5, 0.1, 0.1], FIVE, { interval: 2, warmupEpochs: 1 }, 2],
  ['not where no other came so far', [0.9, 0.9, 0.9, 0.1], FIVE, {}, undefined],
  [
    'by complete trials only',
    [0.49],
    FIVE.map((one) => ({ ...one, status: 'pruned' as const })),
    {},
    undefined,
  ],
])('prunes %s', (_, curve, done, options, expected) => {
  expect(prunedAfter(curve, done, { ...PRUNER_DEFAULTS, ...options })).toBe(expected);
});
