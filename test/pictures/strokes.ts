/** Handwriting from skeletons: paths become polylines, bent and slanted a little differently each time. */
import type { Lot } from './lot.ts';

export type Point = readonly [x: number, y: number];
export type Polyline = Point[];

const STEPS_OF_CURVE = 14;

/** The strokes of path data made of M, L and C with absolute coordinates. */
export function strokesOf(path: string): Polyline[] {
  const strokes: Polyline[] = [];
  for (const [, command, list] of path.matchAll(/([MLC])([^MLC]*)/g)) {
    const values = list.trim().split(/\s+/).map(Number);
    const stroke = strokes.at(-1) ?? [];
    if (command === 'M') strokes.push([[values[0], values[1]]]);
    else if (command === 'L') {
      const [x, y] = stroke.at(-1)!;
      for (let i = 1; i <= STEPS_OF_CURVE; i++) {
        const t = i / STEPS_OF_CURVE;
        stroke.push([x + (values[0] - x) * t, y + (values[1] - y) * t]);
      }
    } else {
      const from = stroke.at(-1)!;
      for (let i = 1; i <= STEPS_OF_CURVE; i++) stroke.push(onCurve(from, values, i / STEPS_OF_CURVE));
    }
  }
  return strokes;
}

function onCurve([x, y]: Point, [x1, y1, x2, y2, x3, y3]: number[], t: number): Point {
  const s = 1 - t;
  const [a, b, c, d] = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
  return [a * x + b * x1 + c * x2 + d * x3, a * y + b * y1 + c * y2 + d * y3];
}

/** Bends strokes smoothly by about `amount` hundredths of the box, slants and stretches them. */
export function byHand(strokes: readonly Polyline[], lot: Lot, amount = 4): Polyline[] {
  const bend = bending(lot, amount);
  return strokes.map((stroke) => {
    const off: Point = [lot.normal() * amount * 0.3, lot.normal() * amount * 0.3];
    return stroke.map((point) => bend(point, off));
  });
}

/** The same for points: where each comes to lie, `off` by as much. */
export function bending(lot: Lot, amount: number): (point: Point, off?: Point) => Point {
  const waves = Array.from({ length: 4 }, () => ({
    kx: lot.between(-0.05, 0.05),
    ky: lot.between(-0.05, 0.05),
    phase: lot.between(0, 2 * Math.PI),
    dx: (lot.normal() * amount) / 2,
    dy: (lot.normal() * amount) / 2,
  }));
  const slant = lot.normal() * 0.1;
  const stretch = lot.scaleBetween(0.8, 1.15);
  return ([x, y], [offX, offY] = [0, 0]) => {
    let [bentX, bentY] = [x + offX, y + offY];
    for (const { kx, ky, phase, dx, dy } of waves) {
      const wave = Math.sin(kx * x + ky * y + phase);
      bentX += dx * wave;
      bentY += dy * wave;
    }
    return [(bentX - slant * (bentY - 50)) * stretch, bentY];
  };
}
