/** Pictures in colour while they are being made: red, green and blue from 0 (dark) to 1, as sRGB codes them. */
import type { Lot } from './lot.ts';
import { blur, type Mask } from './mask.ts';

export type Colour = readonly [red: number, green: number, blue: number];

export interface Image {
  width: number;
  height: number;
  /** height × width × 3. */
  values: Float32Array;
}

export function filled(width: number, height: number, colour: Colour): Image {
  const values = new Float32Array(width * height * 3);
  const [red, green, blue] = colour;
  for (let i = 0; i < values.length; i += 3) {
    values[i] = red;
    values[i + 1] = green;
    values[i + 2] = blue;
  }
  return { width, height, values };
}

export function varied(colour: Colour, lot: Lot, amount: number): Colour {
  const shift = lot.between(-amount, amount);
  const one = (value: number) => Math.min(1, Math.max(0, value + shift + lot.between(-amount, amount) * 0.4));
  return [one(colour[0]), one(colour[1]), one(colour[2])];
}

/** Lays ink over the picture wherever the mask says; `opacity` of 1 hides what is under it. */
export function ink(image: Image, { values: cover }: Mask, colour: Colour, opacity = 1): void {
  for (let i = 0; i < cover.length; i++) {
    const share = cover[i] * opacity;
    if (share <= 0) continue;
    for (let c = 0; c < 3; c++) {
      const at = 3 * i + c;
      image.values[at] += (colour[c] - image.values[at]) * share;
    }
  }
}

/** Uneven values about 0 whose detail is about `grain` pixels wide, of standard deviation near 1. */
export function clouds(width: number, height: number, grain: number, lot: Lot): Float32Array {
  const columns = Math.ceil(width / grain) + 3;
  const rows = Math.ceil(height / grain) + 3;
  const coarse = Float32Array.from({ length: columns * rows }, () => lot.roughNormal());
  blur(coarse, columns, rows, 0.7);
  const values = new Float32Array(width * height);
  const line = new Float32Array(columns);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / grain);
    const v = ease(y / grain - row);
    for (let i = 0; i < columns; i++) {
      line[i] = 2.5 * (coarse[row * columns + i] * (1 - v) + coarse[(row + 1) * columns + i] * v);
    }
    for (let x = 0; x < width; x++) {
      const column = Math.floor(x / grain);
      const u = ease(x / grain - column);
      values[y * width + x] = line[column] * (1 - u) + line[column + 1] * u;
    }
  }
  return values;
}

function ease(t: number): number {
  return t * t * (3 - 2 * t);
}

/** Makes the whole picture lighter and darker: by clouds, or pixel by pixel where the grain is as fine as that. */
export function mottle({ width, height, values }: Image, grain: number, amount: number, lot: Lot): void {
  const cloud = grain > 1 ? clouds(width, height, grain, lot) : undefined;
  for (let i = 0; i < width * height; i++) {
    const factor = 1 + amount * (cloud ? cloud[i] : lot.roughNormal());
    values[3 * i] *= factor;
    values[3 * i + 1] *= factor;
    values[3 * i + 2] *= factor;
  }
}
