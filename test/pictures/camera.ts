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
  const back = inverseOf(view);
  const values = new Float32Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [u, v] = project(back, [x + 0.5, y + 0.5]);
      const px = Math.min(page.width - 1.001, Math.max(0, u - 0.5));
      const py = Math.min(page.height - 1.001, Math.max(0, v - 0.5));
      const [column, row] = [Math.floor(px), Math.floor(py)];
      const [s, t] = [px - column, py - row];
      const at = (row * page.width + column) * 3;
      const below = at + page.width * 3;
      for (let c = 0; c < 3; c++) {
        const top = page.values[at + c] * (1 - s) + page.values[at + 3 + c] * s;
        const bottom = page.values[below + c] * (1 - s) + page.values[below + 3 + c] * s;
        values[(y * width + x) * 3 + c] = top * (1 - t) + bottom * t;
      }
    }
  }
  return { width, height, values };
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

/** `stroke` is the thickness of the strokes in pixels: blur and noise leave them legible. */
export function expose(image: Image, stroke: number, lot: Lot): void {
  const { width, height, values } = image;
  const defocus = lot.isLucky(0.35) ? lot.between(0.2, 0.55) * stroke : 0.5;
  if (defocus > 0.3) eachChannel(image, (plane) => blur(plane, width, height, Math.min(defocus, 12)));
  if (lot.isLucky(0.2)) shake(image, lot.between(0.5, 1.2) * stroke, lot.between(0, Math.PI));
  const noise = lot.scaleBetween(0.002, 0.035);
  const coarse = lot.isLucky(0.5) ? clouds(width, height, 2, lot) : undefined;
  for (let i = 0; i < width * height; i++) {
    const common = noise * (coarse ? 0.6 * coarse[i] : lot.normal());
    for (let c = 0; c < 3; c++) values[3 * i + c] += common + noise * 0.4 * lot.normal();
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
  const { width, height, values } = image;
  const steps = Math.min(15, Math.max(2, Math.round(length)));
  const source = values.slice();
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const sum = [0, 0, 0];
      for (let k = 0; k < steps; k++) {
        const along = (k / (steps - 1) - 0.5) * length;
        const px = Math.min(width - 1, Math.max(0, Math.round(x + along * Math.cos(angle))));
        const py = Math.min(height - 1, Math.max(0, Math.round(y + along * Math.sin(angle))));
        for (let c = 0; c < 3; c++) sum[c] += source[(py * width + px) * 3 + c];
      }
      for (let c = 0; c < 3; c++) values[(y * width + x) * 3 + c] = sum[c] / steps;
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
