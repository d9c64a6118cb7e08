/** What a study shows: a line of statistics for each trial, and how much each setting matters. */
import type { Recipe } from '../training/recipe.ts';
import { type Importance, importances } from './importance.ts';
import type { RunOutcome, Status } from './outcome.ts';
import type { Schedule } from './schedule.ts';
import { dimensionsOf, placeOf, valueText } from './settingsTable.ts';
import type { Parameters, Space } from './space.ts';
import { confidenceInterval, deviation, type Interval, mean } from './statistics.ts';
import type { Study } from './study.ts';
import { ranked } from './tpe.ts';

/** Of the values of several runs. */
export interface Statistics {
  mean: number;
  /** NaN of a single run. */
  deviation: number;
  interval?: Interval;
}

export interface CurvePoint {
  epoch: number;
  mean: number;
  /** 0 of a single run. */
  deviation: number;
}

export interface TrialSummary {
  trial: number;
  name: string;
  group: string;
  /** Values of the study's dimensions. */
  place: Parameters;
  status: Status;
  reason?: string;
  /** Runs that are complete. */
  runs: number;
  /** Validation accuracy at the end of these. */
  validation?: Statistics;
  /** Accuracy on the test set, where the study reports it. */
  test?: Statistics;
  /** How far it is behind the best trial: the mean of the differences between runs of the same seed. */
  behind?: Statistics;
  /** Mean over the runs, as far as all of them came. */
  curve: CurvePoint[];
  /** Mean of a run. */
  seconds: number;
}

export interface StudySummary {
  study: Study;
  space: Space;
  /** In the study's order. */
  trials: TrialSummary[];
  /** The one with the best mean; undefined where none is complete. */
  best?: TrialSummary;
  importances?: Importance[];
  /** All runs so far, in order. */
  runs: RunOutcome[];
  isDone: boolean;
  /** Computed by all runs. */
  seconds: number;
}

/** @param base the recipe of the study's preset. */
export function summariseStudy(schedule: Schedule, base: Recipe): StudySummary {
  const { study, runs, outcomes, isDone } = schedule;
  const space = dimensionsOf(study, base);
  const ofTrial = new Map<number, RunOutcome[]>();
  for (const run of runs) ofTrial.set(run.trial, [...(ofTrial.get(run.trial) ?? []), run]);
  const best = ranked(outcomes).find(({ status }) => status === 'complete');
  const bestRuns = best ? ofTrial.get(best.trial)! : [];
  const trials = outcomes.map(({ trial, status, parameters }): TrialSummary => {
    const own = ofTrial.get(trial)!;
    const complete = own.filter((run) => run.status === 'complete');
    const place = placeOf(study, base, space, parameters);
    const tests = complete.flatMap(({ testAccuracy = [] }) => testAccuracy);
    const tellsTest = study.reportTest && (study.search.type === 'arms' || trial === best?.trial);
    return {
      ...{ trial, status, place, ...nameOf(study, trial, place) },
      reason: own.find((run) => run.reason)?.reason,
      runs: complete.length,
      validation: accuracyStatistics(complete.map(lastOf)),
      test: tellsTest ? accuracyStatistics(tests) : undefined,
      behind: trial === best?.trial ? undefined : statistics(differences(bestRuns, complete)),
      curve: curveOf(status === 'complete' ? complete : own),
      seconds: mean(own.map((run) => run.seconds)),
    };
  });
  const scored = outcomes.filter(({ status }) => status === 'complete');
  return {
    ...{ study, space, trials, runs, isDone },
    best: trials.find(({ trial }) => trial === best?.trial),
    importances: importances(
      space,
      scored.map(({ parameters, value }) => ({
        parameters: placeOf(study, base, space, parameters),
        value: value!,
      })),
    ),
    seconds: runs.reduce((sum, run) => sum + run.seconds, 0),
  };
}

/** What a trial is called: an arm by its name, another by its number and settings. */
export function nameOf({ search }: Study, trial: number, place: Parameters): { name: string; group: string } {
  if (search.type === 'arms') return search.arms[trial];
  const settings = Object.entries(place).map(
    ([path, value]) => `${path.split('.').at(-1)} ${valueText(value)}`,
  );
  return { name: `${trial + 1}: ${settings.join(', ')}`, group: '' };
}

function lastOf({ curve }: RunOutcome): number {
  return curve.at(-1)!;
}

function statistics(values: readonly number[]): Statistics | undefined {
  if (values.length === 0) return undefined;
  return { mean: mean(values), deviation: deviation(values), interval: confidenceInterval(values) };
}

/** Intervals of accuracies end where accuracies do, at 0 and 1. */
function accuracyStatistics(values: readonly number[]): Statistics | undefined {
  const found = statistics(values);
  if (!found?.interval) return found;
  const { low, high } = found.interval;
  return { ...found, interval: { low: Math.max(0, low), high: Math.min(1, high) } };
}

/** Between runs of the same seed, so that what a seed makes easy or hard for all cancels out. */
function differences(better: readonly RunOutcome[], runs: readonly RunOutcome[]): number[] {
  return runs.flatMap((run) => {
    const match = better.find((other) => other.seed === run.seed && other.status === 'complete');
    return match ? [lastOf(match) - lastOf(run)] : [];
  });
}

function curveOf(runs: readonly RunOutcome[]): CurvePoint[] {
  const epochs = Math.min(...runs.map(({ curve }) => curve.length));
  return Array.from({ length: epochs }, (_, index) => {
    const values = runs.map(({ curve }) => curve[index]);
    return { epoch: index + 1, mean: mean(values), deviation: values.length > 1 ? deviation(values) : 0 };
  });
}
