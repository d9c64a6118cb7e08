/** How wide strokes are, and making them wider or narrower without losing their grey edges. */
import { createPlane, type Plane } from './plane.ts';

/**
 * Mean width of the strokes, in pixels: twice the ink's area over the length of its outline. The outline's length is
 * the sum of the gradient, which is right for grey edges too: a soft edge has a small gradient over a large area.
 */
export function strokeWidthOf({ width, height, data }: Plane): number {
  let area = 0;
  let outline = 0;
  for (let y = -1, i = -width; y < height; y++, i += width) {
    const isRow = y >= 0;
    const isRowBelow = y + 1 < height;
    for (let x = -1; x < width; x++) {
      const value = isRow && x >= 0 ? data[i + x] : 0;
      const across = (isRow && x + 1 < width ? data[i + x + 1] : 0) - value;
      const down = (isRowBelow && x >= 0 ? data[i + width + x] : 0) - value;
      area += value;
      outline += Math.sqrt(across * across + down * down);
    }
  }
  return outline > 0 ? (2 * area) / outline : 0;
}

/** Each pixel becomes the largest within `radius` pixels; between whole pixels of distance, a part of it. */
export function thicken(plane: Plane, radius: number): Plane {
  return largestInDisc(plane, radius);
}

/**
 * Takes `radius` pixels off both sides of strokes, but leaves those that would vanish: what the disc does not fit
 * into (the residue of an opening; Serra, "Image Analysis and Mathematical Morphology", 1982) stays as it is.
 */
export function thin(plane: Plane, radius: number): Plane {
  const paper = invert(plane);
  const eroded = invert(largestInDisc(paper, radius));
  const opened = largestInDisc(eroded, radius);
  const { data } = eroded;
  for (let i = 0; i < data.length; i++) {
    const residue = plane.data[i] - opened.data[i];
    if (residue > data[i]) data[i] = residue;
  }
  return eroded;
}

function invert({ width, height, data }: Plane): Plane {
  const result = createPlane(width, height);
  for (let i = 0; i < data.length; i++) result.data[i] = 1 - data[i];
  return result;
}

/**
 * The largest within `radius` pixels of each pixel; what is up to a pixel further away counts in part. `plane` has no
 * negative values.
 *
 * A large disc has thousands of pixels, but only as many rows as it is high, and those as far above its middle as below it are
 * the same. A row's whole pixels are a run, and of any run the largest is that of two, one at either end of it, as long as a
 * power of two. From the shortest row to the longest these double in place.
 */
function largestInDisc(plane: Plane, radius: number): Plane {
  const { width, height } = plane;
  const reach = Math.ceil(radius);
  const shareAt = (x: number, y: number) => Math.min(1, radius + 1 - Math.hypot(x, y));
  const wide = withPaperBeside(plane, reach);
  const runs = wide.data.slice();
  let power = 1;
  const result = createPlane(width, height);
  const row = createPlane(width, height);
  for (let y = reach; y >= 0; y--) {
    let whole = 0;
    while (whole <= reach && shareAt(whole, y) === 1) whole++;
    row.data.fill(0);
    if (whole > 0) {
      const length = 2 * whole - 1;
      for (; 2 * power <= length; power *= 2) doubleRuns(runs, power);
      raiseToPairs(row, { ...wide, data: runs }, reach - whole + 1, reach + whole - power, 1);
    }
    for (let x = whole; x <= reach && shareAt(x, y) > 0; x++) {
      raiseToPairs(row, wide, reach - x, reach + x, shareAt(x, y));
    }
    raiseBothWays(result, row, y);
  }
  return result;
}

/** Rows with `margin` pixels of paper before and after. */
function withPaperBeside({ width, height, data }: Plane, margin: number): Plane {
  const result = createPlane(width + 2 * margin, height);
  for (let y = 0; y < height; y++) {
    result.data.set(data.subarray(y * width, (y + 1) * width), y * result.width + margin);
  }
  return result;
}

/** From the largest of so many values from each on to that of twice as many; those at a row's end, of the next row's too. */
function doubleRuns(runs: Float32Array, power: number): void {
  for (let i = 0; i + power < runs.length; i++) if (runs[i + power] > runs[i]) runs[i] = runs[i + power];
}

/** Raises each pixel to a share of the larger of the two that are so much further right in the rows of a wider plane. */
function raiseToPairs(lowest: Plane, wide: Plane, one: number, other: number, share: number): void {
  const { width, height, data } = lowest;
  for (let y = 0; y < height; y++) {
    const end = (y + 1) * width;
    const start = y * wide.width;
    for (let i = y * width, a = start + one, b = start + other; i < end; i++, a++, b++) {
      const value = share * (wide.data[a] > wide.data[b] ? wide.data[a] : wide.data[b]);
      if (value > data[i]) data[i] = value;
    }
  }
}

/** Raises each pixel to those that are so much further down and up, where it is less. */
function raiseBothWays({ width, data: lowest }: Plane, { data }: Plane, away: number): void {
  const step = away * width;
  const { length } = data;
  for (let i = step; i < length; i++) {
    if (data[i] > lowest[i - step]) lowest[i - step] = data[i];
    if (data[i - step] > lowest[i]) lowest[i] = data[i - step];
  }
}
