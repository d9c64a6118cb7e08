/**
 * A digit of a data set, written again: sharp at any size, with a thicker or thinner line.
 *
 * Its 28 × 28 pixels are taken for samples of a smooth surface (a cubic B-spline), and its line is where that surface is
 * above a threshold, which is how a scan becomes an outline: the lower the threshold, the thicker the line. Where the digit
 * comes out smaller than it was, a pixel averages over four spots.
 */
import type { Box } from '../../vision/picture.ts';
import type { Projection } from './projection.ts';
import { Bounds, type InkPlane, type Placement, placer, type Shape } from './shape.ts';

const SIZE = 28;
/** Rows and columns of nothing around the samples, so that a spline never asks for one that is not there. */
const MARGIN = 3;
const STRIDE = SIZE + 2 * MARGIN;
/** Pixels up to this are no part of the ink's box. */
const FAINT = 64;
/** A spot with more ink than this belongs to the box of what was drawn. */
const INKED = 0.4;

/** Which part of a digit is left: the rest is cut off. As shares of its box. */
export interface Window {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const WHOLE: Window = { left: 0, right: 1, top: 0, bottom: 1 };

export class ScannedDigit implements Shape {
  readonly width: number;
  readonly height: number;
  readonly digit?: number;
  readonly #samples = new Float64Array(STRIDE * STRIDE);
  /** Of the ink's box, in samples. */
  readonly #left: number;
  readonly #top: number;
  readonly #extent: number;
  readonly #threshold: number;

  /** `pixels`: 28 × 28 bytes, 255 for ink. `threshold`: of the surface, 0 to 1. */
  constructor(pixels: Uint8Array, threshold: number, digit?: number, window = WHOLE) {
    const [left, top, right, bottom] = inkBox(pixels);
    const ends = {
      left: left + window.left * (right - left),
      right: left + window.right * (right - left),
      top: top + window.top * (bottom - top),
      bottom: top + window.bottom * (bottom - top),
    };
    for (let row = 0; row < SIZE; row++) {
      for (let column = 0; column < SIZE; column++) {
        const isKept =
          column + 0.5 >= ends.left &&
          column + 0.5 < ends.right &&
          row + 0.5 >= ends.top &&
          row + 0.5 < ends.bottom;
        if (window !== WHOLE && !isKept) continue;
        this.#samples[(row + MARGIN) * STRIDE + column + MARGIN] = pixels[row * SIZE + column] / 255;
      }
    }
    this.#left = ends.left;
    this.#top = ends.top;
    this.#extent = Math.max(ends.right - ends.left, ends.bottom - ends.top);
    this.width = (ends.right - ends.left) / this.#extent;
    this.height = (ends.bottom - ends.top) / this.#extent;
    this.digit = digit;
    this.#threshold = threshold;
  }

  draw(plane: InkPlane, projection: Projection, placement: Placement): Box {
    const spot = new Float64Array(2);
    const place = placer(this, placement);
    const region = new Bounds();
    const fringe = 2 / this.#extent;
    for (const across of [-fringe, this.width + fringe]) {
      for (const down of [-fringe, this.height + fringe]) {
        place(across, down, spot);
        projection.toPicture(spot[0], spot[1], spot);
        region.add(spot[0], spot[1], 0);
      }
    }
    const [left, top, width, height] = region.within(plane);
    const magnification = placement.size / this.#extent;
    // Never so gentle that bare paper gets ink.
    const steepness = Math.max(0.5 / this.#threshold, magnification / (2 * placement.softness));
    const spots = magnification < 1 ? [0.25, 0.75] : [0.5];
    const unplace = unplacer(this, placement);
    const bounds = new Bounds();
    for (let row = top; row < top + height; row++) {
      for (let column = left; column < left + width; column++) {
        let sum = 0;
        for (const down of spots) {
          for (const across of spots) {
            projection.toPage(column + across, row + down, spot);
            unplace(spot[0], spot[1], spot);
            const value = this.#surface(
              this.#left + this.#extent * spot[0] - 0.5,
              this.#top + this.#extent * spot[1] - 0.5,
            );
            sum += Math.min(1, Math.max(0, 0.5 + (value - this.#threshold) * steepness));
          }
        }
        const ink = sum / (spots.length * spots.length);
        if (ink <= 0) continue;
        const pixel = row * plane.width + column;
        if (ink > plane.ink[pixel]) plane.ink[pixel] = ink;
        if (ink > INKED) bounds.add(column + 0.5, row + 0.5, 0.5);
      }
    }
    return bounds.within(plane);
  }

  /** The surface at a spot between samples: 0 where there is none. */
  #surface(x: number, y: number): number {
    const column = Math.floor(x);
    const row = Math.floor(y);
    if (column < -2 || column > SIZE || row < -2 || row > SIZE) return 0;
    const a = x - column;
    const b = y - row;
    const a0 = (1 - a) ** 3 / 6;
    const a1 = (4 - 6 * a * a + 3 * a * a * a) / 6;
    const a3 = (a * a * a) / 6;
    const a2 = 1 - a0 - a1 - a3;
    const b0 = (1 - b) ** 3 / 6;
    const b1 = (4 - 6 * b * b + 3 * b * b * b) / 6;
    const b3 = (b * b * b) / 6;
    const b2 = 1 - b0 - b1 - b3;
    const samples = this.#samples;
    let at = (row - 1 + MARGIN) * STRIDE + column - 1 + MARGIN;
    let value = 0;
    for (const weight of [b0, b1, b2, b3]) {
      value +=
        weight * (a0 * samples[at] + a1 * samples[at + 1] + a2 * samples[at + 2] + a3 * samples[at + 3]);
      at += STRIDE;
    }
    return value;
  }
}

/** From lengths of the page to a shape's own. */
function unplacer(
  { width, height }: { width: number; height: number },
  { x, y, size, rotation }: Placement,
): (pageX: number, pageY: number, out: Float64Array) => void {
  const cosine = Math.cos(rotation) / size;
  const sine = Math.sin(rotation) / size;
  const middleX = x + (size * width) / 2;
  const middleY = y + (size * height) / 2;
  return (pageX, pageY, out) => {
    const u = pageX - middleX;
    const v = pageY - middleY;
    out[0] = width / 2 + cosine * u + sine * v;
    out[1] = height / 2 - sine * u + cosine * v;
  };
}

function inkBox(pixels: Uint8Array): [left: number, top: number, right: number, bottom: number] {
  let [left, top, right, bottom] = [SIZE, SIZE, 0, 0];
  for (let row = 0; row < SIZE; row++) {
    for (let column = 0; column < SIZE; column++) {
      if (pixels[row * SIZE + column] <= FAINT) continue;
      left = Math.min(left, column);
      top = Math.min(top, row);
      right = Math.max(right, column + 1);
      bottom = Math.max(bottom, row + 1);
    }
  }
  return right > left ? [left, top, right, bottom] : [0, 0, SIZE, SIZE];
}
