/** What comes of a study does not depend on how long its runs take, how many there are at a time, or on breaks. */
import { describe, expect, test } from 'vitest';
import type { RunOutcome } from './outcome.ts';
import { StudyRandom } from './random.ts';
import { type PlannedRun, Schedule } from './schedule.ts';
import { parseStudy } from './study.ts';

const STUDY = parseStudy(
  {
    ...{ repeats: 2, seed: 5, parallel: 3 },
    space: {
      learningRate: { type: 'log', from: 1e-4, to: 1 },
      batch: { type: 'int', from: 8, to: 64, step: 8 },
    },
    search: { type: 'tpe', trials: 24, startupTrials: 6 },
    pruner: { type: 'median', startupTrials: 3, warmupEpochs: 1 },
  },
  'test',
  'test',
);
const EPOCHS = 4;

/** A run that takes no time: its curve is a function of its settings and seed. */
function trained(schedule: Schedule, run: PlannedRun): RunOutcome {
  const { learningRate, batch } = run.parameters;
  const quality = 1 / (1 + Math.abs(Math.log10(Number(learningRate) / 0.01))) - Number(batch) / 1000;
  const curve = Array.from(
    { length: EPOCHS },
    (_, epoch) => quality * (1 - 0.5 ** (epoch + 1)) + run.seed / 1e4,
  );
  const cut = schedule.prunedAfter(run, curve);
  return { ...run, status: cut ? 'pruned' : 'complete', curve: curve.slice(0, cut), seconds: 1 };
}

/** Does a study with so many runs at a time that end in an order of chance, breaking off and going on at times. */
function perform(jobs: number, chance: number): RunOutcome[] {
  const random = new StudyRandom(chance, 0, 0);
  let schedule = new Schedule(STUDY);
  let underWay: PlannedRun[] = [];
  while (!schedule.isDone) {
    const isUnderWay = (run: PlannedRun) =>
      underWay.some(({ trial, repeat }) => trial === run.trial && repeat === run.repeat);
    underWay.push(...schedule.next(jobs - underWay.length, isUnderWay));
    const [ended] = underWay.splice(random.below(underWay.length), 1);
    schedule.record(trained(schedule, ended));
    if (random.uniform() < 0.1) {
      const kept = schedule.runs;
      schedule = new Schedule(STUDY);
      for (const run of kept.reverse()) schedule.record(run);
      underWay = [];
    }
  }
  return schedule.runs;
}

describe('a study that learns', () => {
  const expected = perform(1, 0);

  test('has runs that are pruned, and spares the repeats of these', () => {
    const pruned = expected.filter(({ status }) => status === 'pruned');
    expect(pruned.length).toBeGreaterThan(2);
    for (const { trial } of pruned) expect(expected.filter((run) => run.trial === trial)).toHaveLength(1);
    expect(expected.length).toBe(2 * 24 - pruned.length);
  });

  test.each([1, 2, 3, 5, 16])('comes to the same with %d at a time and breaks at random', (jobs) => {
    for (let chance = 1; chance <= 5; chance++) expect(perform(jobs, chance)).toEqual(expected);
  });

  test('begins no trial before it may', () => {
    const schedule = new Schedule(STUDY);
    expect(schedule.next(99, () => false).map(({ trial, repeat }) => [trial, repeat])).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
    ]);
    expect(() => schedule.parameters(20)).toThrow(/before trial 0 was done/);
  });
});

test('a study that does not learn has all its runs at once, with seeds from its own', () => {
  const study = parseStudy({ repeats: 2, seed: 7, arms: [{ name: 'one' }, { name: 'two' }] }, 'test', 'test');
  const schedule = new Schedule(study);
  const runs = schedule.next(99, () => false);
  expect(runs.map(({ trial, seed }) => [trial, seed])).toEqual([
    [0, 7],
    [0, 8],
    [1, 7],
    [1, 8],
  ]);
  expect(schedule.left).toBe(4);
});
