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
  for (let i = 0; i < values.length; i++) values[i] = colour[i % 3];
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
  const [columns, rows] = [Math.ceil(width / grain) + 3, Math.ceil(height / grain) + 3];
  const coarse = Float32Array.from({ length: columns * rows }, () => lot.normal());
  blur(coarse, columns, rows, 0.7);
  const values = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / grain);
    const v = ease(y / grain - row);
    for (let x = 0; x < width; x++) {
      const column = Math.floor(x / grain);
      const u = ease(x / grain - column);
      const at = row * columns + column;
      const top = coarse[at] * (1 - u) + coarse[at + 1] * u;
      const bottom = coarse[at + columns] * (1 - u) + coarse[at + columns + 1] * u;
      values[y * width + x] = 2.5 * (top * (1 - v) + bottom * v);
    }
  }
  return values;
}

function ease(t: number): number {
  return t * t * (3 - 2 * t);
}

/** Makes the whole picture lighter and darker by clouds. */
export function mottle(image: Image, grain: number, amount: number, lot: Lot): void {
  const cloud = clouds(image.width, image.height, grain, lot);
  for (let i = 0; i < image.values.length; i++) image.values[i] *= 1 + amount * cloud[Math.floor(i / 3)];
}
