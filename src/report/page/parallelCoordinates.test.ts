import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import type { Space } from '../../sweep/space.ts';
import type { TrialSummary } from '../../sweep/summary.ts';
import { brokenAtDots, parallelCoordinates } from './parallelCoordinates.ts';

const place = {
  learningRate: 0.01,
  optimizer: { type: 'sgd', momentum: 0.9, nesterov: true },
  'model.layers.0.filters': 8,
  'augmentation.rotation': 3,
  'loss.labelSmoothing': 0.1,
  'optimizer.momentum': 0.5,
  'schedule.warmupStepsOfManyLetters': 2,
  batch: 32,
};
const space: Space = {
  ...Object.fromEntries(
    Object.keys(place).map((path) => [path, { type: 'float', from: 0, to: 100 } as const]),
  ),
  optimizer: { type: 'choice', values: [place.optimizer, { type: 'adam' }] },
};
const shown = [0.98, 0.99].map((mean, trial) => ({
  trial: { trial, place, validation: { mean } } as unknown as TrialSummary,
  colour: trial === 0 ? 'red' : undefined,
}));
/** At the size of charts, most letters are narrower. */
const LETTER = 6.5;

/** What is written, from where to where in pixels, on which line of the chart. */
function texts(figure: string): { text: string; from: number; to: number; line: number }[] {
  const { document } = parseHTML(figure);
  return [...document.querySelectorAll('[aria-label="text"]')].flatMap((group) => {
    const [, right, down] = /translate\((-?[\d.]+),(-?[\d.]+)/.exec(group.getAttribute('transform')!)!;
    const isBeside = group.getAttribute('text-anchor') === 'start';
    return [...group.querySelectorAll('text')].flatMap((element) => {
      const [, x, y] = /translate\(([\d.]+),([\d.]+)\)/.exec(element.getAttribute('transform')!)!;
      element.querySelector('title')?.remove();
      const parts = element.children.length > 0 ? [...element.children] : [element];
      return parts.map((part, index) => {
        const text = part.textContent!;
        const width = LETTER * text.length;
        const from = Number(x) + Number(right) - (isBeside ? 0 : width / 2);
        return {
          text,
          from,
          to: from + width,
          line: Math.round(Number(y) + Number(down)) - 15 * (parts.length - 1 - index),
        };
      });
    });
  });
}

describe('parallel coordinates', () => {
  test.each([2, 5, 8])('of %i settings have no two texts over each other', (count) => {
    const some = Object.fromEntries(Object.entries(space).slice(0, count));
    const all = texts(parallelCoordinates(some, shown));
    expect(all.length).toBeGreaterThan(2 * count);
    for (const [i, one] of all.entries()) {
      for (const other of all.slice(0, i)) {
        const areApart = one.line !== other.line || one.from >= other.to || other.from >= one.to;
        expect(areApart, `${one.text} and ${other.text}`).toBe(true);
      }
    }
  });

  test('tell in full, to who points at it, what is shortened', () => {
    const figure = parallelCoordinates(space, shown);
    expect(figure).toContain('{type:sgd,mo');
    expect(figure).not.toContain('>{type:sgd,momentum:0.9,nesterov:true}</text>');
    expect(figure).toContain('<title>{type:sgd,momentum:0.9,nesterov:true}</title>');
    expect(figure).toMatch(/^<figure><svg style="min-width:\d+px" /);
    expect(parallelCoordinates({ batch: space.batch }, shown)).not.toContain('min-width');
  });
});

test('names are broken at their dots, and shortened where that is not enough', () => {
  expect(brokenAtDots('model.layers.0.filters', 14)).toBe('model.layers.\n0.filters');
  expect(brokenAtDots('batch', 3)).toBe('ba…');
  expect(brokenAtDots('a.b', 14)).toBe('a.b');
  expect(brokenAtDots('schedule.warmupStepsOfMany', 12)).toBe('schedule.\nwarmupSteps…');
});
