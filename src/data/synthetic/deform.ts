/**
 * From a skeleton to the path a particular hand takes.
 *
 * The skeleton is bent by a few slow waves over the whole digit (so that lines that meet still meet), shaken along the
 * line, rounded where the hand was hasty, and then leaned, turned and stretched. Width follows the direction of the
 * line, as with a slanted nib, and pressure, which swells and fades along each stroke.
 */
import type { RandomStream } from '../../../kernels/random/reference.ts';
import { flatten, type Polyline, type Stroke, smooth } from './curve.ts';
import type { Style } from './style.ts';

/** A line and its width at each of its points, as a share of the pen's width. */
export interface Trace {
  line: Polyline;
  widths: Float64Array;
}

/** Length of a line's pieces, in digit heights: a little under a pixel of the finished picture. */
const STEP = 0.04;
const WAVES = 3;

/** A smooth displacement of the plane: for each axis, the sum of a few sine waves in random directions. */
function drawWarp(random: RandomStream, amplitude: number): (x: number, y: number, axis: number) => number {
  const waves = Array.from({ length: 2 * WAVES }, () => ({
    x: random.between(-5, 5),
    y: random.between(-5, 5),
    phase: random.between(0, 2 * Math.PI),
  }));
  return (x, y, axis) => {
    let sum = 0;
    for (let i = axis * WAVES; i < (axis + 1) * WAVES; i++) {
      sum += Math.sin(waves[i].x * x + waves[i].y * y + waves[i].phase);
    }
    return (amplitude / WAVES) * sum;
  };
}

/** Bends and shakes a line in place. */
function disturb(
  line: Polyline,
  warp: (x: number, y: number, axis: number) => number,
  style: Style,
  random: RandomStream,
): void {
  const phases = [random.between(0, 2 * Math.PI), random.between(0, 2 * Math.PI)];
  const paces = [random.between(0.3, 0.9), random.between(0.3, 0.9)];
  for (let i = 0; i < line.length; i += 2) {
    const x = line[i];
    const y = line[i + 1];
    for (let axis = 0; axis < 2; axis++) {
      const shake = style.tremor * Math.sin((paces[axis] * i) / 2 + phases[axis]);
      line[i + axis] += warp(x, y, axis) + shake;
    }
  }
}

/** Leans, turns and stretches a line in place, about the middle of the digit. */
function transform(line: Polyline, style: Style): void {
  const cosine = Math.cos(style.rotation);
  const sine = Math.sin(style.rotation);
  for (let i = 0; i < line.length; i += 2) {
    const down = line[i + 1] - 0.5;
    const across = (line[i] - 0.3) * style.aspect * (1 + style.taper * down) - style.slant * down;
    line[i] = cosine * across - sine * down;
    line[i + 1] = sine * across + cosine * down;
  }
}

/** Width at each point of a line by nib and pressure, as a share of the pen's width. */
function widthsAlong(line: Polyline, style: Style, random: RandomStream): Float64Array {
  const points = line.length / 2;
  const widths = new Float64Array(points);
  const phase = random.between(0, 2 * Math.PI);
  const pace = random.between(0.05, 0.3);
  for (let i = 0; i < points; i++) {
    const from = 2 * Math.max(i - 1, 0);
    const to = 2 * Math.min(i + 1, points - 1);
    const direction = Math.atan2(line[to + 1] - line[from + 1], line[to] - line[from]);
    const nib = style.nibContrast * Math.cos(2 * (direction - style.nibAngle));
    const swell = style.pressure * Math.sin(phase + pace * i) + style.roughness * random.normal();
    widths[i] = Math.max(0.3, 1 + nib + swell);
  }
  return widths;
}

/** The lines a hand of this style draws for these strokes, in digit heights around (0, 0). */
export function trace(strokes: readonly Stroke[], style: Style, random: RandomStream): Trace[] {
  const warp = drawWarp(random, style.warp);
  return strokes.map((stroke) => {
    const line = flatten(stroke, STEP);
    disturb(line, warp, style, random);
    smooth(line, style.haste);
    transform(line, style);
    return { line, widths: widthsAlong(line, style, random) };
  });
}
