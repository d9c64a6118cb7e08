/**
 * Strokes and steps. A stroke has paper on both of its sides; where a sheet ends, or a shadow does, the dark rim that is left after
 * the light was flattened has paper on one side only, and looks like a 1 to whoever sees ink alone.
 */
import { type Component, heightOf, type Labelled, thicknessOf, widthOf } from './components.ts';
import type { Plane } from './plane.ts';

/** On the darker side the ink of a step stands out by less than this share of what it does on the lighter one. */
const STEP_SHARE = 0.3;
/** A stroke's length in thicknesses, at least. */
const LENGTH = 3;
/** What goes across a stroke is no longer than so many of its thicknesses; what is longer goes along it. */
const LONGEST_SECTION = 2;
/** A rim is a step in this share of what its sections show. */
const MOST_SECTIONS = 0.65;

/** Whether a long and narrow component is the rim of a step in brightness, straight or bent. `grey` is the picture that the ink was found in. */
export function isStep(component: Component, grey: Plane, labelled: Labelled, isDark: boolean): boolean {
  const thickness = thicknessOf(component);
  const length = Math.max(widthOf(component), heightOf(component));
  if (length < LENGTH * thickness) return false;
  // A ragged outline makes ink seem thin, and its mean width over its length tells.
  const longest = LONGEST_SECTION * Math.max(thickness, component.area / length);
  const sign = isDark ? 1 : -1;
  // By their pixels, so that spurs weigh as little as they are.
  let [seen, steps] = [0, 0];
  visitSections(
    component,
    grey,
    labelled,
    longest,
    2 + Math.ceil(thickness),
    (pixels, before, ink, after) => {
      const [one, other] = [sign * (before - ink), sign * (after - ink)];
      seen += pixels;
      if (Math.min(one, other) < STEP_SHARE * Math.max(one, other)) steps += pixels;
    },
  );
  return 2 * seen >= component.area && steps >= MOST_SECTIONS * seen;
}

/**
 * Visits the component's runs along rows and columns that are no longer than `longest`, with their mean brightness and
 * that of the paper `away` from both of their ends. Where there is other ink or no picture, nothing is known of the paper.
 */
function visitSections(
  { left, top, right, bottom, label }: Component,
  { width, height, data }: Plane,
  { labels }: Labelled,
  longest: number,
  away: number,
  visit: (pixels: number, before: number, ink: number, after: number) => void,
): void {
  const rows = { from: top, to: bottom, next: width, start: left, end: right, step: 1, size: width };
  const columns = { from: left, to: right, next: 1, start: top, end: bottom, step: width, size: height };
  for (const { from, to, next, start, end, step, size } of [rows, columns]) {
    for (let line = from * next; line < to * next; line += next) {
      for (let at = start; at < end; at++) {
        if (labels[line + at * step] !== label) continue;
        const first = at;
        let sum = 0;
        for (; at < end && labels[line + at * step] === label; at++) sum += data[line + at * step];
        if (at - first > longest || first < away || at - 1 + away >= size) continue;
        const [before, after] = [line + (first - away) * step, line + (at - 1 + away) * step];
        if (labels[before] !== 0 || labels[after] !== 0) continue;
        visit(at - first, data[before], sum / (at - first), data[after]);
      }
    }
  }
}
