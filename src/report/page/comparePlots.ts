/** Curves of several runs over each other. */
import * as Plot from '@observablehq/plot';
import type { RunRecord } from '../run.ts';
import { draw, type Point, trainingPoints, validationPoints } from './plots.ts';
import { wholeTicks } from './studyPlots.ts';

/** A run with the colour of its lines. */
export interface ColouredRun {
  run: RunRecord;
  colour: string;
}

interface Curve {
  name: string;
  colour: string;
  points: Point[];
}

/** Where no run has any points, there is no chart. */
export function validationAccuracies(shown: readonly ColouredRun[]): string {
  const curves = curvesOf(shown, ({ history }) => validationPoints(history, 'validationAccuracy'));
  return validationChart('Validation accuracy over epochs', curves, {
    domain: accuracyDomain(curves),
    nice: true,
    tickFormat: '.1~%',
  });
}

export function validationLosses(shown: readonly ColouredRun[]): string {
  const curves = curvesOf(shown, ({ history }) =>
    validationPoints(history, 'validationLoss').filter(({ value }) => value > 0),
  );
  return validationChart('Validation loss over epochs', curves, { type: 'log', tickFormat: 'g', ticks: 5 });
}

export function learningRates(shown: readonly ColouredRun[]): string {
  const curves = curvesOf(shown, ({ steps, history }) => trainingPoints(steps, history, 'learningRate'));
  if (curves.length === 0) return '';
  return draw('Learning rate over epochs', {
    height: 200,
    x: epochScale(curves, 0),
    y: { grid: true, label: null, zero: true, nice: true, tickFormat: '~g', ticks: 4 },
    marks: curves.map((curve) => line(curve, 1.5)),
  });
}

function curvesOf(shown: readonly ColouredRun[], pointsOf: (run: RunRecord) => Point[]): Curve[] {
  return shown
    .map(({ run, colour }) => ({ name: run.name, colour, points: pointsOf(run) }))
    .filter(({ points }) => points.length > 0);
}

function validationChart(title: string, curves: readonly Curve[], y: Plot.ScaleOptions): string {
  if (curves.length === 0) return '';
  return draw(title, {
    x: epochScale(curves, 1),
    y: { grid: true, label: null, ...y },
    marks: [
      ...curves.map((curve) => line(curve, 2)),
      ...curves.map(({ name, colour, points }) =>
        Plot.dot(points, {
          ...{ x: 'epoch', y: 'value', fill: colour, r: 2.5, clip: true },
          title: ({ epoch, value }) => `${name}, epoch ${epoch}: ${Number(value.toPrecision(5))}`,
        }),
      ),
    ],
  });
}

function line({ points, colour }: Curve, strokeWidth: number): Plot.Markish {
  return Plot.line(points, { x: 'epoch', y: 'value', stroke: colour, strokeWidth, clip: true });
}

function epochScale(curves: readonly Curve[], first: number): Plot.ScaleOptions {
  const epochs = Math.max(1, ...curves.flatMap(({ points }) => points.map(({ epoch }) => epoch)));
  const from = epochs > 1 ? first : 0;
  return {
    label: 'epoch',
    labelOffset: 38,
    domain: [from, epochs],
    ticks: wholeTicks(Math.ceil(epochs)),
    tickFormat: 'd',
  };
}

/** From the weakest after the first third of each, so that beginnings do not press the ends together. */
function accuracyDomain(curves: readonly Curve[]): [number, number] {
  const late = curves.flatMap(({ points }) => points.slice(Math.floor(points.length / 3)));
  const values = late.map(({ value }) => value);
  const [least, most] = [Math.min(1, ...values), Math.max(0, ...values)];
  return least < most ? [least, most] : [Math.max(0, least - 0.01), Math.min(1, most + 0.01)];
}
