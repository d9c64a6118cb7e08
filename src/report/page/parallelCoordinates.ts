/**
 * Parallel coordinates: an axis for each setting and one for the accuracy, and a line for each trial through them all.
 *
 * Names of axes are broken at their dots and values are shortened, so that each stays beside its own axis; where many
 * axes leave too little room for that, the chart is wider than the page, which scrolls it.
 */
import * as Plot from '@observablehq/plot';
import { valueText } from '../../sweep/settingsTable.ts';
import { bounds, type Dimension, inner, type Space } from '../../sweep/space.ts';
import type { TrialSummary } from '../../sweep/summary.ts';
import { draw } from './plots.ts';
import { type Shown, shortened } from './studyPlots.ts';

/** All in pixels. */
const USUAL_WIDTH = 720;
const SIDE = 72;
const LEAST_BETWEEN = 110;
const HEIGHT = 260;
const LINE_HEIGHT = 15;
const ABOVE = 14;
/** From an axis to its values. */
const ASIDE = 6;
/** Mean width of a letter at the size of charts, generously. */
const LETTER = 7;
const ACCURACY = 'accuracy';

/** A line for each trial through its value of each setting; the accuracy stands on the last axis. */
export function parallelCoordinates(space: Space, shown: readonly Shown[]): string {
  const names = [...Object.keys(space), ACCURACY];
  const width = Math.max(USUAL_WIDTH, 2 * SIDE + (names.length - 1) * LEAST_BETWEEN);
  const between = (width - 2 * SIDE) / (names.length - 1);
  const titles = names.map((axis) => ({ axis, text: brokenAtDots(axis, Math.floor(between / LETTER) - 1) }));
  const lines = Math.max(...titles.map(({ text }) => text.split('\n').length));
  const marginTop = 2 * ABOVE + lines * LINE_HEIGHT;
  const done = shown.filter(({ trial }) => trial.validation);
  const points = pointsOf(space, done);
  const ofColour = (isColoured: boolean) =>
    points.filter(({ colour }) => (colour !== undefined) === isColoured);
  const path = { x: 'axis', y: 'place', z: 'trial', curve: 'bump-x' } as const;
  const figure = draw('Parallel coordinates of settings and accuracy', {
    ...{ width, height: HEIGHT + marginTop, marginTop, marginRight: SIDE, marginLeft: SIDE },
    x: { domain: names, axis: null, type: 'point', padding: 0 },
    y: { domain: [0, 1], axis: null },
    marks: [
      Plot.ruleX(names, { stroke: 'var(--line)', strokeWidth: 1.5 }),
      Plot.line(ofColour(false), { ...path, stroke: 'var(--faint)', strokeOpacity: 0.35 }),
      Plot.line(ofColour(true), { ...path, stroke: ({ colour }) => colour, strokeWidth: 2 }),
      Plot.text(titles, {
        ...{ x: 'axis', text: 'text', title: 'axis', fill: 'var(--ink)' },
        ...{ frameAnchor: 'top', lineAnchor: 'bottom', dy: -ABOVE },
      }),
      Plot.text(ticksOf(space, done, Math.floor((between - 2 * ASIDE) / LETTER)), {
        ...{ x: 'axis', y: 'place', text: 'text', title: 'whole', fill: 'var(--ink)' },
        ...{ dx: ASIDE, textAnchor: 'start', stroke: 'var(--paper)', strokeWidth: 4 },
      }),
    ],
  });
  return width > USUAL_WIDTH ? figure.replace('<svg ', `<svg style="min-width:${width}px" `) : figure;
}

/** A name on as many lines as it takes for each to have at most so many letters. */
export function brokenAtDots(name: string, letters: number): string {
  const lines: string[] = [];
  for (const part of name.split(/(?<=\.)/)) {
    const longer = `${lines.at(-1) ?? ''}${part}`;
    if (lines.length > 0 && longer.length <= letters) lines[lines.length - 1] = longer;
    else lines.push(part);
  }
  return lines.map((line) => shortened(line, letters)).join('\n');
}

function pointsOf(space: Space, shown: readonly Shown[]) {
  const { least, most } = rangeOf(shown);
  return shown.flatMap(({ trial, colour }) => [
    ...Object.entries(space).map(([axis, dimension]) => ({
      ...{ trial: trial.trial, colour, axis },
      place: unitPlace(dimension, trial.place[axis]),
    })),
    {
      ...{ trial: trial.trial, colour, axis: ACCURACY },
      place: most > least ? (trial.validation!.mean - least) / (most - least) : 0.5,
    },
  ]);
}

function rangeOf(shown: readonly Shown[]): { least: number; most: number } {
  const means = shown.map(({ trial }) => trial.validation!.mean);
  return { least: Math.min(...means), most: Math.max(...means) };
}

/** The values that are told beside the axes, with at most so many letters each. */
function ticksOf(space: Space, shown: readonly Shown[], letters: number) {
  const { least, most } = rangeOf(shown);
  const settings = Object.entries(space).flatMap(([axis, dimension]) => {
    const values = dimension.type === 'choice' ? dimension.values : [dimension.from, dimension.to];
    return values.map((value) => ({ axis, place: unitPlace(dimension, value), whole: valueText(value) }));
  });
  const accuracies = [
    { axis: ACCURACY, place: 0, whole: `${(100 * least).toFixed(2)} %` },
    { axis: ACCURACY, place: 1, whole: `${(100 * most).toFixed(2)} %` },
  ];
  return [...settings, ...accuracies].map((tick) => ({ ...tick, text: shortened(tick.whole, letters) }));
}

/** From 0 at the bottom of an axis to 1 at its top. */
function unitPlace(dimension: Dimension, value: TrialSummary['place'][string]): number {
  const place = inner(dimension, value);
  if (dimension.type === 'choice') return (place + 0.5) / dimension.values.length;
  const [low, high] = bounds(dimension);
  return high > low ? (place - low) / (high - low) : 0.5;
}
