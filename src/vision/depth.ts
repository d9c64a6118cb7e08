/**
 * Only what is darkest. Where a shadow touches a digit the two are one dark shape, which reaches to the edge of the picture; but
 * ink is darker than a shadow. So brightness is told in three classes, ink, shadow and paper, such that values differ least
 * within them (Otsu, "A threshold selection method from gray-level histograms", 1979), and all that is no darker than the
 * shadow is made as light as it.
 */
import type { Grey } from './grey.ts';

const LEVELS = 256;
/** Share of the picture that ink may take at most, and must take at least. */
const MOST_INK = 0.25;
const LEAST_INK = 0.0005;
/** A shadow is this share of the picture, or there is none. */
const LEAST_SHADOW = 0.01;
/** Ink that is not so much darker than the shadow does not stand out from it. */
const DARKER = 24;
/** Where the light is cut off: so far from the edge of the shadow's class towards its mean. */
const CUT = 0.5;

/** The plane without all that is lighter than a shadow; undefined where ink and shadow are not told apart. */
export function toDepth({ plane, scale, isLight }: Grey): Grey | undefined {
  const { width, height, data } = plane;
  const counts = new Float64Array(LEVELS);
  for (const value of data) counts[Math.min(LEVELS - 1, Math.max(0, Math.round(value)))]++;
  const classes = threeClasses(counts);
  if (!classes) return undefined;
  const [ink, shadow] = classes;
  const all = data.length;
  if (ink.count < LEAST_INK * all || ink.count > MOST_INK * all || shadow.count < LEAST_SHADOW * all)
    return undefined;
  if (shadow.mean - ink.mean < DARKER) return undefined;
  const cut = ink.end + CUT * (shadow.mean - ink.end);
  return { plane: { width, height, data: data.map((value) => Math.min(value, cut)) }, scale, isLight };
}

interface Class {
  /** The first level that is no longer in it. */
  end: number;
  count: number;
  mean: number;
}

/** The three runs of levels whose means differ most, from dark to light; undefined where there are not so many levels. */
function threeClasses(counts: Float64Array): Class[] | undefined {
  // Before each level: how many values, and their sum.
  const before = new Float64Array(LEVELS + 1);
  const sums = new Float64Array(LEVELS + 1);
  for (let level = 0; level < LEVELS; level++) {
    before[level + 1] = before[level] + counts[level];
    sums[level + 1] = sums[level] + level * counts[level];
  }
  const spread = (begin: number, end: number) => {
    const count = before[end] - before[begin];
    return count > 0 ? (sums[end] - sums[begin]) ** 2 / count : 0;
  };
  let best = -1;
  let ends: number[] | undefined;
  for (let first = 1; first < LEVELS - 1; first++) {
    for (let second = first + 1; second < LEVELS; second++) {
      const all = spread(0, first) + spread(first, second) + spread(second, LEVELS);
      if (all > best) [best, ends] = [all, [first, second, LEVELS]];
    }
  }
  return ends?.map((end, i): Class => {
    const begin = i > 0 ? ends[i - 1] : 0;
    const count = before[end] - before[begin];
    return { end, count, mean: count > 0 ? (sums[end] - sums[begin]) / count : 0 };
  });
}
