/** Charts of a study. */
import * as Plot from '@observablehq/plot';
import type { Importance } from '../../sweep/importance.ts';
import type { TrialSummary } from '../../sweep/summary.ts';
import { draw } from './plots.ts';

const FAINT = 'var(--faint)';

const MOST_TICKS = 10;

/** A trial as a chart shows it: with a colour where there is one, otherwise as one of many. */
export interface Shown {
  trial: TrialSummary;
  colour?: string;
}

/** Validation accuracy over epochs: the mean over seeds as a line, a deviation to both sides as a band. */
export function trialCurves(title: string, shown: readonly Shown[]): string {
  const coloured = shown.filter(({ colour }) => colour);
  const epochs = Math.max(1, ...shown.map(({ trial }) => trial.curve.length));
  return draw(title, {
    x: {
      label: 'epoch',
      labelOffset: 38,
      domain: [epochs > 1 ? 1 : 0, epochs],
      ticks: wholeTicks(epochs),
      tickFormat: 'd',
    },
    y: { grid: true, label: null, domain: curveDomain(shown), nice: true, tickFormat: '.1~%' },
    marks: [
      ...shown.filter(({ colour }) => !colour).map(({ trial }) => line(trial, FAINT, 1)),
      ...coloured.map(({ trial, colour }) =>
        Plot.areaY(trial.curve, {
          ...{ x: 'epoch', fill: colour, fillOpacity: 0.15, clip: true },
          y1: ({ mean, deviation }) => mean - deviation,
          y2: ({ mean, deviation }) => Math.min(1, mean + deviation),
        }),
      ),
      ...coloured.map(({ trial, colour }) => line(trial, colour!, 2)),
      ...coloured.map(({ trial, colour }) =>
        Plot.dot(trial.curve, { x: 'epoch', y: 'mean', fill: colour, r: 2.5, clip: true }),
      ),
    ],
  });
}

function line({ curve }: TrialSummary, stroke: string, strokeWidth: number): Plot.Markish {
  const strokeOpacity = strokeWidth === 1 ? 0.4 : 1;
  return Plot.line(curve, { x: 'epoch', y: 'mean', stroke, strokeWidth, strokeOpacity, clip: true });
}

/** At most ten epochs, evenly apart. */
export function wholeTicks(epochs: number): number[] {
  const step = Math.ceil(epochs / MOST_TICKS);
  return Array.from({ length: Math.floor(epochs / step) }, (_, index) => (index + 1) * step);
}

/** From what the weakest has after the first third, so that beginnings do not press the ends together. */
function curveDomain(shown: readonly Shown[]): [number, number] {
  const means = shown.flatMap(({ trial: { curve } }) =>
    curve.slice(Math.floor(curve.length / 3)).map(({ mean, deviation }) => mean - deviation),
  );
  const tops = shown.flatMap(({ trial: { curve } }) => curve.map(({ mean, deviation }) => mean + deviation));
  const [least, most] = [Math.max(0, Math.min(...means, 1)), Math.min(1, Math.max(...tops, 0))];
  return least < most ? [least, most] : [Math.max(0, least - 0.01), Math.min(1, least + 0.01)];
}

/** The mean of each trial with its confidence interval, the best at the top. */
export function intervalChart(shown: readonly Shown[]): string {
  const rows = shown
    .filter(({ trial }) => trial.validation)
    .map(({ trial, colour }) => ({
      name: trial.name,
      colour: colour ?? FAINT,
      mean: trial.validation!.mean,
      low: trial.validation!.interval?.low ?? trial.validation!.mean,
      high: Math.min(1, trial.validation!.interval?.high ?? trial.validation!.mean),
    }))
    .sort((one, other) => other.mean - one.mean);
  return draw('Mean and 95 % confidence interval of each trial', {
    ...{ height: 60 + 26 * rows.length, marginLeft: 200 },
    x: { grid: true, label: 'validation accuracy', labelOffset: 38, tickFormat: '.1~%', nice: true },
    y: {
      domain: rows.map(({ name }) => name),
      label: null,
      tickSize: 0,
      tickFormat: (name: string) => shortened(name),
    },
    marks: [
      Plot.ruleY(rows, { x1: 'low', x2: 'high', y: 'name', stroke: ({ colour }) => colour, strokeWidth: 2 }),
      Plot.dot(rows, { x: 'mean', y: 'name', fill: ({ colour }) => colour, r: 4 }),
    ],
  });
}

const LONGEST_NAME = 28;

/** At most so many letters, the last an ellipsis where there were more. */
export function shortened(name: string, letters = LONGEST_NAME): string {
  return name.length <= letters ? name : `${name.slice(0, letters - 1)}…`;
}

/** The share of the differences that each setting makes by itself. */
export function importanceChart(importances: readonly Importance[]): string {
  const rows = [...importances].sort((one, other) => other.share - one.share);
  return draw('Importance of each setting', {
    ...{ height: 60 + 28 * rows.length, marginLeft: 200 },
    x: { domain: [0, 1], label: 'share of the variance', labelOffset: 38, tickFormat: '.0%', grid: true },
    y: { domain: rows.map(({ path }) => path), label: null, tickSize: 0 },
    marks: [Plot.barX(rows, { x: 'share', y: 'path', fill: 'var(--theirs)', insetTop: 4, insetBottom: 4 })],
  });
}
