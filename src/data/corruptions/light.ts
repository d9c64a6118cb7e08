/** What lies over a whole picture: light, fog, drops and stripes. See corruption.ts for the source. */
import type { RandomStream } from '../../../kernels/random/reference.ts';
import { blurred, type Corruption, mapPixels } from './corruption.ts';

const GLARE = [0.1, 0.2, 0.3, 0.4, 0.5];

export const brightness: Corruption = {
  title: 'brightness',
  severity: 5,
  apply: ({ pixels }, severity) => pixels.map((value) => Math.min(1, value + GLARE[severity - 1])),
};

/** How thick the fog is, and the root of how much lower each finer octave is. */
const FOG: [thickness: number, decay: number][] = [
  [1.5, 2],
  [2, 2],
  [2.5, 1.7],
  [2.5, 1.5],
  [3, 1.4],
];

/** Adds a fractal landscape, and dims the whole so that it fits. */
export const fog: Corruption = {
  title: 'fog',
  severity: 2,
  apply(picture, severity, random) {
    const [thickness, decay] = FOG[severity - 1];
    const side = 2 ** Math.ceil(Math.log2(Math.max(picture.width, picture.height)));
    const heights = landscape(side, decay, random);
    const most = Math.max(...picture.pixels);
    return mapPixels(picture, (row, column) => {
      const value = picture.pixels[row * picture.width + column] + thickness * heights[row * side + column];
      return (value * most) / (most + thickness);
    });
  },
};

/**
 * Heights from 0 to 1 on a square that continues itself beyond each edge, by the diamond-square algorithm: the middle of
 * four points is their mean and a random step, first of squares, then of the diamonds between, on ever finer grids.
 * Source: Fournier, Fussell, Carpenter, "Computer rendering of stochastic models", 1982.
 */
function landscape(side: number, decay: number, random: RandomStream): Float64Array {
  const heights = new Float64Array(side * side);
  const place = (row: number, column: number) => ((row + side) % side) * side + ((column + side) % side);
  let range = 1;
  const setMiddle = (row: number, column: number, corners: Offsets) => {
    const sum = corners.reduce(
      (total, [down, across]) => total + heights[place(row + down, column + across)],
      0,
    );
    heights[place(row, column)] = sum / 4 + random.between(-range, range);
  };
  for (let step = side; step >= 2; step /= 2) {
    const half = step / 2;
    for (let row = half; row < side; row += step) {
      for (let column = half; column < side; column += step) setMiddle(row, column, squareAround(half));
    }
    for (let row = 0; row < side; row += step) {
      for (let column = 0; column < side; column += step) {
        setMiddle(row, column + half, diamondAround(half));
        setMiddle(row + half, column, diamondAround(half));
      }
    }
    range /= decay ** 2;
  }
  const [least, most] = [Math.min(...heights), Math.max(...heights)];
  return heights.map((height) => (height - least) / (most - least));
}

type Offsets = readonly (readonly [down: number, across: number])[];

const squareAround = (half: number): Offsets => [
  [-half, -half],
  [-half, half],
  [half, -half],
  [half, half],
];

const diamondAround = (half: number): Offsets => [
  [-half, 0],
  [half, 0],
  [0, -half],
  [0, half],
];

/** Mean and deviation of the liquid, its blur, the level above which it shows, and the blur of the drops. */
const SPATTER: [mean: number, deviation: number, blur: number, level: number, drops: number][] = [
  [0.65, 0.3, 4, 0.69, 0.6],
  [0.65, 0.3, 3, 0.68, 0.6],
  [0.65, 0.3, 2, 0.68, 0.5],
  [0.65, 0.3, 1, 0.65, 1.5],
  [0.67, 0.4, 1, 0.65, 1.5],
];
const MUD = 63 / 255;
/** Drops end where less than this of them is left. */
const EDGE_OF_DROPS = 0.8;

/** Drops of mud that hide what is below. */
export const spatter: Corruption = {
  title: 'spatter',
  severity: 4,
  apply(picture, severity, random) {
    const [mean, deviation, blur, level, drops] = SPATTER[severity - 1];
    const noise = picture.pixels.map(() => mean + deviation * random.normal());
    const liquid = blurred({ ...picture, pixels: noise }, blur);
    const wet = liquid.map((depth) => (depth > level ? 1 : 0));
    const mud = blurred({ ...picture, pixels: wet }, drops);
    return picture.pixels.map((value, i) => {
      const share = mud[i] < EDGE_OF_DROPS ? 0 : mud[i];
      return value * (1 - share) + MUD * share;
    });
  },
};

/** The left and the right quarter in negative, at any severity. */
export const stripe: Corruption = {
  title: 'stripe',
  severity: 3,
  apply: ({ width, pixels }) =>
    pixels.map((value, i) => {
      const column = i % width;
      return column < width / 4 || column >= (3 * width) / 4 ? 1 - value : value;
    }),
};
