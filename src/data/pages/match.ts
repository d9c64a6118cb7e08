/**
 * What a crop of a page shows: a digit, nothing that is a digit, or something that nothing should be learned from, because
 * people could argue about it.
 */
import type { Truth } from './page.ts';

/** What ink a crop has, in pixels. */
export interface Content {
  /** Full of the ink of each truth. */
  cores: readonly number[];
  /** Away from any ink: ruling, dirt, paper. */
  dirt: number;
  total: number;
}

/** A digit may lack this little of its ink, and have this little of another's, and this much dirt about it. */
const WHOLE = 0.88;
const LITTLE = 0.04;
const MUCH_DIRT = 0.35;
/** A part of a digit that is smaller is none any more; a larger one may still be read. */
const PART = 0.62;
/** A crop with this much of two things shows two. */
const TWO = 0.4;
/** A crop with less than this of anything shows nothing. */
const NOTHING = 0.1;
/** Digits whose parts are digits. */
const WITH_DIGITS_WITHIN: readonly number[] = [1, 2, 6, 7, 8, 9];
/** What is no digit may have parts that look like one, unless they are small or nearly all of it. */
const SMALL_PART = 0.35;
const MOST = 0.8;

export type Verdict = number | 'none' | undefined;

/** The digit, `none`, or undefined where it is neither clearly. */
export function whatIsIn({ cores, dirt, total }: Content, truth: readonly Truth[]): Verdict {
  const inked = cores.reduce((sum, count) => sum + count, 0);
  if (inked < NOTHING * total) return 'none';
  const shares = cores.map((count, i) => count / Math.max(1, truth[i].core));
  const best = cores.indexOf(Math.max(...cores));
  const { digit } = truth[best];
  const foreign = 1 - cores[best] / inked;
  if (shares.filter((share) => share >= TWO).length >= 2 && foreign > 2 * LITTLE) return 'none';
  if (digit === undefined) {
    const isClear = shares[best] < SMALL_PART || shares[best] > MOST;
    return isClear && foreign < 0.5 ? 'none' : undefined;
  }
  if (shares[best] >= WHOLE) return foreign <= LITTLE && dirt <= MUCH_DIRT * total ? digit : undefined;
  const isPart = shares[best] < PART && foreign <= LITTLE;
  return isPart && !WITH_DIGITS_WITHIN.includes(digit) ? 'none' : undefined;
}

/** How often as long as wide ink must be to be a stroke and nothing else. */
const LONG = 4;

/** Whether a picture of 28 × 28 bytes is a single steep stroke, which may be a 1 whatever it was a part of. */
export function isSteepStroke(image: Uint8Array): boolean {
  let [mass, x, y] = [0, 0, 0];
  for (let i = 0; i < image.length; i++) {
    mass += image[i];
    x += image[i] * (i % 28);
    y += image[i] * Math.floor(i / 28);
  }
  if (mass === 0) return false;
  let [xx, xy, yy] = [0, 0, 0];
  for (let i = 0; i < image.length; i++) {
    const across = (i % 28) - x / mass;
    const down = Math.floor(i / 28) - y / mass;
    xx += image[i] * across * across;
    xy += image[i] * across * down;
    yy += image[i] * down * down;
  }
  // Lengths of the ink's ellipse: the roots of the eigenvalues of its second moments.
  const middle = (xx + yy) / 2;
  const spread = Math.hypot((xx - yy) / 2, xy);
  return yy > xx && Math.sqrt((middle + spread) / Math.max(1e-9, middle - spread)) > LONG;
}
