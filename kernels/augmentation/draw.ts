/**
 * What is drawn by chance for one picture.
 *
 * A picture is known by the step and its place in the batch, so that two copies of it in one batch are changed in two
 * ways. Its numbers are the first words of the stream (seed, augmentation, step, place), each always at the same place
 * whether it is used or not: a kernel on any backend finds its own without the others.
 */
import type { RandomPosition } from '../operation.ts';
import { Purpose, RandomStream } from '../random/reference.ts';
import { type Augmentation, MOST_LINES } from './spec.ts';

/** Rows from `top` to before `bottom`, and so the columns. */
export interface Rectangle {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

/** From (x, y) along (alongX, alongY), in pixels; `radius` is half its thickness. */
export interface Line {
  x: number;
  y: number;
  alongX: number;
  alongY: number;
  radius: number;
}

/** Half the thickness of the thinnest and of the thickest line, in pixels. */
export const LINE_RADII = [0.3, 1.2] as const;

export interface PictureDraw {
  /** Where a pixel comes from: (x, y) = matrix · (pixel - centre) + centre + shift. */
  xx: number;
  xy: number;
  yx: number;
  yy: number;
  shiftX: number;
  shiftY: number;
  /** Above 0 strokes grow, below they shrink. */
  thickness: number;
  contrast: number;
  brightness: number;
  noise: number;
  /** What is wiped out. */
  cut: Rectangle;
  /** Whether outlines take the place of strokes. */
  isOutlined: boolean;
  lines: Line[];
  /** What is shown in negative, which may be nothing; with `isAround`, all but that. */
  negative: Rectangle & { isAround: boolean };
}

export function drawPicture(
  spec: Augmentation,
  [height, width]: readonly [number, number],
  { seed, step }: Pick<RandomPosition, 'seed' | 'step'>,
  slot: number,
): PictureDraw {
  const random = new RandomStream(seed, Purpose.augmentation, step, slot);
  const either = (range: number) => random.between(-range, range);
  const angle = (either(spec.rotation) * Math.PI) / 180;
  const inverseX = 1 / (1 + either(spec.scale));
  const inverseY = 1 / (1 + either(spec.scale));
  const shear = either(spec.shear);
  const [shiftX, shiftY] = [either(spec.shift), either(spec.shift)];
  const thickness = either(spec.thickness);
  const shade = {
    contrast: 1 + either(spec.contrast),
    brightness: either(spec.brightness),
    noise: random.between(0, spec.noise),
  };
  const side = below(random, spec.cutOut + 1);
  const top = below(random, height) - (side >> 1);
  const left = below(random, width) - (side >> 1);
  const isOutlined = random.uniform() < spec.outline;
  const word = random.word();
  const isNegative = (word >>> 8) * 2 ** -24 < spec.negative;
  const last = random.word();
  const lineCount = belowOf(last, spec.lines + 1);
  const isSpoiled = (last & 0xffff) < spec.spoiled * 0x10000;
  const rectangle = rectangleBetween(
    [below(random, height + 1), below(random, height + 1)],
    [below(random, width + 1), below(random, width + 1)],
  );
  const lines = Array.from({ length: MOST_LINES }, () => drawLine(random, height, width)).slice(0, lineCount);
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  return {
    xx: (cosine + shear * sine) * inverseX,
    xy: (-sine + shear * cosine) * inverseX,
    yx: sine * inverseY,
    yy: cosine * inverseY,
    ...{ shiftX, shiftY, thickness },
    ...(isSpoiled ? shade : { contrast: 1, brightness: 0, noise: 0 }),
    cut: { top, bottom: top + side, left, right: left + side },
    isOutlined: isOutlined && isSpoiled,
    lines: isSpoiled ? lines : [],
    negative:
      isNegative && isSpoiled
        ? { ...rectangle, isAround: (word & 1) === 1 }
        : { top: 0, bottom: 0, left: 0, right: 0, isAround: false },
  };
}

function rectangleBetween(rows: [number, number], columns: [number, number]): Rectangle {
  return {
    ...{ top: Math.min(...rows), bottom: Math.max(...rows) },
    ...{ left: Math.min(...columns), right: Math.max(...columns) },
  };
}

/** A line between any two points of a picture. */
function drawLine(random: RandomStream, height: number, width: number): Line {
  const [x, y] = [random.uniform() * width, random.uniform() * height];
  const [alongX, alongY] = [random.uniform() * width - x, random.uniform() * height - y];
  return { x, y, alongX, alongY, radius: random.between(...LINE_RADII) };
}

/** A whole number below `count`, of at most 2^16, from the upper half of one word, as 32-bit integers can work it out. */
function below(random: RandomStream, count: number): number {
  return belowOf(random.word(), count);
}

function belowOf(word: number, count: number): number {
  return Math.floor(((word >>> 16) * count) / 0x10000);
}

/** Points that are moved by chance along a side of so many pixels: one on either side of the picture, and one more. */
export function controlPoints(size: number, spacing: number): number {
  return Math.floor((size - 1) / spacing) + 4;
}

/** Weights of the four control points around a place, `t` of the way from the second to the third. */
export function splineWeights(t: number): [number, number, number, number] {
  const outer = (distance: number) => distance ** 3 / 6;
  const inner = (distance: number) => (distance / 2 - 1) * distance ** 2 + 2 / 3;
  return [outer(1 - t), inner(t), inner(1 - t), outer(t)];
}

/**
 * By how much each pixel's source is moved: (x, y) for each pixel, row by row. Control point (row, column) has words
 * 2 · (row · columns + column) and the next of the stream (seed, elastic, step, place).
 */
export function drawField(
  { elastic, elasticSpacing: spacing }: Augmentation,
  [height, width]: readonly [number, number],
  { seed, step }: Pick<RandomPosition, 'seed' | 'step'>,
  slot: number,
): Float64Array {
  const field = new Float64Array(height * width * 2);
  if (elastic === 0) return field;
  const random = new RandomStream(seed, Purpose.elastic, step, slot);
  const columns = controlPoints(width, spacing);
  const points = Float64Array.from({ length: controlPoints(height, spacing) * columns * 2 }, () =>
    random.between(-elastic, elastic),
  );
  for (let row = 0; row < height; row++) {
    const down = splineWeights((row % spacing) / spacing);
    for (let column = 0; column < width; column++) {
      const across = splineWeights((column % spacing) / spacing);
      const first = Math.floor(row / spacing) * columns + Math.floor(column / spacing);
      for (let axis = 0; axis < 2; axis++) {
        let sum = 0;
        for (let i = 0; i < 4; i++) {
          for (let j = 0; j < 4; j++) {
            sum += down[i] * across[j] * points[2 * (first + i * columns + j) + axis];
          }
        }
        field[2 * (row * width + column) + axis] = sum;
      }
    }
  }
  return field;
}
