/** Pictures without a digit: a reader has to turn them away. */
import { lightUp, throughJpeg, toBytes } from '../camera.ts';
import { type Colour, clouds, filled, type Image, ink, varied } from '../colour.ts';
import { DOODLES } from '../doodles.ts';
import { ownLetter, strokesGlyph } from '../glyphs.ts';
import type { Lot } from '../lot.ts';
import { drawStroke, emptyMask } from '../mask.ts';
import type { Hand, Sample } from '../sample.ts';
import { byHand } from '../strokes.ts';
import { drawing, drawnRow } from './canvas.ts';
import { phonePhoto } from './phone.ts';
import { distantPhotoOfOne, emptyPage, photoOfOne, photoOfRow } from './photo.ts';
import { scan } from './scan.ts';

const MAKERS: Record<string, (lot: Lot) => Promise<Sample>> = {
  'blank page': (lot) => (lot.isLucky(0.5) ? emptyPage(lot) : blankCanvas(lot)),
  'empty lines': (lot) => emptyPage(lot, lot.pick(['ruled', 'squared'])),
  doodle: (lot) => {
    const name = lot.pick(Object.keys(DOODLES));
    return anywhere((stroke) => {
      // With a thicker pen its shape would be lost, and a blot might be a digit.
      const thin = Math.min(0.07, stroke);
      return strokesGlyph(name, byHand(DOODLES[name](lot), lot, 3), lot, thin);
    }, lot);
  },
  letter: (lot) => anywhere((stroke) => ownLetter(lot, Math.min(0.12, stroke)), lot),
  word: (lot) => lot.pick([photoOfRow, drawnRow])((stroke) => ownLetter(lot, Math.min(0.12, stroke)), lot),
  noise,
  scene,
  screen,
};

export const NOTHING_KINDS: readonly string[] = Object.keys(MAKERS);

export async function nothing(lot: Lot): Promise<Sample> {
  const kind = lot.pick([...NOTHING_KINDS, 'doodle', 'doodle', 'letter', 'scene']);
  const sample = await MAKERS[kind](lot);
  return { ...sample, kind, text: '', boxes: [] };
}

/** A letter by whatever hand, and no digit. */
export async function letterAlone(hand: Hand, lot: Lot): Promise<Sample> {
  const { picture } = await lot.pick([drawing, phonePhoto])(hand, lot);
  return { kind: 'letter', text: '', boxes: [], picture };
}

function anywhere(hand: Hand, lot: Lot): Promise<Sample> {
  return lot.pick([photoOfOne, distantPhotoOfOne, drawing, drawing, scan])(hand, lot);
}

async function blankCanvas(lot: Lot): Promise<Sample> {
  const size = lot.pick([28, 64, 280, 560]);
  const data = new Uint8Array(size * size).fill(lot.pick([0, 255, 255, 240, 128]));
  return { kind: '', text: '', boxes: [], picture: { width: size, height: size, channels: 1, data } };
}

async function noise(lot: Lot): Promise<Sample> {
  const width = lot.whole(28, 400);
  const height = lot.whole(28, 400);
  const strength = lot.between(0.05, 0.5);
  const grain = lot.pick([1, 1, 2, 5]);
  const image = filled(width, height, [0.5, 0.5, 0.5]);
  const cloud = clouds(width, height, Math.max(1.2, grain), lot);
  const isColoured = lot.isLucky(0.5);
  for (let i = 0; i < image.values.length; i++) {
    image.values[i] += strength * (isColoured && grain === 1 ? lot.normal() : cloud[Math.floor(i / 3)]);
  }
  return { kind: '', text: '', boxes: [], picture: toBytes(image) };
}

/** A landscape of hills, an animal of ellipses, or a still life of blobs. */
async function scene(lot: Lot): Promise<Sample> {
  const width = lot.whole(240, 900);
  const height = Math.round(width * lot.between(0.6, 1.3));
  const image = filled(width, height, [0, 0, 0]);
  lot.pick([landscape, animal, stillLife])(image, lot);
  texture(image, lot.between(0.02, 0.08), lot);
  lightUp(image, lot);
  return {
    kind: '',
    text: '',
    boxes: [],
    picture: await throughJpeg(toBytes(image), lot.whole(45, 92)),
  };
}

function texture(image: Image, amount: number, lot: Lot): void {
  const { width, height, values } = image;
  for (const grain of [2, 9, 40]) {
    const cloud = clouds(width, height, grain, lot);
    for (let i = 0; i < values.length; i++) values[i] *= 1 + amount * cloud[Math.floor(i / 3)];
  }
}

function landscape({ width, height, values }: Image, lot: Lot): void {
  const sky = varied([0.6, 0.75, 0.92], lot, 0.1);
  const hills = Array.from({ length: lot.whole(2, 4) }, (_, i) => ({
    line: clouds(width, 1, width / lot.between(2, 9), lot),
    height: height * (0.35 + 0.18 * i),
    rough: height * lot.between(0.03, 0.09),
    colour: varied([0.35 - 0.07 * i, 0.5 - 0.06 * i, 0.38 - 0.08 * i], lot, 0.08),
  }));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let colour: Colour = [sky[0], sky[1], sky[2] - (0.2 * y) / height];
      for (const hill of hills) if (y > hill.height + hill.rough * hill.line[x]) colour = hill.colour;
      values.set(colour, 3 * (y * width + x));
    }
  }
}

/** Fills an ellipse that is turned by `angle`. */
function ellipse(
  image: Image,
  cx: number,
  cy: number,
  rx: number,
  ry: number,
  angle: number,
  colour: Colour,
): void {
  const { width, height, values } = image;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const reach = Math.max(rx, ry);
  for (let y = Math.max(0, Math.floor(cy - reach)); y < Math.min(height, cy + reach); y++) {
    for (let x = Math.max(0, Math.floor(cx - reach)); x < Math.min(width, cx + reach); x++) {
      const [u, v] = [(cos * (x - cx) + sin * (y - cy)) / rx, (cos * (y - cy) - sin * (x - cx)) / ry];
      const edge = Math.min(1, Math.max(0, (1 - Math.hypot(u, v)) * Math.min(rx, ry) * 0.5));
      for (let c = 0; c < 3; c++) {
        const at = 3 * (y * width + x) + c;
        values[at] += (colour[c] - values[at]) * edge;
      }
    }
  }
}

function animal(image: Image, lot: Lot): void {
  const { width, height } = image;
  const floor = varied([0.6, 0.5, 0.4], lot, 0.2);
  const wall = varied([0.75, 0.72, 0.66], lot, 0.2);
  for (let i = 0; i < width * height; i++) image.values.set(i < width * height * 0.6 ? wall : floor, 3 * i);
  const fur = varied(
    lot.pick<Colour>([
      [0.75, 0.5, 0.25],
      [0.2, 0.2, 0.2],
      [0.5, 0.5, 0.5],
      [0.9, 0.88, 0.85],
    ]),
    lot,
    0.08,
  );
  const size = Math.min(width, height) * lot.between(0.25, 0.4);
  const [x, y] = [width * lot.between(0.35, 0.65), height * 0.55];
  const shade: Colour = [fur[0] * 0.7, fur[1] * 0.7, fur[2] * 0.7];
  ellipse(image, x + size * 0.9, y + size * 0.4, size * 0.55, size * 0.09, -0.9, shade);
  ellipse(image, x, y + size * 0.35, size * 0.75, size * 0.6, 0, fur);
  for (const side of [-1, 1]) {
    ellipse(image, x + side * size * 0.27, y - size * 0.75, size * 0.14, size * 0.26, side * 0.3, shade);
    ellipse(image, x + side * size * 0.35, y + size * 0.85, size * 0.16, size * 0.3, 0, shade);
  }
  ellipse(image, x, y - size * 0.4, size * 0.46, size * 0.4, 0, fur);
  for (const side of [-1, 1]) {
    ellipse(image, x + side * size * 0.17, y - size * 0.47, size * 0.09, size * 0.07, 0, [0.6, 0.75, 0.3]);
    ellipse(image, x + side * size * 0.17, y - size * 0.47, size * 0.03, size * 0.065, 0, [0.05, 0.05, 0.05]);
  }
  ellipse(image, x, y - size * 0.3, size * 0.05, size * 0.035, 0, [0.8, 0.45, 0.45]);
}

function stillLife(image: Image, lot: Lot): void {
  const { width, height } = image;
  const table = varied([0.5, 0.45, 0.4], lot, 0.3);
  for (let i = 0; i < width * height; i++) image.values.set(table, 3 * i);
  for (let i = lot.whole(3, 12); i > 0; i--) {
    const size = Math.min(width, height) * lot.between(0.05, 0.3);
    const colour: Colour = [lot.between(0.05, 1), lot.between(0.05, 1), lot.between(0.05, 1)];
    const [x, y] = [lot.between(0, width), lot.between(0, height)];
    ellipse(image, x, y, size, size * lot.between(0.4, 1), lot.between(0, 3), colour);
    ellipse(image, x - size * 0.3, y - size * 0.3, size * 0.2, size * 0.12, 0.5, [1, 1, 1]);
  }
}

/** A program's window: bars, buttons, and lines of text too small to be read. */
async function screen(lot: Lot): Promise<Sample> {
  const width = lot.whole(320, 900);
  const height = lot.whole(240, 700);
  const isDark = lot.isLucky(0.4);
  const image = filled(width, height, isDark ? [0.12, 0.13, 0.15] : [0.97, 0.97, 0.98]);
  const accent: Colour = [lot.between(0.1, 0.4), lot.between(0.3, 0.6), lot.between(0.6, 0.95)];
  const text: Colour = isDark ? [0.8, 0.8, 0.82] : [0.2, 0.2, 0.22];
  const panel: Colour = isDark ? [0.2, 0.21, 0.24] : [0.9, 0.91, 0.93];
  rectangle(image, 0, 0, width, lot.whole(24, 48), lot.isLucky(0.5) ? accent : panel);
  const side = lot.isLucky(0.6) ? lot.whole(60, Math.floor(width / 3)) : 0;
  rectangle(image, 0, 48, side, height, panel);
  const lines = emptyMask(width, height);
  for (let y = 70; y < height - 20; y += lot.whole(14, 26)) {
    for (const [from, to] of [
      [12, side - 12],
      [side + 16, width - lot.between(20, width / 3)],
    ]) {
      let x = from;
      while (x < to - 30) {
        const word = lot.between(12, 46);
        for (let letter = x; letter < x + word; letter += 5) {
          drawStroke(
            lines,
            [
              [letter, y - lot.between(0, 4)],
              [letter + lot.between(-2, 3), y + 4],
            ],
            1.1,
          );
          if (lot.isLucky(0.6))
            drawStroke(
              lines,
              [
                [letter, y],
                [letter + 3, y + lot.between(-3, 4)],
              ],
              1.1,
            );
        }
        x += word + 6;
      }
    }
    if (lot.isLucky(0.2)) {
      rectangle(image, side + 16, y + 10, lot.between(60, 130), 26, accent);
      y += 40;
    }
  }
  ink(image, lines, text, 0.85);
  return { kind: '', text: '', boxes: [], picture: toBytes(image) };
}

function rectangle(
  { width, height, values }: Image,
  x: number,
  y: number,
  w: number,
  h: number,
  colour: Colour,
): void {
  for (let py = Math.round(y); py < Math.min(height, y + h); py++) {
    for (let px = Math.round(x); px < Math.min(width, x + w); px++) values.set(colour, 3 * (py * width + px));
  }
}
