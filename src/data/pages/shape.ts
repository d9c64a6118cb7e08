/**
 * What can be put on a page: something drawn with a pen, or a digit that was scanned once and is written again.
 *
 * A shape's ink lies between 0 and `width` across and 0 and `height` down, and the larger of the two is 1. Drawing it adds
 * its ink to that of a picture and says where that came to lie.
 */
import type { Box } from '../../vision/picture.ts';
import type { Trace } from '../synthetic/deform.ts';
import { drawTraces } from '../synthetic/render.ts';
import type { Projection } from './projection.ts';

/** Where a shape goes on a page, and with what it is drawn there. */
export interface Placement {
  /** Where its top left corner comes to lie. */
  x: number;
  y: number;
  /** What a length of 1 becomes, in pixels. */
  size: number;
  /** About its middle, in radians, clockwise as seen. */
  rotation: number;
  /** Width of the pen, in pixels. */
  pen: number;
  /** Half the width of a line's grey edge, in pixels. */
  softness: number;
}

/** Ink of a picture, 0 to 1, row by row. */
export interface InkPlane {
  width: number;
  height: number;
  ink: Float64Array;
}

export interface Shape {
  width: number;
  height: number;
  /** The digit it is; undefined of what is none. */
  digit?: number;
  draw(plane: InkPlane, projection: Projection, placement: Placement): Box;
}

/** A shape that is drawn with a pen, of lines in any unit. */
export class Drawing implements Shape {
  readonly width: number;
  readonly height: number;
  readonly digit?: number;
  readonly #traces: readonly Trace[];

  /** The lines are moved and scaled in place. */
  constructor(traces: readonly Trace[], digit?: number) {
    let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
    for (const { line } of traces) {
      for (let i = 0; i < line.length; i += 2) {
        left = Math.min(left, line[i]);
        right = Math.max(right, line[i]);
        top = Math.min(top, line[i + 1]);
        bottom = Math.max(bottom, line[i + 1]);
      }
    }
    const extent = Math.max(right - left, bottom - top, 1e-6);
    this.width = (right - left) / extent;
    this.height = (bottom - top) / extent;
    this.digit = digit;
    this.#traces = traces;
    for (const { line } of traces) {
      for (let i = 0; i < line.length; i += 2) {
        line[i] = (line[i] - left) / extent;
        line[i + 1] = (line[i + 1] - top) / extent;
      }
    }
  }

  draw(plane: InkPlane, projection: Projection, placement: Placement): Box {
    const bounds = new Bounds();
    const place = placer(this, placement);
    const spot = new Float64Array(2);
    const drawn = this.#traces.map(({ line, widths }) => {
      const points = new Float64Array(line.length);
      for (let i = 0; i < line.length; i += 2) {
        place(line[i], line[i + 1], spot);
        projection.toPicture(spot[0], spot[1], spot);
        points[i] = spot[0];
        points[i + 1] = spot[1];
        bounds.add(spot[0], spot[1], (widths[i / 2] * placement.pen) / 2);
      }
      return { line: points, widths };
    });
    drawTraces(plane.ink, plane.width, drawn, placement.pen, placement.softness);
    return bounds.within(plane);
  }
}

/** From a shape's own lengths to those of the page. */
export function placer(
  { width, height }: { width: number; height: number },
  { x, y, size, rotation }: Placement,
): (across: number, down: number, out: Float64Array) => void {
  const cosine = size * Math.cos(rotation);
  const sine = size * Math.sin(rotation);
  const middleX = x + (size * width) / 2;
  const middleY = y + (size * height) / 2;
  return (across, down, out) => {
    const u = across - width / 2;
    const v = down - height / 2;
    out[0] = middleX + cosine * u - sine * v;
    out[1] = middleY + sine * u + cosine * v;
  };
}

/** The smallest box around spots. */
export class Bounds {
  #left = Infinity;
  #right = -Infinity;
  #top = Infinity;
  #bottom = -Infinity;

  add(x: number, y: number, radius: number): void {
    this.#left = Math.min(this.#left, x - radius);
    this.#right = Math.max(this.#right, x + radius);
    this.#top = Math.min(this.#top, y - radius);
    this.#bottom = Math.max(this.#bottom, y + radius);
  }

  /** In whole pixels, cut where a picture ends. */
  within({ width, height }: { width: number; height: number }): Box {
    const left = Math.max(0, Math.floor(this.#left));
    const top = Math.max(0, Math.floor(this.#top));
    const right = Math.min(width, Math.ceil(this.#right));
    const bottom = Math.min(height, Math.ceil(this.#bottom));
    return [left, top, Math.max(0, right - left), Math.max(0, bottom - top)];
  }
}
