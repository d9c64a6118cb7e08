/**
 * One number for each pixel.
 *
 * Loops over all of them tell the larger of two by comparing: V8 has compiled most of them but quickly by the time one picture
 * is read, and such code calls `Math.min` and `Math.max`, and a typed array's `length`, instead of containing them.
 */

/** height × width numbers, row by row. */
export interface Plane {
  width: number;
  height: number;
  data: Float32Array;
}

export function createPlane(width: number, height: number): Plane {
  return { width, height, data: new Float32Array(width * height) };
}

/** Planes are transposed in squares of this many pixels a side, whose rows and columns both stay in the cache. */
const BLOCK = 32;

/** Columns as rows: what goes along columns goes faster along the rows of this. */
export function transposed({ width, height, data }: Plane): Plane {
  const result = createPlane(height, width);
  const turned = result.data;
  for (let top = 0; top < height; top += BLOCK) {
    const bottom = Math.min(height, top + BLOCK);
    for (let left = 0; left < width; left += BLOCK) {
      const right = Math.min(width, left + BLOCK);
      for (let x = left; x < right; x++) {
        for (let y = top; y < bottom; y++) turned[x * height + y] = data[y * width + x];
      }
    }
  }
  return result;
}

export function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}

/** The value that `rank` others come before in order of size, by Hoare's selection ("Algorithm 65: find", 1961). */
export function valueAtRank(values: Float32Array, rank: number): number {
  const sorted = values.slice();
  for (let first = 0, last = sorted.length - 1; first < last; ) {
    const pivot = sorted[(first + last) >> 1];
    let low = first;
    let high = last;
    while (low <= high) {
      while (sorted[low] < pivot) low++;
      while (sorted[high] > pivot) high--;
      if (low > high) break;
      const swapped = sorted[low];
      sorted[low++] = sorted[high];
      sorted[high--] = swapped;
    }
    if (rank <= high) last = high;
    else if (rank >= low) first = low;
    else break;
  }
  return sorted[rank];
}
