/** Charts of a study. */
import * as Plot from '@observablehq/plot';
import type { Importance } from '../../sweep/importance.ts';
import { valueText } from '../../sweep/settingsTable.ts';
import { bounds, type Dimension, inner, type Space } from '../../sweep/space.ts';
import type { TrialSummary } from '../../sweep/summary.ts';
import { draw } from './plots.ts';

const INK = 'var(--ink)';
const FAINT = 'var(--faint)';
const LINE = 'var(--line)';

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
    y: { domain: rows.map(({ name }) => name), label: null, tickSize: 0, tickFormat: shortened },
    marks: [
      Plot.ruleY(rows, { x1: 'low', x2: 'high', y: 'name', stroke: ({ colour }) => colour, strokeWidth: 2 }),
      Plot.dot(rows, { x: 'mean', y: 'name', fill: ({ colour }) => colour, r: 4 }),
    ],
  });
}

const LONGEST_NAME = 28;

function shortened(name: string): string {
  return name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME - 1)}…`;
}

/** A line for each trial through its value of each setting; the accuracy stands on the last axis. */
export function parallelCoordinates(space: Space, shown: readonly Shown[]): string {
  const done = shown.filter(({ trial }) => trial.validation);
  const values = done.map(({ trial }) => trial.validation!.mean);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const axes = Object.entries(space);
  const last = 'accuracy';
  const points = done.flatMap(({ trial, colour }) => [
    ...axes.map(([path, dimension]) => ({
      ...{ trial: trial.trial, colour, axis: path },
      place: unitPlace(dimension, trial.place[path]),
    })),
    {
      ...{ trial: trial.trial, colour, axis: last },
      place: most > least ? (trial.validation!.mean - least) / (most - least) : 0.5,
    },
  ]);
  const ticks = [
    ...axes.flatMap(([path, dimension]) => ticksOf(dimension).map((tick) => ({ axis: path, ...tick }))),
    { axis: last, place: 0, text: `${(100 * least).toFixed(2)} %` },
    { axis: last, place: 1, text: `${(100 * most).toFixed(2)} %` },
  ];
  const names = [...axes.map(([path]) => path), last];
  const ofColour = (isColoured: boolean) =>
    points.filter(({ colour }) => (colour !== undefined) === isColoured);
  const path = { x: 'axis', y: 'place', z: 'trial', curve: 'bump-x' } as const;
  return draw('Parallel coordinates of settings and accuracy', {
    ...{ height: 340, marginTop: 36, marginRight: 72, marginLeft: 72 },
    x: { domain: names, axis: 'top', label: null, tickSize: 0, type: 'point' },
    y: { domain: [0, 1], axis: null },
    marks: [
      Plot.ruleX(names, { stroke: LINE, strokeWidth: 1.5 }),
      Plot.line(ofColour(false), { ...path, stroke: FAINT, strokeOpacity: 0.35 }),
      Plot.line(ofColour(true), { ...path, stroke: ({ colour }) => colour, strokeWidth: 2 }),
      Plot.text(ticks, {
        ...{ x: 'axis', y: 'place', text: 'text', fill: INK, dx: 6, textAnchor: 'start' },
        ...{ stroke: 'var(--paper)', strokeWidth: 4 },
      }),
    ],
  });
}

/** From 0 at the bottom of an axis to 1 at its top. */
function unitPlace(dimension: Dimension, value: TrialSummary['place'][string]): number {
  const place = inner(dimension, value);
  if (dimension.type === 'choice') return (place + 0.5) / dimension.values.length;
  const [low, high] = bounds(dimension);
  return high > low ? (place - low) / (high - low) : 0.5;
}

function ticksOf(dimension: Dimension): { place: number; text: string }[] {
  const values = dimension.type === 'choice' ? dimension.values : [dimension.from, dimension.to];
  return values.map((value) => ({ place: unitPlace(dimension, value), text: shortened(valueText(value)) }));
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
