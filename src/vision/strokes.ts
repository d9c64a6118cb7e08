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
 * Along a row the disc holds all pixels up to some distance, and beyond it those that count in part. The largest of the former
 * is taken along the rows first, for all distances one after another, so that each row of the disc costs one comparison for a pixel.
 */
function largestInDisc({ width, height, data }: Plane, radius: number): Plane {
  const result = createPlane(width, height);
  const reach = Math.ceil(radius);
  const shareAt = (x: number, y: number) => Math.min(1, radius + 1 - Math.hypot(x, y));
  const along = data.slice();
  for (let x = 0; x <= reach; x++) {
    if (x > 0) widen(along, data, width, x);
    for (let y = -reach; y <= reach; y++) {
      const share = shareAt(x, y);
      if (share === 1 && shareAt(x + 1, y) < 1) takeLarger(result, along, 0, y, 1);
      if (share <= 0 || share === 1) continue;
      takeLarger(result, data, x, y, share);
      if (x > 0) takeLarger(result, data, -x, y, share);
    }
  }
  return result;
}

/** Looks `away` pixels further to both sides in each row. */
function widen(along: Float32Array, data: Float32Array, width: number, away: number): void {
  for (let start = 0; start < data.length; start += width) {
    const end = start + width;
    for (let i = start + away; i < end; i++) if (data[i - away] > along[i]) along[i] = data[i - away];
    for (let i = start; i < end - away; i++) if (data[i + away] > along[i]) along[i] = data[i + away];
  }
}

/** Each pixel becomes a share of the one that is so far from it, where that is larger. */
function takeLarger(
  { width, height, data: largest }: Plane,
  data: Float32Array,
  offsetX: number,
  offsetY: number,
  share: number,
): void {
  const top = Math.max(0, -offsetY);
  const bottom = Math.min(height, height - offsetY);
  const left = Math.max(0, -offsetX);
  const right = Math.min(width, width - offsetX);
  const source = offsetY * width + offsetX;
  for (let y = top; y < bottom; y++) {
    for (let i = y * width + left; i < y * width + right; i++) {
      const value = share * data[source + i];
      if (value > largest[i]) largest[i] = value;
    }
  }
}
