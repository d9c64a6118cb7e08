/**
 * Characters to be put on a picture: MNIST's digits, magnified so that they look written with a pen, or our own
 * handwriting. A glyph is one unit high, its ink begins at (0, 0), and it can be stamped with any map.
 */
import type { Dataset } from '../../src/data/dataset.ts';
import type { Lot } from './lot.ts';
import { type Affine, apply, drawStroke, inverse, type Mask } from './mask.ts';
import { DIGIT_STROKES, LETTER_STROKES } from './skeletons.ts';
import { byHand, type Point, type Polyline, strokesOf } from './strokes.ts';

export interface Glyph {
  text: string;
  /** In heights. */
  width: number;
  /** Points of its ink, dense enough that their extent is the ink's to within a stroke. */
  ink: readonly Point[];
  /** How far ink goes beyond its points, in heights. */
  reach: number;
  /** Thickness of its strokes, in heights. */
  stroke: number;
  stamp(mask: Mask, map: Affine): void;
}

const MNIST_SIZE = 28;
/** From which amount of ink on a magnified MNIST digit counts as covered. */
const EDGE = 0.4;

/** A digit of a data set like MNIST. */
export function mnistGlyph({ images, labels }: Dataset, index: number): Glyph {
  const pixels = images.subarray(index * MNIST_SIZE ** 2, (index + 1) * MNIST_SIZE ** 2);
  let [left, right, top, bottom, covered] = [MNIST_SIZE, 0, MNIST_SIZE, 0, 0];
  const inked: Point[] = [];
  pixels.forEach((amount, i) => {
    if (amount < 128) return;
    const [x, y] = [i % MNIST_SIZE, Math.floor(i / MNIST_SIZE)];
    left = Math.min(left, x);
    right = Math.max(right, x + 1);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y + 1);
    covered++;
    inked.push([x + 0.5, y + 0.5]);
  });
  const height = bottom - top;
  const unit = (x: number, y: number): Point => [(x - left) / height, (y - top) / height];
  return {
    text: `${labels[index]}`,
    width: (right - left) / height,
    ink: inked.map(([x, y]) => unit(x, y)),
    reach: 0.5 / height,
    stroke: covered / Math.max(height, right - left) / 1.8 / height,
    stamp(mask, map) {
      const corners = [unit(0, 0), unit(MNIST_SIZE, 0), unit(0, MNIST_SIZE), unit(MNIST_SIZE, MNIST_SIZE)];
      const there = corners.map((corner) => apply(map, corner));
      const xs = there.map(([x]) => x);
      const ys = there.map(([, y]) => y);
      const back = inverse(map);
      const pixelsPerCell = Math.sqrt(Math.abs(map[0] * map[3] - map[1] * map[2])) / height;
      // Where a cell of MNIST is about a pixel, its own grey edges are as soft as they should be. What is blank stays so.
      const steepness = Math.max(0.5 / EDGE, pixelsPerCell * 1.6);
      for (
        let y = Math.max(0, Math.floor(Math.min(...ys)));
        y < Math.min(mask.height, Math.max(...ys));
        y++
      ) {
        for (
          let x = Math.max(0, Math.floor(Math.min(...xs)));
          x < Math.min(mask.width, Math.max(...xs));
          x++
        ) {
          const [u, v] = apply(back, [x + 0.5, y + 0.5]);
          const amount = smoothAt(pixels, u * height + left, v * height + top);
          const cover = Math.min(1, Math.max(0, (amount - EDGE) * steepness + 0.5));
          const at = y * mask.width + x;
          if (cover > mask.values[at]) mask.values[at] = cover;
        }
      }
    },
  };
}

/** A cubic B-spline over the pixels: smooth everywhere, without ringing. */
function smoothAt(pixels: Uint8Array, x: number, y: number): number {
  const [column, row] = [Math.floor(x - 0.5), Math.floor(y - 0.5)];
  const across = splineWeights(x - 0.5 - column);
  const down = splineWeights(y - 0.5 - row);
  let sum = 0;
  for (let j = 0; j < 4; j++) {
    const py = row + j - 1;
    if (py < 0 || py >= MNIST_SIZE) continue;
    for (let i = 0; i < 4; i++) {
      const px = column + i - 1;
      if (px >= 0 && px < MNIST_SIZE) sum += across[i] * down[j] * pixels[py * MNIST_SIZE + px];
    }
  }
  return sum / 255;
}

function splineWeights(t: number): [number, number, number, number] {
  const s = 1 - t;
  return [(s * s * s) / 6, 2 / 3 - t * t + (t * t * t) / 2, 2 / 3 - s * s + (s * s * s) / 2, (t * t * t) / 6];
}

/** A digit in our own hand; `stroke` is the thickness in heights. */
export function ownDigit(digit: number, lot: Lot, stroke: number): Glyph {
  return strokesGlyph(`${digit}`, byHand(strokesOf(lot.pick(DIGIT_STROKES[digit])), lot), lot, stroke);
}

/** A letter in our own hand. */
export function ownLetter(lot: Lot, stroke: number): Glyph {
  const letter = lot.pick(Object.keys(LETTER_STROKES));
  return strokesGlyph(letter, byHand(strokesOf(LETTER_STROKES[letter]), lot), lot, stroke);
}

/** Any strokes, brought to one unit of height (of width, where they are wider than twice their height). */
export function strokesGlyph(text: string, strokes: readonly Polyline[], lot: Lot, stroke: number): Glyph {
  const xs = strokes.flatMap((line) => line.map(([x]) => x));
  const ys = strokes.flatMap((line) => line.map(([, y]) => y));
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const [breadth, height] = [Math.max(...xs) - left, Math.max(...ys) - top];
  const size = Math.max(height, breadth / 2, 1) / (1 - Math.min(0.5, stroke));
  const edge = Math.min(0.5, stroke) / 2;
  const lines = strokes.map((line) =>
    line.map(([x, y]): Point => [(x - left) / size + edge, (y - top) / size + edge]),
  );
  const pressure = lot.between(0, 0.35);
  // A brush begins and ends a stroke thin.
  const taper = lot.isLucky(0.2) ? lot.between(0.2, 0.5) : 1;
  const pressures = lines.map((line) => {
    const [rate, phase] = [lot.between(0.05, 0.2), lot.between(0, 7)];
    return line.map((_, i) => {
      const fromEnd = Math.min(i, line.length - 1 - i) / Math.max(1, line.length);
      const whole = Math.min(1, taper + fromEnd * 6);
      return whole * (1 - pressure * (0.5 + 0.5 * Math.sin(i * rate + phase)));
    });
  });
  return {
    text,
    width: breadth / size + 2 * edge,
    ink: lines.flat(),
    reach: stroke / 2,
    stroke,
    stamp(mask, map) {
      const scale = Math.sqrt(Math.abs(map[0] * map[3] - map[1] * map[2]));
      lines.forEach((line, i) => {
        drawStroke(
          mask,
          line.map((point) => apply(map, point)),
          pressures[i].map((press) => press * stroke * scale),
        );
      });
    },
  };
}
