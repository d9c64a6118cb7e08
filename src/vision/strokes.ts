/** How wide strokes are, and making them wider or narrower without losing their grey edges. */
import { largestAlongRows } from './around.ts';
import { createPlane, type Plane } from './plane.ts';

/**
 * Mean width of the strokes, in pixels: twice the ink's area over the length of its outline. The outline's length is
 * the sum of the gradient, which is right for grey edges too: a soft edge has a small gradient over a large area.
 */
export function strokeWidthOf({ width, height, data }: Plane): number {
  let area = 0;
  let outline = 0;
  for (let y = -1, i = -width; y < height; y++, i += width) {
    for (let x = -1; x < width; x++) {
      const isInside = x >= 0 && y >= 0;
      const value = isInside ? data[i + x] : 0;
      const right = y >= 0 && x + 1 < width ? data[i + x + 1] : 0;
      const below = x >= 0 && y + 1 < height ? data[i + width + x] : 0;
      area += value;
      outline += Math.sqrt((right - value) ** 2 + (below - value) ** 2);
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
  for (let i = 0; i < data.length; i++) data[i] = Math.max(data[i], plane.data[i] - opened.data[i]);
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
 * A large disc has thousands of pixels, but only as many rows as it is high. Of a row's whole pixels the largest comes
 * from a running maximum, whatever their number, so that only the disc's rim is gone through pixel by pixel.
 */
function largestInDisc(plane: Plane, radius: number): Plane {
  const result = createPlane(plane.width, plane.height);
  const reach = Math.ceil(radius);
  const shareAt = (x: number, y: number) => Math.min(1, radius + 1 - Math.hypot(x, y));
  const rowsByLength = new Map<number, number[]>();
  for (let y = -reach; y <= reach; y++) {
    let whole = 0;
    while (whole <= reach && shareAt(whole, y) === 1) whole++;
    if (whole > 0) rowsByLength.set(whole - 1, [...(rowsByLength.get(whole - 1) ?? []), y]);
    for (let x = whole; x <= reach; x++) {
      const share = shareAt(x, y);
      if (share <= 0) break;
      raise(result, plane, x, y, share);
      if (x > 0) raise(result, plane, -x, y, share);
    }
  }
  for (const [length, rows] of rowsByLength) {
    const largest = length > 0 ? largestAlongRows(plane, length) : plane;
    for (const y of rows) raise(result, largest, 0, y, 1);
  }
  return result;
}

/** Raises each pixel to a share of the one that is so much further right and down, where it is less. */
function raise(
  { width, height, data: lowest }: Plane,
  { data }: Plane,
  right: number,
  down: number,
  share: number,
): void {
  const top = Math.max(0, -down);
  const bottom = Math.min(height, height - down);
  const first = Math.max(0, -right);
  const last = Math.min(width, width - right);
  for (let y = top; y < bottom; y++) {
    const source = (y + down) * width + right;
    const target = y * width;
    for (let x = first; x < last; x++) {
      const value = share * data[source + x];
      if (value > lowest[target + x]) lowest[target + x] = value;
    }
  }
}
