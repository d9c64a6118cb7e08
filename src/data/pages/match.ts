/**
 * What a crop of a page shows: the truth of a digit, nothing that is a digit, or something that nothing should be learned
 * from.
 */
import type { Box } from '../../vision/picture.ts';
import type { Truth } from './page.ts';

/** Both boxes grow by this first, since a pixel more or less is much of a thin 1. */
const TOLERANCE = 1.5;
/** A crop with a digit's own box has at least this of both in common. */
const SAME = 0.7;
/** A crop that has so much of something else in it, too, shows two things. */
const ALSO = 0.6;
/** A crop with less than this of anything shows none of it. */
const LITTLE = 0.12;
/** A part of anything that is narrower than this, over its height, may well be a 1. */
const NARROW = 0.45;
/** Digits whose parts are digits. */
const WITH_LOOPS: readonly (number | undefined)[] = [6, 8, 9];

/** The digit, `none`, or undefined where it is neither clearly. */
export function whatIsIn(crop: Box, truth: readonly Truth[]): number | 'none' | undefined {
  const seen = truth
    .map((one) => ({ ...one, ...overlap(grown(crop), grown(one.box)) }))
    .sort((one, other) => other.alike - one.alike);
  const [best, second] = seen;
  if (!best || seen.every(({ ofCrop }) => ofCrop < LITTLE)) return 'none';
  const others = seen.filter(({ ofTruth }) => ofTruth >= ALSO);
  if (best.alike >= SAME) {
    if (best.digit === undefined) return 'none';
    return others.length <= 1 && (!second || second.alike < 0.5) ? best.digit : undefined;
  }
  if (others.length >= 2) return 'none';
  const isNarrow = crop[2] < NARROW * crop[3];
  if (best.digit === undefined) return best.ofCrop > 0.5 && !isNarrow ? 'none' : undefined;
  const isPart = best.ofTruth < 0.75 && best.ofTruth > 0.25 && best.ofCrop > 0.75;
  return isPart && !isNarrow && best.digit !== 1 && !WITH_LOOPS.includes(best.digit) ? 'none' : undefined;
}

interface Overlap {
  /** What both have in common, over what they cover together. */
  alike: number;
  ofCrop: number;
  ofTruth: number;
}

function overlap(crop: Box, truth: Box): Overlap {
  const width = Math.min(crop[0] + crop[2], truth[0] + truth[2]) - Math.max(crop[0], truth[0]);
  const height = Math.min(crop[1] + crop[3], truth[1] + truth[3]) - Math.max(crop[1], truth[1]);
  const common = Math.max(0, width) * Math.max(0, height);
  const [cropArea, truthArea] = [crop[2] * crop[3], truth[2] * truth[3]];
  return {
    alike: common / (cropArea + truthArea - common),
    ofCrop: common / cropArea,
    ofTruth: common / truthArea,
  };
}

function grown([x, y, width, height]: Box): Box {
  return [x - TOLERANCE, y - TOLERANCE, width + 2 * TOLERANCE, height + 2 * TOLERANCE];
}
