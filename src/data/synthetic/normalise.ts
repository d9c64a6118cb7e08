/**
 * MNIST's normalisation: the inked part is scaled to fit a box of 20 × 20 pixels, keeping its aspect, and the box is
 * placed in 28 × 28 pixels such that the ink's centre of mass is in the middle.
 *
 * MNIST scales scans; we scale lines before they are drawn, which loses nothing, and place the finished box by whole
 * pixels, as MNIST does.
 *
 * Source: LeCun, Cortes and Burges, "The MNIST database of handwritten digits".
 */
import type { Trace } from './deform.ts';

export const BOX_SIZE = 20;
export const PICTURE_SIZE = 28;
const FITTING_ROUNDS = 3;

/** Where the ink of traces ends when they are scaled by `scale`, in pixels: [left, right, top, bottom]. */
function inkBounds(
  traces: readonly Trace[],
  scale: number,
  penWidth: number,
): [number, number, number, number] {
  let left = Infinity;
  let right = -Infinity;
  let top = Infinity;
  let bottom = -Infinity;
  for (const { line, widths } of traces) {
    for (let i = 0; i < widths.length; i++) {
      const radius = (widths[i] * penWidth) / 2;
      const x = scale * line[2 * i];
      const y = scale * line[2 * i + 1];
      left = Math.min(left, x - radius);
      right = Math.max(right, x + radius);
      top = Math.min(top, y - radius);
      bottom = Math.max(bottom, y + radius);
    }
  }
  return [left, right, top, bottom];
}

/**
 * Scales and shifts traces in place so that their ink, drawn with a pen of `penWidth` pixels, just fits the box.
 * The pen does not scale with the digit, so the scale is found by repeated correction: each round leaves a small part
 * of the error of the one before.
 */
export function fitToBox(traces: readonly Trace[], penWidth: number): void {
  let scale = BOX_SIZE;
  let bounds = inkBounds(traces, scale, penWidth);
  for (let round = 0; round < FITTING_ROUNDS; round++) {
    const extent = Math.max(bounds[1] - bounds[0], bounds[3] - bounds[2]);
    scale *= (BOX_SIZE - penWidth) / (extent - penWidth);
    bounds = inkBounds(traces, scale, penWidth);
  }
  const shiftX = (BOX_SIZE - bounds[0] - bounds[1]) / 2;
  const shiftY = (BOX_SIZE - bounds[2] - bounds[3]) / 2;
  for (const { line } of traces) {
    for (let i = 0; i < line.length; i += 2) {
      line[i] = scale * line[i] + shiftX;
      line[i + 1] = scale * line[i + 1] + shiftY;
    }
  }
}

/** How far to shift the box, in whole pixels from the picture's top left, for its centre of mass to be in the middle. */
function placement(box: Float64Array): [x: number, y: number] {
  let mass = 0;
  let momentX = 0;
  let momentY = 0;
  for (let row = 0; row < BOX_SIZE; row++) {
    for (let column = 0; column < BOX_SIZE; column++) {
      const ink = box[row * BOX_SIZE + column];
      mass += ink;
      momentX += ink * (column + 0.5);
      momentY += ink * (row + 0.5);
    }
  }
  return [Math.round(PICTURE_SIZE / 2 - momentX / mass), Math.round(PICTURE_SIZE / 2 - momentY / mass)];
}

/** Writes a box of ink (0 to 1) as a picture of bytes to `picture`, which is all paper; what falls outside is lost. */
export function placeByMass(box: Float64Array, picture: Uint8Array): void {
  const [shiftX, shiftY] = placement(box);
  for (let row = 0; row < BOX_SIZE; row++) {
    const y = row + shiftY;
    if (y < 0 || y >= PICTURE_SIZE) continue;
    for (let column = 0; column < BOX_SIZE; column++) {
      const x = column + shiftX;
      if (x < 0 || x >= PICTURE_SIZE) continue;
      picture[y * PICTURE_SIZE + x] = Math.round(255 * box[row * BOX_SIZE + column]);
    }
  }
}
