/**
 * Edges by Canny's detector, the same at any severity: see corruption.ts for where it is from.
 *
 * The picture is blurred; Sobel's filters give each pixel's gradient; a pixel is a ridge where its gradient is at least
 * that of the places before and behind it, a pixel away along the gradient, between whose neighbours is interpolated.
 * Ridges above the high threshold are edges, and so are those above the low one that touch an edge.
 *
 * Source: Canny, "A computational approach to edge detection", 1986, with scikit-image's defaults.
 */
import { at, blurred, type Corruption, type Grey, mapPixels } from './corruption.ts';

const DEVIATION = 1;
const LOW = 0.1;
const HIGH = 0.2;

export const cannyEdges: Corruption = {
  title: 'canny edges',
  severity: 3,
  apply(picture) {
    const { width, height } = picture;
    const smooth = { width, height, pixels: smoothed(picture) };
    const across = {
      width,
      height,
      pixels: mapPixels(picture, (row, column) => sobel(smooth, row, column, false)),
    };
    const down = {
      width,
      height,
      pixels: mapPixels(picture, (row, column) => sobel(smooth, row, column, true)),
    };
    const strength = {
      ...{ width, height },
      pixels: across.pixels.map((value, i) => Math.hypot(value, down.pixels[i])),
    };
    const ridges = mapPixels(picture, (row, column) => {
      if (row === 0 || column === 0 || row === height - 1 || column === width - 1) return 0;
      const value = at(strength, row, column);
      return value >= LOW && isRidge(strength, row, column, at(across, row, column), at(down, row, column))
        ? value
        : 0;
    });
    return edgesOf({ width, height, pixels: ridges });
  },
};

/** Blurred as if there were nothing beyond the edges, not paper. */
function smoothed(picture: Grey): Float64Array {
  const share = blurred({ ...picture, pixels: picture.pixels.map(() => 1) }, DEVIATION, true);
  return blurred(picture, DEVIATION, true).map((value, i) => value / share[i]);
}

function sobel(picture: Grey, row: number, column: number, isDown: boolean): number {
  const within = (place: number, size: number) => Math.min(size - 1, Math.max(0, place));
  let sum = 0;
  for (const side of [-1, 1]) {
    for (const aside of [-1, 0, 1]) {
      const [r, c] = isDown ? [row + side, column + aside] : [row + aside, column + side];
      sum += side * (2 - Math.abs(aside)) * at(picture, within(r, picture.height), within(c, picture.width));
    }
  }
  return sum;
}

function isRidge(strength: Grey, row: number, column: number, across: number, down: number): boolean {
  const here = at(strength, row, column);
  const isSteep = Math.abs(down) >= Math.abs(across);
  const share = isSteep ? Math.abs(across / down) : Math.abs(down / across);
  const [rowStep, columnStep] = [Math.sign(down) || 1, Math.sign(across) || 1];
  for (const way of [1, -1]) {
    const straight = isSteep
      ? at(strength, row + way * rowStep, column)
      : at(strength, row, column + way * columnStep);
    const oblique = at(strength, row + way * rowStep, column + way * columnStep);
    if (share * oblique + (1 - share) * straight > here) return false;
  }
  return true;
}

/** Ridges that are strong, or joined to a strong one by others. */
function edgesOf(ridges: Grey): Float64Array {
  const edges = new Float64Array(ridges.pixels.length);
  const waiting: [row: number, column: number][] = [];
  const take = (row: number, column: number, threshold: number) => {
    const place = row * ridges.width + column;
    if (at(ridges, row, column) < threshold || edges[place] === 1) return;
    edges[place] = 1;
    waiting.push([row, column]);
  };
  for (let row = 0; row < ridges.height; row++) {
    for (let column = 0; column < ridges.width; column++) take(row, column, HIGH);
  }
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [row, column] = next;
    for (let i = -1; i <= 1; i++) for (let j = -1; j <= 1; j++) take(row + i, column + j, LOW);
  }
  return edges;
}
