/** Lines drawn across a picture, the same at any severity: see corruption.ts for the source. */
import { type Corruption, type Grey, mapPixels } from './corruption.ts';

interface Point {
  row: number;
  column: number;
}

/** Half the thickness of a line, in pixels up or down from its middle. */
const REACH = 2.3;

/** Ink of a line between two points, the first left of the second: strongest in its middle, less by a logarithm beside. */
function line(size: Pick<Grey, 'width' | 'height'>, from: Point, to: Point): Float64Array {
  const slope = (to.row - from.row) / (to.column - from.column);
  const [first, last] = [Math.floor(from.column), Math.ceil(to.column)];
  return mapPixels(size, (row, column) => {
    if (column < first || column >= last) return 0;
    const distance = Math.abs(row - (slope * (column - from.column) + from.row));
    return distance >= REACH ? 0 : Math.max(0, Math.log(1 - distance / REACH) + 1);
  });
}

/** A line from edge to edge, of which every other two columns are drawn. */
export const dottedLine: Corruption = {
  title: 'dotted line',
  severity: 3,
  apply(picture, _, random) {
    const { width, height, pixels } = picture;
    const from = { row: random.below(height - 1), column: 0 };
    const ink = line(picture, from, { row: random.below(height - 1), column: width - 1 });
    return pixels.map((value, i) => ((i % width) % 4 < 2 ? value : value + ink[i]));
  },
};

/** Length of half a zigzag along its way, and how far it goes to either side. */
const STRIDE = 2;
const SWING = 2;
/** Columns left free at either side, and rows that the end may be higher or lower by. */
const MARGIN = 2;
const SLANT = 5;

export const zigzag: Corruption = {
  title: 'zigzag',
  severity: 3,
  apply(picture, _, random) {
    const { width, height, pixels } = picture;
    const begin = { row: random.below(height - 1), column: MARGIN };
    const fall = random.below(2 * SLANT) - SLANT;
    const run = width - 1 - 2 * MARGIN;
    const angle = Math.atan2(fall, run);
    const length = Math.hypot(fall, run);
    const corners = [{ along: 0, aside: 0 }];
    for (let i = 0; (2 * i + 1) * STRIDE <= length; i++) {
      corners.push({ along: (2 * i + 1) * STRIDE, aside: i % 2 === 0 ? SWING : -SWING });
    }
    corners.push({ along: length, aside: 0 });
    const points = corners.map(({ along, aside }) => ({
      column: begin.column + along * Math.cos(angle) - aside * Math.sin(angle),
      row: begin.row + along * Math.sin(angle) + aside * Math.cos(angle),
    }));
    const drawn = Float64Array.from(pixels);
    for (let i = 1; i < points.length; i++) {
      const ink = line(picture, points[i - 1], points[i]);
      for (let at = 0; at < drawn.length; at++) drawn[at] = Math.min(1, drawn[at] + ink[at]);
    }
    return drawn;
  },
};
