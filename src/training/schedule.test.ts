/** Schedules beside the closed forms that Keras and PyTorch document. */
import { describe, expect, test } from 'vitest';
import { checkSchedule, learningRateAt, type ScheduleSpec } from './schedule.ts';

const PEAK = 0.4;
const EPOCHS = 6;
const STEPS = 50;
const LAST = EPOCHS * STEPS - 1;

/** keras.optimizers.schedules.CosineDecayRestarts */
function cosineDecayRestarts(
  step: number,
  firstDecaySteps: number,
  tMul: number,
  mMul: number,
  alpha: number,
): number {
  let [completed, cycle, length] = [step, 0, firstDecaySteps];
  while (completed >= length && cycle < 2) {
    completed -= length;
    length *= tMul;
    cycle++;
  }
  const cosine = 0.5 * mMul ** cycle * (1 + Math.cos((Math.PI * completed) / length));
  return PEAK * ((1 - alpha) * cosine + alpha);
}

const table: [name: string, schedule: ScheduleSpec, theirs: (step: number) => number][] = [
  ['constant', { type: 'constant' }, () => PEAK],
  [
    'PyTorch StepLR(2, 0.3)',
    { type: 'step', factor: 0.3, everyEpochs: 2 },
    (s) => PEAK * 0.3 ** Math.floor(s / STEPS / 2),
  ],
  ['PyTorch StepLR(1)', { type: 'step' }, (s) => PEAK * 0.1 ** Math.floor(s / STEPS)],
  [
    'Keras ExponentialDecay(one epoch, 0.8)',
    { type: 'exponential', factor: 0.8 },
    (s) => PEAK * 0.8 ** (s / STEPS),
  ],
  ['Keras PolynomialDecay(power 1)', { type: 'polynomial' }, (s) => PEAK * (1 - s / LAST)],
  [
    'Keras PolynomialDecay(power 2, end 0.1)',
    { type: 'polynomial', power: 2, finalFraction: 0.25 },
    (s) => (PEAK - 0.1) * (1 - s / LAST) ** 2 + 0.1,
  ],
  [
    'Keras CosineDecay(alpha 0.1)',
    { type: 'cosine', finalFraction: 0.1 },
    (s) => PEAK * (0.9 * 0.5 * (1 + Math.cos((Math.PI * s) / LAST)) + 0.1),
  ],
  [
    'Keras CosineDecayRestarts(t_mul 1, m_mul 1)',
    { type: 'cosine', restarts: 2 },
    (s) => cosineDecayRestarts(s, LAST / 3, 1, 1, 0),
  ],
  [
    'Keras CosineDecayRestarts(t_mul 2, m_mul 0.5, alpha 0.1)',
    { type: 'cosine', restarts: 2, cycleFactor: 2, peakFactor: 0.5, finalFraction: 0.1 },
    (s) => cosineDecayRestarts(s, LAST / 7, 2, 0.5, 0.1),
  ],
];

test.each(table)('%s', (_, schedule, theirs) => {
  for (let step = 0; step <= LAST; step++) {
    const ours = learningRateAt(schedule, PEAK, { step, epochs: EPOCHS, stepsPerEpoch: STEPS });
    expect(ours, `step ${step}`).toBeCloseTo(theirs(step), 10);
  }
});

test('a warm-up rises in a straight line to the rate, and restarts come after it', () => {
  const schedule: ScheduleSpec = { type: 'cosine', warmup: 0.1, restarts: 1 };
  const rates = Array.from({ length: 1001 }, (_, step) =>
    learningRateAt(schedule, 1, { step, epochs: 1, stepsPerEpoch: 1001 }),
  );
  expect(rates[49] / rates[99]).toBeCloseTo(0.5, 9);
  expect(rates[100]).toBe(1);
  expect(rates[549]).toBeLessThan(1e-3);
  expect(rates[550]).toBeCloseTo(1, 9);
  expect(rates[1000]).toBeCloseTo(0, 9);
});

describe('JSON is checked', () => {
  test.each([
    [{ type: 'linear' }, 'There is no schedule "linear"'],
    [{ type: 'step', gamma: 0.1 }, 'no option "gamma"'],
    [{ type: 'step', factor: 2 }, 'from 0 to 1, not 2'],
    [{ type: 'cosine', restarts: 1.5 }, 'whole number'],
    [{ type: 'polynomial', power: 'two' }, 'not "two"'],
  ])('%j', (schedule, problem) => {
    expect(() => checkSchedule(schedule as ScheduleSpec)).toThrow(problem);
  });
});
