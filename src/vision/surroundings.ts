/**
 * Whether what was read stands on paper. A photo of things has shapes that look much like digits: a cup from above is a 0, a
 * lamp post a 1. But a cup has coffee inside where a 0 has paper, and beside a lamp post there is a street.
 */
import { averageCells } from './cells.ts';
import type { Grey } from './grey.ts';
import { areSmall, hasSteps, litFor } from './lit.ts';
import { isStrokes } from './looks.ts';
import { DIGIT_SIZE } from './normalise.ts';
import type { Picture, PictureReading, ReadDigit } from './picture.ts';
import type { Plane } from './plane.ts';

/** The reading, or its rejection where what was read is some thing's outline, or stands among many things. */
export function onPaper(reading: PictureReading, picture: Picture, grey: Grey): PictureReading {
  const { digits, rejected } = reading;
  if (rejected !== false || digits.length === 0) return reading;
  const filled = digits.filter((digit) => isFilled(digit, picture));
  if (2 * filled.length >= digits.length) {
    const what = `What looks like a ${filled[0].digit} has something else than paper inside.`;
    return { ...reading, text: '', rejected: what };
  }
  const isAmong = isAmongThings(reading, grey) && !isInShadow(reading, grey);
  return isAmong ? { ...reading, text: '', rejected: AMONG_THINGS } : reading;
}

const AMONG_THINGS = 'There is much in the picture, and little of it looks like a digit.';

/** Pixels of the shorter side of the plane in which edges are counted. */
const SIDE = 256;
/** The edges of writing are at least this share of its strongest, those that only one in twenty of its pixels surpasses. */
const EDGE = 0.5;
const STRONGEST = 0.05;
/** Pixels around a digit that are still its own, as a share of its larger side. */
const MARGIN = 0.15;
/** On paper no larger share of edges so strong is beside the writing, */
const MOST_BESIDE = 0.9;
/** nor beside what could be strokes of anything, */
const MOST_BESIDE_STROKES = 0.8;
/** unless it is a smaller share of what is there: the outline of a sheet is up to a twentieth. */
const FEWEST_BESIDE = 0.055;

/** Whether it is the edges of shadows that are beside what was read: none are left without them. Of a stroke that is not known. */
function isInShadow(reading: PictureReading, grey: Grey): boolean {
  if (isStrokes(reading) || !areSmall(reading, grey) || !hasSteps(grey)) return false;
  return !isAmongThings(reading, litFor(grey));
}

/** Whether most of the picture's strong edges are beside what was read. */
function isAmongThings({ digits }: PictureReading, grey: Grey): boolean {
  const { width, height } = grey.plane;
  const cell = Math.max(1, Math.round(Math.min(width, height) / SIDE));
  const plane = averageCells(grey.plane, cell);
  const isOwn = withBoxes(plane, digits, grey.scale * cell);
  const slopes = slopesOf(plane);
  const least = EDGE * strongestOf(slopes, isOwn);
  if (least === 0) return false;
  let [edges, edgesBeside, beside] = [0, 0, 0];
  for (let i = 0; i < slopes.length; i++) {
    const isBeside = 1 - isOwn[i];
    beside += isBeside;
    if (slopes[i] < least) continue;
    edges++;
    edgesBeside += isBeside;
  }
  const most = digits.every(({ digit }) => digit === 1) ? MOST_BESIDE_STROKES : MOST_BESIDE;
  return edgesBeside >= most * edges && edgesBeside >= FEWEST_BESIDE * beside;
}

/** Neighbours of 255 shades differ by less than so many, across and down together; of those mixed of colours, few by more. */
const SLOPES = 362;

/** The slope that only `STRONGEST` of some pixels surpass. */
function strongestOf(slopes: Float32Array, isOwn: Uint8Array): number {
  const counts = new Uint32Array(SLOPES);
  let all = 0;
  for (let i = 0; i < slopes.length; i++) {
    if (isOwn[i] === 0) continue;
    all++;
    counts[Math.min(SLOPES - 1, Math.floor(slopes[i]))]++;
  }
  let slope = SLOPES;
  for (let stronger = 0; slope > 0 && stronger <= STRONGEST * all; ) stronger += counts[--slope];
  return slope;
}

/** By how much each pixel's neighbours differ, across and down; nothing along the plane's edges. */
function slopesOf({ width, height, data }: Plane): Float32Array {
  const slopes = new Float32Array(data.length);
  for (let y = 1; y < height - 1; y++) {
    for (let i = y * width + 1; i < (y + 1) * width - 1; i++) {
      const across = data[i + 1] - data[i - 1];
      const down = data[i + width] - data[i - width];
      slopes[i] = Math.sqrt(across * across + down * down);
    }
  }
  return slopes;
}

function withBoxes({ width, height }: Plane, digits: readonly ReadDigit[], scale: number): Uint8Array {
  const isOwn = new Uint8Array(width * height);
  for (const { box } of digits) {
    const [x, y, across, down] = box;
    const margin = MARGIN * Math.max(across, down);
    const left = Math.max(0, Math.floor((x - margin) / scale));
    const right = Math.min(width, Math.ceil((x + across + margin) / scale));
    const bottom = Math.min(height, Math.ceil((y + down + margin) / scale));
    for (let row = Math.max(0, Math.floor((y - margin) / scale)); row < bottom; row++) {
      isOwn.fill(1, row * width + left, row * width + right);
    }
  }
  return isOwn;
}

/** Of 255, what is ink for sure, what may be its edge, and what is none. */
const INK = 180;
const EDGE_OF_INK = 64;
const NO_INK = 20;
/** The colours of ink and paper are so far from each other. */
const LEAST_CONTRAST = 35;
/** Too small a loop, or too little around it, tells nothing; */
const FEWEST_INSIDE = 4;
/** nor does paper that differs by more than this share of what ink differs from it. */
const EVEN = 0.25;
/** Inside is something else than paper if it differs by this share. */
const FILLED = 0.3;

/** Whether a loop of the digit has another colour inside than what is around the digit. */
function isFilled({ image, box }: ReadDigit, picture: Picture): boolean {
  const [left, top, right, bottom] = boundsOf(image);
  const isOutside = outsideOf(image);
  const ink: Colour[] = [];
  const inside: Colour[] = [];
  const around: Colour[] = [];
  for (const [i, amount] of image.entries()) {
    const across = ((i % DIGIT_SIZE) + 0.5 - left) / (right - left);
    const down = (Math.floor(i / DIGIT_SIZE) + 0.5 - top) / (bottom - top);
    const colour = colourAt(picture, box[0] + across * box[2], box[1] + down * box[3]);
    if (colour === undefined) continue;
    if (amount >= INK) ink.push(colour);
    else if (largestWithin(image, i, 1) < NO_INK) {
      if (!isOutside[i]) inside.push(colour);
      else if (largestWithin(image, i, 2) >= EDGE_OF_INK) around.push(colour);
    }
  }
  if (Math.min(inside.length, around.length, ink.length) < FEWEST_INSIDE) return false;
  const paper = middleOf(around);
  const contrast = distanceOf(middleOf(ink), paper);
  // Hairlines are thicker in MNIST's form, where paper beside them is ink.
  if (contrast < LEAST_CONTRAST) return false;
  const offPaper = around.map((colour) => distanceOf(colour, paper)).sort((a, b) => a - b);
  if (offPaper[Math.floor(0.75 * offPaper.length)] > EVEN * contrast) return false;
  return distanceOf(middleOf(inside), paper) >= FILLED * contrast;
}

/** Red, green and blue, on white where the picture is clear. */
export type Colour = readonly [number, number, number];

/** Of the pixel that a place is in; undefined outside of the picture. */
export function colourAt(
  { width, height, channels, data }: Picture,
  x: number,
  y: number,
): Colour | undefined {
  if (x < 0 || y < 0 || x >= width || y >= height) return undefined;
  const at = (Math.floor(y) * width + Math.floor(x)) * channels;
  const opacity = channels % 2 === 0 ? data[at + channels - 1] / 255 : 1;
  const onWhite = (channel: number) => 255 + opacity * (data[at + (channels > 2 ? channel : 0)] - 255);
  return [onWhite(0), onWhite(1), onWhite(2)];
}

export function distanceOf(one: Colour, other: Colour): number {
  return Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);
}

/** Of each channel what half of them surpass. */
function middleOf(colours: readonly Colour[]): Colour {
  const middle = (channel: 0 | 1 | 2) =>
    colours.map((colour) => colour[channel]).sort((a, b) => a - b)[colours.length >> 1];
  return [middle(0), middle(1), middle(2)];
}

/** How light a colour is, all three channels together. */
export function lightOf([red, green, blue]: Colour): number {
  return red + green + blue;
}

/** Left, top, right and bottom of what may be ink. */
function boundsOf(image: Uint8Array): [number, number, number, number] {
  let [left, top, right, bottom] = [DIGIT_SIZE, DIGIT_SIZE, 0, 0];
  for (const [i, amount] of image.entries()) {
    if (amount < EDGE_OF_INK) continue;
    const [x, y] = [i % DIGIT_SIZE, Math.floor(i / DIGIT_SIZE)];
    left = Math.min(left, x);
    right = Math.max(right, x + 1);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y + 1);
  }
  return [left, top, right, bottom];
}

/** The pixels that are reached from the first without crossing ink; MNIST's form has paper there. */
function outsideOf(image: Uint8Array): Uint8Array {
  const isOutside = new Uint8Array(image.length);
  const reached = [0];
  for (let i = reached.pop(); i !== undefined; i = reached.pop()) {
    if (isOutside[i] || image[i] >= EDGE_OF_INK) continue;
    isOutside[i] = 1;
    const x = i % DIGIT_SIZE;
    if (x > 0) reached.push(i - 1);
    if (x < DIGIT_SIZE - 1) reached.push(i + 1);
    if (i >= DIGIT_SIZE) reached.push(i - DIGIT_SIZE);
    if (i < image.length - DIGIT_SIZE) reached.push(i + DIGIT_SIZE);
  }
  return isOutside;
}

function largestWithin(image: Uint8Array, at: number, reach: number): number {
  const [column, row] = [at % DIGIT_SIZE, Math.floor(at / DIGIT_SIZE)];
  let largest = 0;
  for (let y = Math.max(0, row - reach); y <= Math.min(DIGIT_SIZE - 1, row + reach); y++) {
    for (let x = Math.max(0, column - reach); x <= Math.min(DIGIT_SIZE - 1, column + reach); x++) {
      largest = Math.max(largest, image[y * DIGIT_SIZE + x]);
    }
  }
  return largest;
}
