/** What a camera does to a page: perspective, light and shadow, blur, noise, and JPEG. */
import sharp from 'sharp';
import type { Picture } from '../../src/vision/picture.ts';
import { clouds, type Image } from './colour.ts';
import type { Lot } from './lot.ts';
import { blur } from './mask.ts';
import type { Point } from './strokes.ts';

/** Maps points by the first eight numbers of a 3×3 matrix, of which the ninth is 1. */
export type Homography = readonly number[];

export function project([a, b, c, d, e, f, g, h]: Homography, [x, y]: Point): Point {
  const w = g * x + h * y + 1;
  return [(a * x + b * y + c) / w, (d * x + e * y + f) / w];
}

export function inverseOf([a, b, c, d, e, f, g, h]: Homography): Homography {
  const adjugate = [
    e - f * h,
    c * h - b,
    b * f - c * e,
    f * g - d,
    a - c * g,
    c * d - a * f,
    d * h - e * g,
    b * g - a * h,
  ];
  const last = a * e - b * d;
  return adjugate.map((value) => value / last);
}

/** A turn by `angle` about the centre of the picture, seen a little from the side. */
export function viewpoint(
  width: number,
  height: number,
  angle: number,
  lot: Lot,
  steepness: number,
): Homography {
  const [cx, cy] = [width / 2, height / 2];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const reach = Math.max(width, height);
  const [g, h] = [lot.between(-steepness, steepness) / reach, lot.between(-steepness, steepness) / reach];
  // Move the centre to the origin, turn, tilt, move back.
  const scaled = (x: number, y: number): [number, number, number] => {
    const [u, v] = [cos * x - sin * y, sin * x + cos * y];
    const w = g * u + h * v + 1;
    return [u + cx * w, v + cy * w, w];
  };
  const origin = scaled(-cx, -cy);
  const right = scaled(1 - cx, -cy);
  const down = scaled(-cx, 1 - cy);
  return [
    right[0] - origin[0],
    down[0] - origin[0],
    origin[0],
    right[1] - origin[1],
    down[1] - origin[1],
    origin[1],
    right[2] - origin[2],
    down[2] - origin[2],
  ].map((value) => value / origin[2]);
}

/** The page as seen: `view` maps the page's pixels to the picture's. Beyond the page its edge repeats. */
export function look(page: Image, view: Homography, width: number, height: number): Image {
  const [a, b, c, d, e, f, g, h] = inverseOf(view);
  const values = new Float32Array(width * height * 3);
  const source = page.values;
  const step = page.width * 3;
  let to = 0;
  for (let y = 0.5; y < height; y++) {
    for (let x = 0.5; x < width; x++) {
      const w = g * x + h * y + 1;
      const px = Math.min(page.width - 1.001, Math.max(0, (a * x + b * y + c) / w - 0.5));
      const py = Math.min(page.height - 1.001, Math.max(0, (d * x + e * y + f) / w - 0.5));
      const column = Math.floor(px);
      const row = Math.floor(py);
      const s = px - column;
      const t = py - row;
      const at = row * step + column * 3;
      for (let i = at; i < at + 3; i++) {
        const top = source[i] * (1 - s) + source[i + 3] * s;
        const bottom = source[i + step] * (1 - s) + source[i + step + 3] * s;
        values[to++] = top * (1 - t) + bottom * t;
      }
    }
  }
  return { width, height, values };
}

/** First `second`, then `first`. */
export function composed(first: Homography, second: Homography): Homography {
  const [a, b] = [
    [...first, 1],
    [...second, 1],
  ];
  const product = a.map((_, i) => {
    const [row, column] = [3 * Math.floor(i / 3), i % 3];
    return a[row] * b[column] + a[row + 1] * b[column + 3] + a[row + 2] * b[column + 6];
  });
  return product.slice(0, 8).map((value) => value / product[8]);
}

/** Lamps, hands and lenses. */
export function lightUp(image: Image, lot: Lot): void {
  const { width, height } = image;
  const brightness = lot.between(0.65, 1.05);
  const [gx, gy] = [lot.normal() * 0.15, lot.normal() * 0.15];
  const vignette = lot.isLucky(0.4) ? lot.between(0.1, 0.45) : 0;
  const soft = clouds(width, height, Math.max(width, height) / 2.5, lot);
  const softness = lot.between(0, 0.06);
  const shadow = lot.isLucky(0.4) ? shadowOf(width, height, lot) : undefined;
  const warmth = lot.normal() * 0.05;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [u, v] = [x / width - 0.5, y / height - 0.5];
      const i = y * width + x;
      let light = brightness * (1 + gx * u * 2 + gy * v * 2 + softness * soft[i]);
      light *= 1 - vignette * 2 * (u * u + v * v);
      if (shadow) light *= shadow[i];
      image.values[3 * i] *= light * (1 + warmth);
      image.values[3 * i + 1] *= light;
      image.values[3 * i + 2] *= light * (1 - warmth);
    }
  }
}

/** The reflection of a lamp or window on a glossy board: a soft bright spot. */
export function shine({ width, height, values }: Image, lot: Lot): void {
  const size = Math.max(width, height);
  const [cx, cy, radius] = [lot.between(0, width), lot.between(0, height), size * lot.between(0.08, 0.3)];
  const strength = lot.between(0.1, 0.35);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const glow = strength * Math.exp(-(((x - cx) / radius) ** 2) - ((y - cy) / radius) ** 2);
      const at = 3 * (y * width + x);
      for (let i = at; i < at + 3; i++) values[i] += glow;
    }
  }
}

/** A phone's (straight-edged) or a hand's (rounded) shadow, with soft edges: a factor for each pixel. */
function shadowOf(width: number, height: number, lot: Lot): Float32Array {
  const depth = lot.between(0.2, 0.55);
  const size = Math.max(width, height);
  const edge = size * lot.scaleBetween(0.01, 0.12);
  const angle = lot.between(0, 2 * Math.PI);
  const [nx, ny] = [Math.cos(angle), Math.sin(angle)];
  const offset = lot.between(-0.3, 0.3) * size;
  const isHand = lot.isLucky(0.5);
  const radius = size * lot.between(0.25, 0.6);
  const [cx, cy] = [width / 2 + nx * size * 0.6, height / 2 + ny * size * 0.6];
  const values = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const inside = isHand
        ? radius * (1 + 0.15 * Math.sin(5 * Math.atan2(y - cy, x - cx))) - Math.hypot(x - cx, y - cy)
        : nx * (x - width / 2) + ny * (y - height / 2) - offset;
      const t = Math.min(1, Math.max(0, inside / edge + 0.5));
      values[y * width + x] = 1 - depth * t * t * (3 - 2 * t);
    }
  }
  return values;
}

/** Strokes thinner than this, in pixels, are lost if a picture is blurred or noisy. */
export const THIN = 2.5;

/** Blurs and adds noise as far as strokes of `stroke` pixels stay legible. */
export function expose(image: Image, stroke: number, lot: Lot): void {
  const { width, height, values } = image;
  const isThin = stroke < THIN;
  if (lot.isLucky(0.35) && !isThin) {
    const defocus = Math.min(12, lot.between(0.2, 0.5) * stroke);
    if (defocus > 0.3) eachChannel(image, (plane) => blur(plane, width, height, defocus));
  }
  if (lot.isLucky(0.2) && !isThin) shake(image, lot.between(0.5, 1.1) * stroke, lot.between(0, Math.PI));
  const noise = lot.scaleBetween(0.002, isThin ? 0.012 : 0.035);
  const coarse = lot.isLucky(0.5) ? clouds(width, height, 2, lot) : undefined;
  for (let i = 0; i < width * height; i++) {
    const common = noise * (coarse ? 0.6 * coarse[i] : lot.roughNormal());
    for (let at = 3 * i; at < 3 * i + 3; at++) values[at] += common + noise * 0.4 * lot.roughNormal();
  }
}

function eachChannel({ width, height, values }: Image, change: (plane: Float32Array) => void): void {
  const plane = new Float32Array(width * height);
  for (let c = 0; c < 3; c++) {
    for (let i = 0; i < plane.length; i++) plane[i] = values[3 * i + c];
    change(plane);
    for (let i = 0; i < plane.length; i++) values[3 * i + c] = plane[i];
  }
}

/** Averages along a short way. */
function shake(image: Image, length: number, angle: number): void {
  const steps = Math.min(15, Math.max(2, Math.round(length)));
  const moves = Array.from({ length: steps }, (_, k) => {
    const along = (k / (steps - 1) - 0.5) * length;
    return { x: Math.round(along * Math.cos(angle)), y: Math.round(along * Math.sin(angle)) };
  });
  const { width, height, values } = image;
  const source = values.slice();
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let [red, green, blue] = [0, 0, 0];
      for (const move of moves) {
        const px = Math.min(width - 1, Math.max(0, x + move.x));
        const at = 3 * (Math.min(height - 1, Math.max(0, y + move.y)) * width + px);
        red += source[at];
        green += source[at + 1];
        blue += source[at + 2];
      }
      const to = 3 * (y * width + x);
      values[to] = red / steps;
      values[to + 1] = green / steps;
      values[to + 2] = blue / steps;
    }
  }
}

/** The picture in 8 bits. */
export function toBytes({ width, height, values }: Image): Picture {
  const data = new Uint8ClampedArray(values.length);
  for (let i = 0; i < values.length; i++) data[i] = values[i] * 255;
  return { width, height, channels: 3, data };
}

/** Through a JPEG file and back, at another size if `width` says so. */
export async function throughJpeg(picture: Picture, quality: number, width?: number): Promise<Picture> {
  const { channels, data } = picture;
  let image = sharp(data, { raw: { width: picture.width, height: picture.height, channels } });
  if (width) image = image.resize({ width, kernel: 'cubic' });
  const file = await image.jpeg({ quality }).toBuffer();
  const decoded = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  return {
    width: decoded.info.width,
    height: decoded.info.height,
    channels: decoded.info.channels as Picture['channels'],
    data: new Uint8Array(decoded.data),
  };
}
