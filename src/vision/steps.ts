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
/** A rim is a step in this share of its sections. */
const MOST_SECTIONS = 0.65;

/**
 * Whether a long and narrow component is the rim of a step in brightness, straight or bent. `grey` is the picture that the
 * ink was found in. Sections are the component's runs along rows and columns that are short enough to go across it.
 */
export function isStep(component: Component, grey: Plane, { labels }: Labelled, isDark: boolean): boolean {
  const { left, top, right, bottom, label, area } = component;
  const { width, height, data } = grey;
  const thickness = thicknessOf(component);
  const length = Math.max(widthOf(component), heightOf(component));
  if (length < LENGTH * thickness) return false;
  // A ragged outline makes ink seem thin, and its mean width over its length tells.
  const longest = LONGEST_SECTION * Math.max(thickness, area / length);
  const away = 2 + Math.ceil(thickness);
  const sign = isDark ? 1 : -1;
  let [sections, steps] = [0, 0];
  /** The runs from `start` to `end` of the lines from `from` to `to`; `step` pixels lie between those of a line. */
  const count = (
    from: number,
    to: number,
    line: number,
    start: number,
    end: number,
    step: number,
    size: number,
  ) => {
    for (let along = from; along < to; along++) {
      for (let first = start; first < end; first++) {
        let i = along * line + first * step;
        if (labels[i] !== label) continue;
        let sum = 0;
        let next = first;
        for (; next < end && labels[i] === label; next++, i += step) sum += data[i];
        const [before, after] = [first - away, next - 1 + away];
        if (next - first <= longest && before >= 0 && after < size) {
          const ink = sum / (next - first);
          const one = sign * (data[along * line + before * step] - ink);
          const other = sign * (data[along * line + after * step] - ink);
          sections++;
          if (Math.min(one, other) < STEP_SHARE * Math.max(one, other)) steps++;
        }
        first = next;
      }
    }
  };
  count(top, bottom, width, left, right, 1, width);
  count(left, right, 1, top, bottom, width, height);
  return 2 * sections >= length && steps >= MOST_SECTIONS * sections;
}
