/** What came of runs and of trials: a trial is one set of parameters, a run is one training of it with one seed. */

import type { Parameters } from './space.ts';
import { mean } from './statistics.ts';

export type Status = 'complete' | 'pruned' | 'failed';

/** What is kept of a run. Nothing in it depends on when or where it was done, but for `seconds`. */
export interface RunOutcome {
  /** From 0. */
  trial: number;
  /** Which of the trial's runs, from 0. */
  repeat: number;
  seed: number;
  parameters: Parameters;
  status: Status;
  /** Validation accuracy after each epoch, up to where it was pruned. */
  curve: number[];
  /** Why it failed. */
  reason?: string;
  /** On the test set; nothing is chosen by it. */
  testAccuracy?: number;
  /** Computed, not waited. */
  seconds: number;
}

/** A trial that is done. */
export interface Outcome {
  trial: number;
  parameters: Parameters;
  status: Status;
  /** Mean over the runs of the last validation accuracy, higher being better; undefined where it failed. */
  value?: number;
  /** How many epochs the shortest of its runs came to. */
  epochs: number;
  /** Of its first run, which is the one that pruners look at. */
  curve: readonly number[];
}

/** What a trial's runs come to together: it failed or was pruned where one of them was. */
export function outcomeOf(runs: readonly RunOutcome[]): Outcome {
  const ordered = [...runs].sort((one, other) => one.repeat - other.repeat);
  const [{ trial, parameters, curve }] = ordered;
  const status =
    (['failed', 'pruned'] as const).find((worse) => ordered.some((run) => run.status === worse)) ??
    'complete';
  const lasts = ordered.filter((run) => run.status !== 'failed').map((run) => run.curve.at(-1));
  const known = lasts.filter((value) => value !== undefined);
  return {
    ...{ trial, parameters, status, curve },
    value: status === 'failed' || known.length === 0 ? undefined : mean(known),
    epochs: Math.min(...ordered.map((run) => run.curve.length)),
  };
}
