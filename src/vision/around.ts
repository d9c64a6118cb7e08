/** What is around each pixel: the largest and the smallest value, and the mean, in a square. */
import { createPlane, type Plane, transposed } from './plane.ts';

/**
 * The largest value within `reach` pixels to all sides of each pixel, in a square; at an edge, of those that are there.
 * Two passes, each with the running maximum of van Herk ("A fast algorithm for local minimum and maximum filters on
 * rectangular and octagonal kernels", 1992), so that the reach does not matter for the time.
 */
export function largestAround(plane: Plane, reach: number): Plane {
  if (reach < 1) return { ...plane, data: plane.data.slice() };
  if (reach <= SHORT_REACH) return largestNearby(plane, reach);
  return transposed(largestAlongRows(transposed(largestAlongRows(plane, reach)), reach));
}

/** Up to this reach it takes less time to compare all values than to prepare for comparing few. */
const SHORT_REACH = 3;

function largestNearby({ width, height, data }: Plane, reach: number): Plane {
  const along = data.slice();
  for (let away = 1; away <= reach; away++) {
    for (let start = 0; start < data.length; start += width) {
      const end = start + width;
      for (let i = start + away; i < end; i++) if (data[i - away] > along[i]) along[i] = data[i - away];
      for (let i = start; i < end - away; i++) if (data[i + away] > along[i]) along[i] = data[i + away];
    }
  }
  const result = along.slice();
  for (let away = width; away <= reach * width; away += width) {
    for (let i = away; i < result.length; i++) if (along[i - away] > result[i]) result[i] = along[i - away];
    for (let i = away; i < result.length; i++) if (along[i] > result[i - away]) result[i - away] = along[i];
  }
  return { width, height, data: result };
}

/** The smallest value around each pixel; see `largestAround`. */
export function smallestAround(plane: Plane, reach: number): Plane {
  const negative = createPlane(plane.width, plane.height);
  for (let i = 0; i < negative.data.length; i++) negative.data[i] = -plane.data[i];
  const result = largestAround(negative, reach);
  for (let i = 0; i < result.data.length; i++) result.data[i] = -result.data[i];
  return result;
}

/** The largest value within `reach` pixels to the left and right of each pixel. */
function largestAlongRows({ width, height, data }: Plane, reach: number): Plane {
  const result = createPlane(width, height);
  const span = 2 * reach + 1;
  const padded = Math.ceil((width + 2 * reach) / span) * span;
  // Blocks of a span each: the largest so far from the block's start, and from its end.
  const row = new Float32Array(padded).fill(-Infinity);
  const forward = new Float32Array(padded);
  const backward = new Float32Array(padded);
  for (let start = 0; start < data.length; start += width) {
    for (let x = 0; x < width; x++) row[reach + x] = data[start + x];
    for (let block = 0; block < padded; block += span) {
      let largest = -Infinity;
      for (let i = block; i < block + span; i++) {
        if (row[i] > largest) largest = row[i];
        forward[i] = largest;
      }
      largest = -Infinity;
      for (let i = block + span - 1; i >= block; i--) {
        if (row[i] > largest) largest = row[i];
        backward[i] = largest;
      }
    }
    for (let x = 0; x < width; x++) {
      const before = backward[x];
      const after = forward[x + 2 * reach];
      result.data[start + x] = before > after ? before : after;
    }
  }
  return result;
}

/** The mean within `reach` pixels to all sides, in a square; at an edge, of those that are there. */
export function meanAround(plane: Plane, reach: number): Plane {
  return meanAlongColumns(meanAlongRows(plane, reach), reach);
}

function meanAlongRows({ width, height, data }: Plane, reach: number): Plane {
  const result = createPlane(width, height);
  for (let start = 0; start < data.length; start += width) {
    let held = Math.min(reach, width);
    let sum = 0;
    for (let x = 0; x < held; x++) sum += data[start + x];
    for (let x = 0; x < width; x++) {
      if (x + reach < width) {
        sum += data[start + x + reach];
        held++;
      }
      if (x - reach > 0) {
        sum -= data[start + x - reach - 1];
        held--;
      }
      result.data[start + x] = sum / held;
    }
  }
  return result;
}

/** All columns at once, since pixels lie in memory row by row. */
function meanAlongColumns({ width, height, data }: Plane, reach: number): Plane {
  const result = createPlane(width, height);
  const sums = new Float64Array(width);
  let held = Math.min(reach, height);
  for (let y = 0; y < held; y++) {
    for (let x = 0; x < width; x++) sums[x] += data[y * width + x];
  }
  for (let y = 0; y < height; y++) {
    if (y + reach < height) {
      const start = (y + reach) * width;
      for (let x = 0; x < width; x++) sums[x] += data[start + x];
      held++;
    }
    if (y - reach > 0) {
      const start = (y - reach - 1) * width;
      for (let x = 0; x < width; x++) sums[x] -= data[start + x];
      held--;
    }
    const start = y * width;
    for (let x = 0; x < width; x++) result.data[start + x] = sums[x] / held;
  }
  return result;
}
