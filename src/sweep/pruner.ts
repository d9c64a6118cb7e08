/**
 * The median pruner: a run ends early when its best epoch so far is worse than the median of what complete trials had
 * after as many epochs.
 *
 * Semantics are those of Optuna's MedianPruner (Golovin et al., "Google Vizier", KDD 2017, section 3.2.2, whose rule
 * takes the running mean of the others instead). Only first repeats are looked at: the others of a trial begin when
 * its first has passed.
 */
import type { Outcome } from './outcome.ts';
import { median } from './statistics.ts';

export interface PrunerOptions {
  /** Nothing is pruned before so many trials are complete. */
  startupTrials: number;
  /** Nor in the first epochs of a run. */
  warmupEpochs: number;
  /** And from then on only after every so many epochs. */
  interval: number;
}

export const PRUNER_DEFAULTS: PrunerOptions = { startupTrials: 5, warmupEpochs: 0, interval: 1 };

/**
 * The epoch (from 1) after which a run ends, or undefined where it goes on.
 *
 * @param curve its validation accuracies, epoch by epoch.
 * @param done trials it is compared with.
 */
export function prunedAfter(
  curve: readonly number[],
  done: readonly Outcome[],
  { startupTrials, warmupEpochs, interval }: PrunerOptions,
): number | undefined {
  const complete = done.filter(({ status }) => status === 'complete');
  if (complete.length === 0 || complete.length < startupTrials) return undefined;
  let best = Number.NEGATIVE_INFINITY;
  for (let epoch = 1; epoch <= curve.length; epoch++) {
    best = Math.max(best, curve[epoch - 1]);
    const beyond = epoch - 1 - warmupEpochs;
    if (beyond < 0 || beyond % interval !== 0) continue;
    const others = complete.map((outcome) => outcome.curve[epoch - 1]).filter((value) => value !== undefined);
    if (others.length > 0 && best < median(others)) return epoch;
  }
  return undefined;
}
