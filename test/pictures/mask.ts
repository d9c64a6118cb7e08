/** Ink on a plane: how much of each pixel is covered, from 0 to 1. */
import type { Point, Polyline } from './strokes.ts';

export interface Mask {
  width: number;
  height: number;
  values: Float32Array;
}

/** Maps (x, y) to (a·x + c·y + e, b·x + d·y + f). */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

export function emptyMask(width: number, height: number): Mask {
  return { width, height, values: new Float32Array(width * height) };
}

export function apply([a, b, c, d, e, f]: Affine, [x, y]: Point): Point {
  return [a * x + c * y + e, b * x + d * y + f];
}

/** A map that scales by `scale`, turns by `angle` (radians, clockwise on screen) and moves the origin to (x, y). */
export function placed(scale: number, angle: number, x: number, y: number): Affine {
  const [cos, sin] = [Math.cos(angle) * scale, Math.sin(angle) * scale];
  return [cos, sin, -sin, cos, x, y];
}

/** First `second`, then `first`. */
export function after(first: Affine, second: Affine): Affine {
  const [a, b, c, d] = [
    ...apply([first[0], first[1], first[2], first[3], 0, 0], [second[0], second[1]]),
    ...apply([first[0], first[1], first[2], first[3], 0, 0], [second[2], second[3]]),
  ];
  return [a, b, c, d, ...apply(first, [second[4], second[5]])];
}

export function inverse([a, b, c, d, e, f]: Affine): Affine {
  const area = a * d - b * c;
  return [d / area, -b / area, -c / area, a / area, (c * f - d * e) / area, (b * e - a * f) / area];
}

/** Draws a stroke with round ends; `width` may differ from point to point. */
export function drawStroke(mask: Mask, stroke: Polyline, width: number | readonly number[]): void {
  const widthAt = (i: number) => (typeof width === 'number' ? width : width[i]);
  if (stroke.length === 1) drawSegment(mask, stroke[0], stroke[0], widthAt(0), widthAt(0));
  for (let i = 1; i < stroke.length; i++) {
    drawSegment(mask, stroke[i - 1], stroke[i], widthAt(i - 1), widthAt(i));
  }
}

function drawSegment({ width, height, values }: Mask, from: Point, to: Point, w0: number, w1: number): void {
  const reach = Math.max(w0, w1) / 2 + 1;
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const squared = dx * dx + dy * dy;
  const left = Math.max(0, Math.floor(Math.min(from[0], to[0]) - reach));
  const right = Math.min(width - 1, Math.ceil(Math.max(from[0], to[0]) + reach));
  const top = Math.max(0, Math.floor(Math.min(from[1], to[1]) - reach));
  const bottom = Math.min(height - 1, Math.ceil(Math.max(from[1], to[1]) + reach));
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const [px, py] = [x + 0.5 - from[0], y + 0.5 - from[1]];
      const t = squared > 0 ? Math.min(1, Math.max(0, (px * dx + py * dy) / squared)) : 0;
      const radius = (w0 + (w1 - w0) * t) / 2;
      const distance = Math.hypot(px - t * dx, py - t * dy);
      // Strokes thinner than a pixel are paler, not thinner.
      const cover =
        radius < 0.5 ? 2 * radius * Math.max(0, 1 - distance) : Math.min(1, radius + 0.5 - distance);
      const at = y * width + x;
      if (cover > values[at]) values[at] = cover;
    }
  }
}

/** Three box blurs in each direction, close to a Gaussian. The edge repeats outwards. `values` are changed. */
export function blur(values: Float32Array, width: number, height: number, sigma: number): void {
  if (sigma < 0.2) return;
  const radius = Math.sqrt(4 * sigma * sigma + 1) / 2 - 0.5;
  const turned = new Float32Array(values.length);
  blurRows(values, width, height, radius);
  transpose(values, turned, width, height);
  blurRows(turned, height, width, radius);
  transpose(turned, values, height, width);
}

function transpose(from: Float32Array, to: Float32Array, width: number, height: number): void {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) to[x * height + y] = from[y * width + x];
  }
}

/** Three running averages over 2·radius+1 values, whose last ones at each end count in part. */
function blurRows(values: Float32Array, width: number, height: number, radius: number): void {
  const whole = Math.floor(radius);
  const part = radius - whole;
  const share = 1 / (2 * radius + 1);
  const reach = whole + 1;
  // The row with its ends repeated as far as the average reaches.
  const line = new Float32Array(width + 2 * reach);
  for (let y = 0; y < height; y++) {
    const start = y * width;
    for (let pass = 0; pass < 3; pass++) {
      line.fill(values[start], 0, reach);
      line.set(values.subarray(start, start + width), reach);
      line.fill(values[start + width - 1], reach + width);
      let sum = 0;
      for (let i = 1; i <= 2 * whole + 1; i++) sum += line[i];
      for (let x = 0; x < width; x++) {
        const last = line[x + 2 * reach];
        values[start + x] = (sum + part * (line[x] + last)) * share;
        sum += last - line[x + 1];
      }
    }
  }
}

/** Parallel lines over the whole picture, the first at `first` and then every `spacing` pixels: rows, or columns. */
export function drawLines(
  mask: Mask,
  along: 'rows' | 'columns',
  first: number,
  spacing: number,
  thickness: number,
): void {
  const { width, height } = mask;
  const isRow = along === 'rows';
  for (let at = first; at < (isRow ? height : width); at += spacing) {
    const ends: [number, number][] = isRow
      ? [
          [-9, at],
          [width + 9, at],
        ]
      : [
          [at, -9],
          [at, height + 9],
        ];
    drawStroke(mask, ends, thickness);
  }
}
