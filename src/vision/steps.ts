/** Where the light on the paper, or the paper itself, ends: the edge of a shadow, of a sheet, of a table. */
import { largestAround, meanAround, smallestAround } from './around.ts';
import type { Grey } from './grey.ts';
import { LEAST_PAPER } from './lit.ts';
import { coarsen } from './paper.ts';

/** What is narrower than twice this share of the picture's shorter side may be a stroke, and is taken for paper. */
const STROKE_REACH = 0.08;
/** Paper steps where it is this much darker than right beside. */
const DARKER = 0.8;
/** Steps are as long as this share of the shorter side, or there are none; */
const SHORTEST = 0.25;
/** and no longer than so many of it, in a photo of a sheet or a shadow: there are more among things, and in what is light on dark. */
const LONGEST = 12;

/** Whether the brightness of the paper steps somewhere, as it does at the edge of a shadow. */
export function hasSteps(grey: Grey): boolean {
  const length = lengthOfSteps(grey);
  return length >= SHORTEST && length <= LONGEST;
}

/** How long all steps are, in shorter sides of the picture; three times that, since a step is three cells wide. */
function lengthOfSteps({ plane }: Grey): number {
  const { cells } = coarsen(plane);
  const shorter = Math.min(cells.width, cells.height);
  const reach = Math.round(STROKE_REACH * shorter);
  const paper = meanAround(smallestAround(largestAround(meanAround(cells, 1), reach), reach), 1);
  const [low, high] = [smallestAround(paper, 1).data, largestAround(paper, 1).data];
  let steps = 0;
  for (let i = 0; i < low.length; i++) {
    if (Math.max(LEAST_PAPER, low[i]) < DARKER * Math.max(LEAST_PAPER, high[i])) steps++;
  }
  return steps / shorter;
}
