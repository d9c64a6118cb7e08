/**
 * A picture to draw frames and short texts on. It needs no fonts, which many servers lack: digits and a few signs are
 * drawn from dots, five by seven each, enlarged in whole steps.
 */
import type { Picture } from '../vision/picture.ts';

export type Colour = readonly [red: number, green: number, blue: number];

const GLYPH_WIDTH = 5;
const GLYPH_HEIGHT = 7;

/** Rows of each sign from the top; the highest of five bits is the dot at the left. */
const GLYPHS: Readonly<Record<string, readonly number[]>> = {
  '0': [0b01110, 0b10001, 0b10011, 0b10101, 0b11001, 0b10001, 0b01110],
  '1': [0b00100, 0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110],
  '2': [0b01110, 0b10001, 0b00001, 0b00010, 0b00100, 0b01000, 0b11111],
  '3': [0b11111, 0b00010, 0b00100, 0b00010, 0b00001, 0b10001, 0b01110],
  '4': [0b00010, 0b00110, 0b01010, 0b10010, 0b11111, 0b00010, 0b00010],
  '5': [0b11111, 0b10000, 0b11110, 0b00001, 0b00001, 0b10001, 0b01110],
  '6': [0b00110, 0b01000, 0b10000, 0b11110, 0b10001, 0b10001, 0b01110],
  '7': [0b11111, 0b00001, 0b00010, 0b00100, 0b01000, 0b01000, 0b01000],
  '8': [0b01110, 0b10001, 0b10001, 0b01110, 0b10001, 0b10001, 0b01110],
  '9': [0b01110, 0b10001, 0b10001, 0b01111, 0b00001, 0b00010, 0b01100],
  '%': [0b11000, 0b11001, 0b00010, 0b00100, 0b01000, 0b10011, 0b00011],
  '?': [0b01110, 0b10001, 0b00001, 0b00010, 0b00100, 0b00000, 0b00100],
  '.': [0, 0, 0, 0, 0, 0b01100, 0b01100],
  ' ': [0, 0, 0, 0, 0, 0, 0],
};

/** Width and height of a text in pixels, with a dot of room around it. */
export function textSize(text: string, dot: number): { width: number; height: number } {
  return { width: (text.length * (GLYPH_WIDTH + 1) + 1) * dot, height: (GLYPH_HEIGHT + 2) * dot };
}

export class Canvas implements Picture {
  readonly width: number;
  readonly height: number;
  readonly channels = 3;
  readonly data: Uint8Array;

  constructor(width: number, height: number, [red, green, blue]: Colour = [255, 255, 255]) {
    this.width = width;
    this.height = height;
    this.data = new Uint8Array(width * height * 3);
    for (let at = 0; at < this.data.length; at += 3) {
      this.data[at] = red;
      this.data[at + 1] = green;
      this.data[at + 2] = blue;
    }
  }

  /** A copy of a picture, each pixel a square of `enlargement` pixels; what is transparent shows chequered grey. */
  static of(picture: Picture, enlargement = 1): Canvas {
    const { width, height, channels, data } = picture;
    const canvas = new Canvas(width * enlargement, height * enlargement);
    const isColoured = channels >= 3;
    const isClear = channels % 2 === 0;
    for (let y = 0; y < canvas.height; y++) {
      const row = Math.floor(y / enlargement) * width;
      for (let x = 0; x < canvas.width; x++) {
        const from = (row + Math.floor(x / enlargement)) * channels;
        const to = (y * canvas.width + x) * 3;
        const opacity = isClear ? data[from + channels - 1] / 255 : 1;
        const ground = ((x >> 3) + (y >> 3)) % 2 === 0 ? 112 : 144;
        for (let channel = 0; channel < 3; channel++) {
          const sample = data[from + (isColoured ? channel : 0)];
          canvas.data[to + channel] = ground + (sample - ground) * opacity;
        }
      }
    }
    return canvas;
  }

  /** Fills a rectangle, or what of it lies on the canvas. */
  fill(left: number, top: number, width: number, height: number, [red, green, blue]: Colour): void {
    const right = Math.min(this.width, Math.round(left + width));
    const bottom = Math.min(this.height, Math.round(top + height));
    for (let y = Math.max(0, Math.round(top)); y < bottom; y++) {
      for (let x = Math.max(0, Math.round(left)); x < right; x++) {
        const at = (y * this.width + x) * 3;
        this.data[at] = red;
        this.data[at + 1] = green;
        this.data[at + 2] = blue;
      }
    }
  }

  /** Draws the edges of a rectangle, as thick as told, outwards from it. */
  frame(left: number, top: number, width: number, height: number, thickness: number, colour: Colour): void {
    const outerWidth = width + 2 * thickness;
    this.fill(left - thickness, top - thickness, outerWidth, thickness, colour);
    this.fill(left - thickness, top + height, outerWidth, thickness, colour);
    this.fill(left - thickness, top, thickness, height, colour);
    this.fill(left + width, top, thickness, height, colour);
  }

  /** Writes a text on a ground of its own, a dot of it being a square of `dot` pixels. Unknown signs are question marks. */
  write(text: string, left: number, top: number, dot: number, colour: Colour, ground: Colour): void {
    const { width, height } = textSize(text, dot);
    this.fill(left, top, width, height, ground);
    [...text].forEach((sign, position) => {
      const rows = GLYPHS[sign] ?? GLYPHS['?'];
      const start = left + (1 + position * (GLYPH_WIDTH + 1)) * dot;
      rows.forEach((bits, row) => {
        for (let column = 0; column < GLYPH_WIDTH; column++) {
          if (((bits >> (GLYPH_WIDTH - 1 - column)) & 1) === 0) continue;
          this.fill(start + column * dot, top + (row + 1) * dot, dot, dot, colour);
        }
      });
    });
  }
}
