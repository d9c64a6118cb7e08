/**
 * A picture as it would be in an even light, by the size of its digits, or for digits of any size.
 *
 * Paper is what is left where all that is dark and narrower than a stroke is filled up from its surroundings, which is a closing
 * (Serra, "Image analysis and mathematical morphology", 1982). A closing leaves the edge of a shadow where it is, so that it is no
 * edge any more in brightness as a share of the paper's, and ink in the shadow is as dark as beside it.
 */
import { largestAround, meanAround, smallestAround } from './around.ts';
import { averageCells } from './cells.ts';
import { around, type Extent } from './components.ts';
import type { Grey } from './grey.ts';
import { coarsen } from './paper.ts';
import type { Box, PictureReading, ReadDigit } from './picture.ts';
import { createPlane, type Plane, valueAtRank } from './plane.ts';

/** The brightness that paper is given. */
const PAPER = 220;
/** In the dark the paper's brightness is uncertain: it is taken for no less. */
const LEAST_PAPER = 8;

/** Brightness as a share of the paper's, whose dark places are narrower than twice `reach` pixels of the plane. */
function toLit({ plane, scale, isLight }: Grey, reach: number): Grey {
  const [paper, smoothPaper] = [plane, meanAround(plane, 1)].map(
    (seen) => smallestAround(largestAround(seen, reach), reach).data,
  );
  const lit = createPlane(plane.width, plane.height);
  for (let i = 0; i < lit.data.length; i++) {
    // Of grain the paper is not the lightest, and right at a hard shadow it is not half as light.
    const light = Math.min(paper[i], smoothPaper[i]);
    lit.data[i] = Math.min(255, (PAPER * plane.data[i]) / Math.max(LEAST_PAPER, light));
  }
  return { plane: lit, scale, isLight };
}

/** Strokes are no wider than twice this share of a digit's height. */
const STROKE_SHARE = 0.2;
const LEAST_REACH = 2;

/** How far to fill up from to fill up all strokes of such digits, in pixels of a plane of that scale. */
function reachOf(digits: readonly ReadDigit[], scale: number): number {
  const heights = Float32Array.from(digits, ({ box }) => box[3] / scale);
  return Math.max(LEAST_REACH, Math.round(STROKE_SHARE * valueAtRank(heights, heights.length >> 1)));
}

/** A plane in less detail, such that strokes are filled up from about `reach` pixels away, or from more where it has no more. */
function inDetail({ plane, scale, isLight }: Grey, digits: readonly ReadDigit[], reach: number): Grey {
  const cell = Math.max(1, Math.floor(reachOf(digits, scale) / reach));
  return { plane: averageCells(plane, cell), scale: scale * cell, isLight };
}

/** A part of a plane, and the pixel of the picture where it starts. */
interface Part {
  seen: Grey;
  left: number;
  top: number;
}

/** What is so many heights beside and above each digit, and as much more as is filled up from. */
function partAround(
  { plane, scale, isLight }: Grey,
  digits: readonly ReadDigit[],
  beside: number,
  above: number,
): Part {
  const margin = reachOf(digits, scale);
  const { left, top, right, bottom } = around(
    boxesOf(digits, { left: 0, top: 0, scale }).map((box) =>
      cellsOf(box, beside * box[3] + margin, above * box[3] + margin, plane),
    ),
  );
  const part = createPlane(right - left, bottom - top);
  for (let y = top; y < bottom; y++) {
    const start = y * plane.width;
    part.data.set(plane.data.subarray(start + left, start + right), (y - top) * part.width);
  }
  return { seen: { plane: part, scale, isLight }, left: left * scale, top: top * scale };
}

/** The boxes of digits in the pixels of a part. */
function boxesOf(
  digits: readonly ReadDigit[],
  { left, top, scale }: { left: number; top: number; scale: number },
) {
  return digits.map(({ box: [x, y, width, height] }): Box => {
    return [(x - left) / scale, (y - top) / scale, width / scale, height / scale];
  });
}

/** Digits are read in this detail: they are some 80 pixels high. */
const FINE_REACH = 16;
/** The others of a row are within so many heights beside those that were read, */
const ROW_REACH = 10;
/** and so many above or below, as far as a row may lean. */
const ROW_RISE = 3;

/** Digits whose size is not known are looked for as if they were as high as these shares of the picture's shorter side: no higher. */
const SMALL = 0.15;
const LARGE = 0.4;

/** Pixels of such a plane: what needs more detail was found before, or it is too small to be looked for in so much else. */
const LARGEST_AREA = 300_000;

/** Whether digits are small enough to be seen whole in `litFor`. */
export function areSmall({ digits }: PictureReading, { plane, scale }: Grey): boolean {
  const shorter = scale * Math.min(plane.width, plane.height);
  return digits.every(({ box }) => Math.max(box[2], box[3]) <= LARGE * shorter);
}

/** The picture to look for any digits in: dark ones on light paper, whatever shadows fall on it. For small ones, then for large. */
export function* litForAny(grey: Grey): Generator<Grey> {
  yield litFor(grey, SMALL);
  yield litFor(grey, LARGE);
}

/** A plane of which digits that are no larger than `height` shorter sides are all that is left of what is dark. */
export function litFor({ plane, scale, isLight }: Grey, height = LARGE): Grey {
  const strokes = STROKE_SHARE * height * Math.min(plane.width, plane.height);
  const most = Math.ceil(Math.sqrt((plane.width * plane.height) / LARGEST_AREA));
  const cell = Math.max(1, Math.floor(strokes / FINE_REACH), most);
  const reach = Math.max(LEAST_REACH, Math.round(strokes / cell));
  return toLit({ plane: averageCells(plane, cell), scale: scale * cell, isLight }, reach);
}

/** The part of a picture to look for more digits of a row in: dark ones on light paper, about as large as those that were read. */
export function litBy(grey: Grey, { digits }: PictureReading): Part {
  const { seen, left, top } = partAround(grey, digits, ROW_REACH, ROW_RISE);
  const fine = inDetail(seen, digits, FINE_REACH);
  return { seen: toLit(fine, reachOf(digits, fine.scale)), left, top };
}

/** A digit's next is so many of its heights beside it at most, */
const REACH = 1.5;
/** and so many above or below. */
const RISE = 0.5;
/** Ink is as dark as this share of the pixels in the boxes of digits, which are the darkest. */
const INK_QUANTILE = 0.1;
/** What has from this to that share of a digit's ink may be one or two that were not read; what has more is the shadow. */
const LEAST_OF_DIGIT = 0.4;
const MOST_OF_DIGIT = 3;
/** It is looked for in this detail: digits are some 30 pixels high. */
const COARSE_REACH = 6;

/**
 * Whether there is ink as dark beside the digits that were read, once it is seen as a share of the paper's brightness. Shadows of
 * fingers and edges of tables are none, whether they were read or not.
 */
export function isInkBeside(grey: Grey, { digits }: PictureReading): boolean {
  const { seen: near, left, top } = partAround(grey, digits, REACH, RISE);
  const seen = inDetail(near, digits, COARSE_REACH);
  const boxes = boxesOf(digits, { left, top, scale: seen.scale });
  const cellsAt = (reach: number, rise: number) =>
    boxes.map((box) => cellsOf(box, reach * box[3], rise * box[3], seen.plane));
  const own = cellsAt(0, 0);
  const strokes = reachOf(digits, seen.scale);
  if (!isInkDark(seen.plane, own, strokes)) return false;
  const { plane } = toLit(seen, strokes);
  const places = new Uint8Array(plane.data.length);
  const [NEAR, READ] = [1, 2];
  for (const cells of cellsAt(REACH, RISE)) visit(cells, plane, (i) => (places[i] = NEAR));
  for (const cells of own) visit(cells, plane, (i) => (places[i] = READ));
  // What is nearer to the paper than to the ink that was read is grain, or the brim of a shadow.
  const least = (PAPER + levelsIn(plane, own)(INK_QUANTILE)) / 2;
  let [beside, read] = [0, 0];
  places.forEach((place, i) => {
    if (plane.data[i] >= least) return;
    if (place === READ) read++;
    else if (place === NEAR) beside++;
  });
  const share = (beside * digits.length) / Math.max(1, read);
  return share >= LEAST_OF_DIGIT && share <= MOST_OF_DIGIT;
}

/** Whether digits are darker than what is around their strokes, which in their boxes is more than they are. */
function isInkDark(plane: Plane, boxes: readonly Extent[], reach: number): boolean {
  const mean = meanAround(plane, reach);
  const ratio = { ...plane, data: plane.data.map((value, i) => value / Math.max(LEAST_PAPER, mean.data[i])) };
  const level = levelsIn(ratio, boxes);
  return 1 - level(INK_QUANTILE) > level(1 - INK_QUANTILE) - 1;
}

/** The value that a share of all pixels in some boxes is below. */
function levelsIn(plane: Plane, boxes: readonly Extent[]): (share: number) => number {
  const levels: number[] = [];
  for (const box of boxes) visit(box, plane, (i) => levels.push(plane.data[i]));
  const values = Float32Array.from(levels);
  return (share) => valueAtRank(values, Math.floor(share * (values.length - 1)));
}

/** The pixels of a plane that a box covers, and so many beside and above it. */
function cellsOf([x, y, across, down]: Box, reach: number, rise: number, { width, height }: Plane): Extent {
  return {
    left: Math.max(0, Math.floor(x - reach)),
    top: Math.max(0, Math.floor(y - rise)),
    right: Math.min(width, Math.ceil(x + across + reach)),
    bottom: Math.min(height, Math.ceil(y + down + rise)),
  };
}

function visit({ left, top, right, bottom }: Extent, { width }: Plane, see: (i: number) => void): void {
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) see(y * width + x);
  }
}

/** What is narrower than twice this share of the picture's shorter side may be a stroke, and is taken for paper. */
const STROKE_REACH = 0.08;
/** Paper steps where it is this much darker than right beside. */
const DARKER = 0.8;
/** Steps have as many cells as this share of the shorter side has, or there are none; */
const SHORTEST = 0.25;
/** and no more than so many times as many, in a photo of a sheet or a shadow: there are more among things, and in what is light on dark. */
const LONGEST = 12;

/** Whether the brightness of the paper steps somewhere, as it does at the edge of a shadow. */
export function hasSteps(grey: Grey): boolean {
  const length = lengthOfSteps(grey);
  return length >= SHORTEST && length <= LONGEST;
}

/** Cells in which the paper steps, for each cell of the picture's shorter side: some three to a cell of a step's length. */
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
