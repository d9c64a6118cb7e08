/** A part of a plane at another size: averaged over areas where it becomes smaller, interpolated where larger. */
import { type Extent, heightOf, widthOf } from './components.ts';
import { createPlane, type Plane } from './plane.ts';

/** For each target pixel: the first source pixel it takes from, and the weights of that one and those after it. */
interface Taps {
  first: Int32Array;
  weights: Float32Array[];
}

/**
 * The part within `extent`, `scale` times as large, with `margin` empty target pixels around it. A last pixel that
 * is only partly covered is kept.
 */
export function resample(plane: Plane, extent: Extent, scale: number, margin = 0): Plane {
  const across = taps(widthOf(extent), scale);
  const down = taps(heightOf(extent), scale);
  const columns = across.first.length;
  const rows = down.first.length;
  const sideways = new Float32Array(heightOf(extent) * columns);
  for (let y = 0; y < heightOf(extent); y++) {
    const start = (extent.top + y) * plane.width + extent.left;
    for (let column = 0; column < columns; column++) {
      const weights = across.weights[column];
      let at = start + across.first[column];
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i] * plane.data[at++];
      sideways[y * columns + column] = sum;
    }
  }
  const result = createPlane(columns + 2 * margin, rows + 2 * margin);
  for (let row = 0; row < rows; row++) {
    const weights = down.weights[row];
    const target = (row + margin) * result.width + margin;
    for (let i = 0; i < weights.length; i++) {
      const weight = weights[i];
      const source = (down.first[row] + i) * columns;
      for (let column = 0; column < columns; column++) {
        result.data[target + column] += weight * sideways[source + column];
      }
    }
  }
  return result;
}

function taps(length: number, scale: number): Taps {
  const count = Math.max(1, Math.ceil(length * scale - 1e-3));
  const first = new Int32Array(count);
  const weights: Float32Array[] = [];
  for (let i = 0; i < count; i++) {
    if (scale <= 1) {
      const begin = i / scale;
      const end = Math.min(length, (i + 1) / scale);
      first[i] = Math.min(length - 1, Math.floor(begin + 1e-6));
      const last = Math.min(length, Math.max(first[i] + 1, Math.ceil(end - 1e-6)));
      const own = new Float32Array(last - first[i]);
      for (let j = 0; j < own.length; j++) {
        const overlap = Math.min(end, first[i] + j + 1) - Math.max(begin, first[i] + j);
        own[j] = Math.max(0, overlap) * scale;
      }
      weights.push(own);
    } else {
      // Beyond the extent is paper: half of the outermost pixel fades into it.
      const at = (i + 0.5) / scale - 0.5;
      const low = Math.floor(at);
      const share = at - low;
      first[i] = Math.max(0, Math.min(length - 1, low));
      const own: number[] = [];
      if (low >= 0) own.push(1 - share);
      if (low + 1 < length) own.push(share);
      weights.push(Float32Array.from(own));
    }
  }
  return { first, weights };
}
