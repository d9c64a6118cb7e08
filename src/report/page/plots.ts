/**
 * Charts as SVG, drawn by Observable Plot on linkedom's document: Plot because it makes good axes out of a few lines
 * and is small, linkedom because it is the lightest document that Plot can draw on outside a browser.
 *
 * Colours are names of the page's style sheet, so a chart follows the page from light to dark.
 */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import type { StepLine } from '../../training/callbacks/stepLogger.ts';
import type { EpochRecord } from '../../training/checkpoint.ts';
import type { ReliabilityBin } from '../../training/reliability.ts';

const TRAINING = 'var(--theirs)';
const VALIDATION = 'var(--ours)';
const INK = 'var(--ink)';
const FAINT = 'var(--faint)';
const { document } = parseHTML('<html><body></body></html>');

/** A chart of the page's size as a figure. */
export function draw(title: string, options: Plot.PlotOptions): string {
  const figure = Plot.plot({
    document: document as unknown as Document,
    width: 720,
    height: 300,
    marginLeft: 56,
    marginRight: 28,
    marginBottom: 44,
    style: { fontSize: '13px' },
    ariaLabel: title,
    ...options,
  });
  figure.setAttribute('role', 'img');
  return `<figure>${figure.outerHTML}</figure>`;
}

export interface Point {
  /** Epochs done. */
  epoch: number;
  value: number;
}

/** Training within epochs as a line, validation after each as dots on a line. */
function curves(
  title: string,
  training: readonly Point[],
  validation: readonly Point[],
  y: Plot.ScaleOptions,
): string {
  const points = { x: 'epoch', y: 'value' } as const;
  return draw(title, {
    x: { label: 'epoch', labelOffset: 38, domain: [0, Math.max(1, ...training.map(({ epoch }) => epoch))] },
    y: { grid: true, label: null, ...y },
    marks: [
      Plot.line(training, { ...points, stroke: TRAINING, strokeWidth: 1.5, clip: true }),
      Plot.line(validation, { ...points, stroke: VALIDATION, strokeWidth: 2, clip: true }),
      Plot.dot(validation, { ...points, fill: VALIDATION, r: 3 }),
    ],
  });
}

const finite = (points: readonly Point[]) => points.filter(({ value }) => Number.isFinite(value));

/** A value of each line of the step log, or of each epoch where there is none. */
export function trainingPoints(
  steps: readonly StepLine[],
  history: readonly EpochRecord[],
  key: 'loss' | 'accuracy' | 'learningRate',
): Point[] {
  const names = { loss: 'trainLoss', accuracy: 'trainAccuracy', learningRate: 'learningRate' } as const;
  if (steps.length === 0) {
    return finite(history.map((record) => ({ epoch: record.epoch, value: record[names[key]] })));
  }
  const { step, epoch } = steps[steps.length - 1];
  return finite(steps.map((line) => ({ epoch: (line.step / step) * epoch, value: line[key] })));
}

export function validationPoints(
  history: readonly EpochRecord[],
  key: 'validationLoss' | 'validationAccuracy',
): Point[] {
  return finite(history.map((record) => ({ epoch: record.epoch, value: record[key] ?? Number.NaN })));
}

export function lossChart(steps: readonly StepLine[], history: readonly EpochRecord[]): string {
  const training = trainingPoints(steps, history, 'loss').filter(({ value }) => value > 0);
  const validation = validationPoints(history, 'validationLoss').filter(({ value }) => value > 0);
  return curves('Loss over epochs', training, validation, {
    type: 'log',
    tickFormat: 'g',
    ticks: 5,
  });
}

/** From the worst of the validation, or of the last nine tenths of training, to 1. */
export function accuracyChart(steps: readonly StepLine[], history: readonly EpochRecord[]): string {
  const training = trainingPoints(steps, history, 'accuracy');
  const validation = validationPoints(history, 'validationAccuracy');
  const later = training.slice(Math.floor(training.length / 10));
  const least = Math.min(...[...later, ...validation].map(({ value }) => value));
  return curves('Accuracy over epochs', training, validation, {
    domain: [least, 1],
    nice: true,
    tickFormat: '.1~%',
  });
}

export function learningRateChart(steps: readonly StepLine[], history: readonly EpochRecord[]): string {
  const training = trainingPoints(steps, history, 'learningRate');
  return draw('Learning rate over epochs', {
    height: 180,
    x: { label: 'epoch', labelOffset: 38, domain: [0, Math.max(1, ...training.map(({ epoch }) => epoch))] },
    y: { grid: true, label: null, zero: true, nice: true, tickFormat: '~g', ticks: 4 },
    marks: [Plot.line(training, { x: 'epoch', y: 'value', stroke: INK, strokeWidth: 1.5 })],
  });
}

/** Room for the name of a class, in pixels for each of its letters, and at least that of a number. */
const NAME_WIDTH = { perLetter: 6, least: 40 };

/**
 * What it is (rows) and was taken for (columns); mistakes are shaded by their share of the row. Classes of which there is
 * no picture have a column only.
 */
export function confusionChart(confusion: readonly (readonly number[])[], names: readonly string[]): string {
  const cells = confusion.flatMap((row, label) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    if (total === 0) return [];
    return row.map((count, answer) => ({
      ...{ label: names[label], answer: names[answer], count },
      isRight: label === answer,
      share: count / total,
    }));
  });
  const mistakes = cells.filter(({ isRight, count }) => !isRight && count > 0);
  const worst = Math.max(...mistakes.map(({ share }) => share), 1e-9);
  const place = { x: 'answer', y: 'label', inset: 1 } as const;
  const present = names.filter((_, label) => confusion[label].some((count) => count > 0));
  const longest = Math.max(...present.map((name) => name.length));
  const marginLeft = Math.max(NAME_WIDTH.least, 20 + NAME_WIDTH.perLetter * longest);
  return draw('Confusion matrix', {
    ...{ width: 560, height: 500, marginTop: 40, marginLeft, padding: 0 },
    x: { domain: names, axis: 'top', label: 'taken for', tickSize: 0 },
    y: { domain: present, label: 'is', tickSize: 0 },
    marks: [
      Plot.cell(cells, { ...place, filter: 'isRight', fill: TRAINING, fillOpacity: 0.25 }),
      Plot.cell(mistakes, {
        ...place,
        fill: VALIDATION,
        fillOpacity: ({ share }) => 0.15 + 0.75 * (share / worst),
      }),
      Plot.text(cells, {
        ...{ x: 'answer', y: 'label', fill: INK },
        text: ({ count }) => (count === 0 ? '' : String(count)),
      }),
    ],
  });
}

/** Accuracy beside confidence, bin by bin: on the diagonal confidences are probabilities. */
export function reliabilityChart(bins: readonly ReliabilityBin[]): string {
  const filled = bins.filter(({ examples }) => examples > 0);
  return draw('Reliability diagram', {
    ...{ width: 460, height: 420 },
    x: { domain: [0, 1], label: 'confidence', labelOffset: 38, tickFormat: '.0%' },
    y: { domain: [0, 1], label: 'accuracy', tickFormat: '.0%', grid: true },
    marks: [
      Plot.rect(filled, {
        ...{ x1: 'from', x2: 'to', y1: 0, y2: 'accuracy', inset: 1 },
        ...{ fill: TRAINING, fillOpacity: 0.35 },
      }),
      Plot.line(
        [
          [0, 0],
          [1, 1],
        ],
        { stroke: FAINT, strokeDasharray: '4 4' },
      ),
      Plot.dot(filled, { x: 'confidence', y: 'accuracy', fill: VALIDATION, r: 4 }),
      Plot.text(filled, {
        ...{ x: ({ from, to }) => (from + to) / 2, y: 'accuracy', fill: INK, dy: -9, fontSize: 10 },
        text: ({ examples }) => examples.toLocaleString('en-US'),
      }),
    ],
  });
}
