/** What goes where on a page: digits and other things, in lines or anywhere, and how wide a pen writes them. */
import type { RandomStream } from '../../../kernels/random/reference.ts';
import type { Shape } from './shape.ts';
import { digitShape, type Hands, letterShape, otherShape } from './shapes.ts';

/** Where something goes on a page; lengths are in heights of a digit. */
export interface Item {
  shape: Shape;
  x: number;
  y: number;
  size: number;
  rotation: number;
  /** Of the pen, over the page's own. */
  pen: number;
}

export interface Layout {
  items: Item[];
  width: number;
  height: number;
  /** Width of the page's pen. */
  pen: number;
}

/** How many of the pages are written with a marker, or drawn with a finger or a fat brush. */
const MARKED = 0.2;
/** A pen that is wider than this wants so much more room between two digits as it is wider. */
const USUAL_PEN = 0.12;

/** Nothing begins higher than this on its page. */
const HIGHEST = 0.05;

/** A layout at random. */
export function drawLayout(hands: Hands, random: RandomStream): Layout {
  const pen = drawPen(random);
  const kind = random.uniform();
  const digit = () => digitShape(hands, random);
  if (kind < 0.2) return lines([[digit()]], pen, random);
  if (kind < 0.55) return lines([several(2, 8, digit, random)], pen, random);
  if (kind < 0.66) return lines([several(2, 5, digit, random), several(2, 5, digit, random)], pen, random);
  const other = () => otherShape(hands, random);
  if (kind < 0.74) {
    const either = () => (random.uniform() < 0.5 ? digit() : letterShape(random));
    return lines([several(3, 7, either, random)], pen, random);
  }
  if (kind < 0.84) return lines([several(2, 6, other, random)], pen, random);
  return kind < 0.97
    ? scattered(several(1, 4, other, random), pen, random)
    : { items: [], width: 4, height: 4, pen };
}

/** A pencil's, a pen's or a marker's width. */
function drawPen(random: RandomStream): number {
  return random.uniform() < MARKED ? random.between(0.18, 0.34) : 0.05 + 0.16 * random.uniform() ** 1.5;
}

function several(least: number, most: number, make: () => Shape, random: RandomStream): Shape[] {
  return Array.from({ length: least + random.below(most - least + 1) }, make);
}

/** Written in lines, from left to right, some of them so close that they touch. */
function lines(rows: readonly Shape[][], pen: number, random: RandomStream): Layout {
  const margin =
    rows.length === 1 && rows[0].length === 1 ? random.between(0.15, 1.6) : random.between(0.25, 1);
  const isTight = random.uniform() < 0.25;
  const items: Item[] = [];
  let width = 0;
  let bottom = margin;
  for (const shapes of rows) {
    let x = margin + (rows.length > 1 ? random.between(0, 0.5) : 0);
    for (const shape of shapes) {
      const size = shape.digit === undefined ? random.between(0.75, 1.25) : random.between(0.86, 1.14);
      const base = bottom + 1 + random.between(-0.06, 0.06);
      const y = Math.max(HIGHEST, base - size * shape.height);
      items.push({ shape, x, y, size, rotation: tilt(random), pen: 1 });
      const isTouching = isTight && random.uniform() < 0.6;
      const gap = isTouching ? random.between(-0.22, 0.04) : random.between(0.12, 0.6);
      x += size * shape.width + roomFor(pen) + gap;
    }
    width = Math.max(width, x + margin);
    bottom += 1 + random.between(0.25, 0.9);
  }
  return { items, width, height: bottom + margin - 0.2, pen };
}

/** Anywhere, side by side, of very different sizes and pens. */
function scattered(shapes: readonly Shape[], pen: number, random: RandomStream): Layout {
  const items: Item[] = [];
  const margin = random.between(0.2, 0.8);
  let x = margin;
  for (const shape of shapes) {
    const size = random.between(0.7, 2);
    const own = Math.exp(0.4 * random.normal());
    items.push({ shape, x, y: margin + random.between(0, 0.8), size, rotation: 2 * tilt(random), pen: own });
    x += size * shape.width + roomFor(pen) + random.between(0.15, 0.6);
  }
  const height = Math.max(...items.map(({ shape, y, size }) => y + size * shape.height)) + margin;
  return { items, width: x + margin, height, pen };
}

/** Fat strokes reach farther to either side. */
const roomFor = (pen: number) => Math.max(0, pen - USUAL_PEN);

const tilt = (random: RandomStream) => 0.06 * random.normal();
