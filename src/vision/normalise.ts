/**
 * MNIST's form: the ink fits a box of 20×20 pixels with its aspect kept, and lies in 28×28 pixels such that its centre
 * of mass is in the middle. Strokes too thin or too fat for what MNIST's writers wrote are brought to their range.
 *
 * Source: LeCun, Cortes and Burges, "The MNIST database of handwritten digits".
 */
import { type Extent, heightOf, widthOf } from './components.ts';
import type { Plane } from './plane.ts';
import { resample } from './resample.ts';
import { FATTEST_STROKE, HAIRLINE_STROKE, THINNEST_STROKE, USUAL_FAT_STROKE } from './settings.ts';
import { strokeWidthOf, thicken, thin } from './strokes.ts';

/** Height and width of a digit, in pixels. */
export const DIGIT_SIZE = 28;
const BOX_SIZE = 20;
/** Pixels to one of the finished picture's while strokes are made thicker or thinner. */
const FINE = 4;
/** Room for strokes to grow, in fine pixels. */
const ROOM = 2 * FINE;
/** Paper around strokes, from which they are made thinner, in fine pixels. */
const PAPER = 1;

/**
 * The ink as 28×28 bytes, row by row: 255 is ink, 0 is paper. `ink` is 0 for paper and about 1 for ink; what lies
 * outside `extent` is left out. Its centre of mass comes to lie at `middle` pixels from the left and from the top.
 */
export function normalise(ink: Plane, extent: Extent, middle = DIGIT_SIZE / 2): Uint8Array<ArrayBuffer> {
  const larger = Math.max(widthOf(extent), heightOf(extent));
  const plain = place(resample(ink, extent, BOX_SIZE / larger), middle);
  const strokeWidth = strokeWidthOf(plain);
  const isThin = strokeWidth < THINNEST_STROKE;
  if (!isThin && strokeWidth <= FATTEST_STROKE) return toBytes(plain);

  // A hairline is paler than its width says after averaging, so its width is measured again in finer pixels.
  const fine = stretch(resample(ink, extent, (FINE * BOX_SIZE) / larger, isThin ? ROOM : PAPER));
  const fineWidth = strokeWidthOf(fine) / FINE;
  const wanted = isThin ? Math.max(HAIRLINE_STROKE, fineWidth) : USUAL_FAT_STROKE;
  const radius = (FINE * Math.abs(wanted - fineWidth)) / 2;
  const changed = isThin ? thicken(fine, radius) : thin(fine, radius);
  const bounds = inkBounds(changed);
  if (bounds === undefined) return toBytes(plain);
  const scale = BOX_SIZE / Math.max(widthOf(bounds), heightOf(bounds));
  return toBytes(place(resample(changed, bounds, scale), middle));
}

/** Lays a small plane in 28×28 pixels, moved by whole pixels until its centre of mass is next to the `middle`. */
function place(box: Plane, middle: number): Plane {
  let mass = 0;
  let momentX = 0;
  let momentY = 0;
  for (let y = 0, i = 0; y < box.height; y++) {
    for (let x = 0; x < box.width; x++, i++) {
      mass += box.data[i];
      momentX += box.data[i] * (x + 0.5);
      momentY += box.data[i] * (y + 0.5);
    }
  }
  const shiftX = mass > 0 ? Math.round(middle - momentX / mass) : 0;
  const shiftY = mass > 0 ? Math.round(middle - momentY / mass) : 0;
  const data = new Float32Array(DIGIT_SIZE * DIGIT_SIZE);
  for (let y = 0; y < box.height; y++) {
    const row = y + shiftY;
    if (row < 0 || row >= DIGIT_SIZE) continue;
    for (let x = 0; x < box.width; x++) {
      const column = x + shiftX;
      if (column < 0 || column >= DIGIT_SIZE) continue;
      data[row * DIGIT_SIZE + column] = box.data[y * box.width + x];
    }
  }
  return { width: DIGIT_SIZE, height: DIGIT_SIZE, data };
}

/** Strokes as black as a pen's: the darkest pixel becomes 1. */
function stretch(plane: Plane): Plane {
  const { width, height, data } = plane;
  let darkest = 0;
  for (let i = 0; i < data.length; i++) if (data[i] > darkest) darkest = data[i];
  if (darkest === 0) return plane;
  const stretched = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) stretched[i] = data[i] / darkest;
  return { width, height, data: stretched };
}

function toBytes(plane: Plane): Uint8Array<ArrayBuffer> {
  const { data } = stretch(plane);
  const bytes = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) bytes[i] = Math.round(255 * data[i]);
  return bytes;
}

function inkBounds({ width, height, data }: Plane): Extent | undefined {
  const bounds = { left: width, top: height, right: 0, bottom: 0 };
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (data[i] < 0.2) continue;
      if (x < bounds.left) bounds.left = x;
      if (x >= bounds.right) bounds.right = x + 1;
      if (y < bounds.top) bounds.top = y;
      bounds.bottom = y + 1;
    }
  }
  return bounds.right > bounds.left ? bounds : undefined;
}
