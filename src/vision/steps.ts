/**
 * Strokes and steps. A stroke has paper on both of its sides; where a sheet ends, or a shadow does, the dark rim that is left after
 * the light was flattened has paper on one side only, and looks like a 1 to whoever sees ink alone.
 */
import { type Component, heightOf, type Labelled, thicknessOf, widthOf } from './components.ts';
import type { Plane } from './plane.ts';

/** On the darker side the ink of a step stands out by less than this share of what it does on the lighter one. */
const STEP_SHARE = 0.3;
/** A stroke's length in thicknesses, at least: */
const LENGTH = 3;
/** it has at most this much of the ink that a straight one of its length and thickness has. */
const ONE_STROKE = 1.4;
/** Or it is a band, however ragged its edges are: between them there is at least this share of ink. */
const SOLID = 0.9;

/** Whether a long and narrow component is the rim of a step in brightness. `grey` is the picture that the ink was found in. */
export function isStep(component: Component, grey: Plane, { labels }: Labelled, isDark: boolean): boolean {
  const thickness = thicknessOf(component);
  const isUpright = heightOf(component) >= widthOf(component);
  const length = isUpright ? heightOf(component) : widthOf(component);
  const isStroke = length >= LENGTH * thickness && component.area <= ONE_STROKE * thickness * length;
  if (!isStroke && length ** 2 < LENGTH * component.area) return false;
  const [alongStep, acrossStep] = isUpright ? [grey.width, 1] : [1, grey.width];
  const [from, to] = isUpright ? [component.top, component.bottom] : [component.left, component.right];
  const [start, end] = isUpright ? [component.left, component.right] : [component.top, component.bottom];
  const size = isUpright ? grey.width : grey.height;
  const away = 2 + Math.ceil(thickness);
  let [before, ink, after, lines] = [0, 0, 0, 0];
  let room = 0;
  for (let along = from; along < to; along++) {
    let [first, last, sum, count] = [-1, -1, 0, 0];
    for (let across = start; across < end; across++) {
      const i = along * alongStep + across * acrossStep;
      if (labels[i] !== component.label) continue;
      if (first < 0) first = across;
      last = across;
      sum += grey.data[i];
      count++;
    }
    room += count > 0 ? last + 1 - first : 0;
    if (count === 0 || first - away < 0 || last + away >= size) continue;
    before += grey.data[along * alongStep + (first - away) * acrossStep];
    after += grey.data[along * alongStep + (last + away) * acrossStep];
    ink += sum / count;
    lines++;
  }
  if (2 * lines < to - from || (!isStroke && component.area < SOLID * room)) return false;
  const sign = isDark ? 1 : -1;
  const [one, other] = [sign * (before - ink), sign * (after - ink)];
  return Math.min(one, other) < STEP_SHARE * Math.max(one, other);
}
