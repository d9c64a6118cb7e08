/** Small pictures made by hand, for tests. */
import type { Picture } from '../picture.ts';
import { createPlane, type Plane } from '../plane.ts';

/** `.` is 0, `#` is 1, a figure so many tenths; one string for each row. */
export function planeOf(...rows: string[]): Plane {
  const plane = createPlane(rows[0].length, rows.length);
  plane.data.set([...rows.join('')].map((sign) => (sign === '#' ? 1 : sign === '.' ? 0 : Number(sign) / 10)));
  return plane;
}

/** The other way round, for what is 0 or 1 alone. */
export function rowsOf({ width, height, data }: Plane): string[] {
  return Array.from({ length: height }, (_, y) =>
    Array.from(data.subarray(y * width, (y + 1) * width), (value) => (value > 0 ? '#' : '.')).join(''),
  );
}

export function planeBy(width: number, height: number, valueAt: (x: number, y: number) => number): Plane {
  const plane = createPlane(width, height);
  for (let i = 0; i < plane.data.length; i++) plane.data[i] = valueAt(i % width, Math.floor(i / width));
  return plane;
}

/** Corners of a pen's way. */
export type Stroke = readonly (readonly [x: number, y: number])[];

/** A digit in a box as high as 1 and as wide as 0.6, by its strokes. */
export const SHAPES = {
  0: [ring(0.3, 0.5, 0.3, 0.5)],
  1: [
    [
      [0.3, 0],
      [0.3, 1],
    ],
  ],
  4: [
    [
      [0.15, 0],
      [0, 0.6],
      [0.6, 0.6],
    ],
    [
      [0.45, 0.25],
      [0.45, 1],
    ],
  ],
  7: [
    [
      [0, 0],
      [0.6, 0],
      [0.2, 1],
    ],
  ],
} satisfies Record<number, Stroke[]>;

function ring(x: number, y: number, radiusX: number, radiusY: number): Stroke {
  return Array.from({ length: 33 }, (_, i) => {
    const angle = (i / 16) * Math.PI;
    return [x + radiusX * Math.cos(angle), y + radiusY * Math.sin(angle)] as const;
  });
}

/** A digit whose box has its upper left corner at (left, top), `height` pixels high. */
export function digitAt(digit: keyof typeof SHAPES, left: number, top: number, height: number): Stroke[] {
  return SHAPES[digit].map((stroke: Stroke) =>
    stroke.map(([x, y]) => [left + height * x, top + height * y] as const),
  );
}

/** The share of each pixel that round strokes of width `pen` cover, nearly. */
export function inkOf(width: number, height: number, strokes: readonly Stroke[], pen: number): Plane {
  const sections = strokes.flatMap((stroke) => stroke.slice(1).map((to, i) => [stroke[i], to] as const));
  return planeBy(width, height, (x, y) => {
    const distances = sections.map(([from, to]) => distanceTo(from, to, x + 0.5, y + 0.5));
    return Math.max(0, Math.min(1, 0.5 + pen / 2 - Math.min(...distances)));
  });
}

function distanceTo([x0, y0]: Stroke[number], [x1, y1]: Stroke[number], x: number, y: number): number {
  const square = (x1 - x0) ** 2 + (y1 - y0) ** 2;
  const along = square > 0 ? ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / square : 0;
  const share = Math.max(0, Math.min(1, along));
  return Math.hypot(x - x0 - share * (x1 - x0), y - y0 - share * (y1 - y0));
}

/** Ink of one grey on paper of another. */
export function greyPicture(ink: Plane, paper = 255, shade = 0): Picture {
  const data = Uint8Array.from(ink.data, (share) => Math.round(paper + share * (shade - paper)));
  return { width: ink.width, height: ink.height, channels: 1, data };
}

/** Ink of one colour on paper of another; with a fourth value in both, the opacity. */
export function colourPicture(ink: Plane, paper: readonly number[], colour: readonly number[]): Picture {
  const channels = paper.length as Picture['channels'];
  const data = new Uint8Array(ink.data.length * channels);
  data.forEach((_, i) => {
    const share = ink.data[Math.floor(i / channels)];
    const channel = i % channels;
    data[i] = Math.round(paper[channel] + share * (colour[channel] - paper[channel]));
  });
  return { width: ink.width, height: ink.height, channels, data };
}
