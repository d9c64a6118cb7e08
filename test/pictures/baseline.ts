/**
 * Two simple ways of reading one digit, kept to show how hard the set is.
 *
 * One resizes the whole picture to 28×28 and stretches it from paper to ink, as the projects do that Inkling replaces. The other takes the classical
 * steps: grey, flattened light, Otsu's threshold, the largest piece of ink, 20×20, centre of mass.
 */
import type { Picture } from '../../src/vision/picture.ts';
import type { DigitClassifier } from '../../src/vision/reader.ts';
import { blur } from './mask.ts';

const SIZE = 28;
const INNER = 20;
/** Pixels of the resized picture along its edge whose median is taken for paper. */
const EDGE = 3;

export async function readSimply(
  classifier: DigitClassifier,
  picture: Picture,
): Promise<{ resized: string; classical: string }> {
  const answers = await classifier.classify([wholePicture(picture), classicalSteps(picture)]);
  const [resized, classical] = answers.map((probabilities) => {
    const digits = probabilities.slice(0, 10);
    return `${digits.indexOf(Math.max(...digits))}`;
  });
  return { resized, classical };
}

interface Plane {
  width: number;
  height: number;
  values: Float32Array;
}

/** Luminance from 0 to 255 on white, turned over where the edge is light, at most 500 pixels wide or high. */
function inkOf({ width, height, channels, data }: Picture): Plane {
  const values = new Float32Array(width * height);
  for (let i = 0; i < values.length; i++) {
    const at = i * channels;
    const light = channels < 3 ? data[at] : 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2];
    const opacity = channels % 2 === 0 ? data[at + channels - 1] / 255 : 1;
    values[i] = light * opacity + 255 * (1 - opacity);
  }
  const zoom = Math.min(1, 500 / Math.max(width, height));
  const plane = cut({ width, height, values }, 0, 0, width, height, zoom);
  let edge = 0;
  const { width: w, height: h } = plane;
  for (let x = 0; x < w; x++) edge += (plane.values[x] + plane.values[(h - 1) * w + x]) / (2 * w);
  if (edge > 127) for (let i = 0; i < plane.values.length; i++) plane.values[i] = 255 - plane.values[i];
  return plane;
}

/** A part of the plane, each pixel of the result the average of those it covers. */
function cut(from: Plane, left: number, top: number, w: number, h: number, zoom: number): Plane {
  const width = Math.max(1, Math.round(w * zoom));
  const height = Math.max(1, Math.round(h * zoom));
  const values = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const y0 = top + Math.floor((y * h) / height);
    const y1 = Math.max(y0 + 1, top + Math.floor(((y + 1) * h) / height));
    for (let x = 0; x < width; x++) {
      const x0 = left + Math.floor((x * w) / width);
      const x1 = Math.max(x0 + 1, left + Math.floor(((x + 1) * w) / width));
      let sum = 0;
      for (let py = y0; py < y1; py++)
        for (let px = x0; px < x1; px++) sum += from.values[py * from.width + px];
      values[y * width + x] = sum / ((y1 - y0) * (x1 - x0));
    }
  }
  return { width, height, values };
}

/** Lays a small plane on black paper of 28×28, its left top at (x, y). */
function laid({ width, values }: Plane, x: number, y: number): Uint8Array {
  const digit = new Uint8Array(SIZE * SIZE);
  for (let i = 0; i < values.length; i++) {
    const [px, py] = [x + (i % width), y + Math.floor(i / width)];
    if (px >= 0 && py >= 0 && px < SIZE && py < SIZE && py * SIZE + px < digit.length) {
      digit[py * SIZE + px] = Math.max(0, Math.min(255, Math.round(values[i])));
    }
  }
  return digit;
}

function wholePicture(picture: Picture): Uint8Array {
  const plane = inkOf(picture);
  const { width, height } = plane;
  const small = cut(plane, 0, 0, width, height, SIZE / Math.max(width, height));
  const edge = [...small.values].filter((_, i) => {
    const [x, y] = [i % small.width, Math.floor(i / small.width)];
    return Math.min(x, y, small.width - 1 - x, small.height - 1 - y) < EDGE;
  });
  const paper = edge.sort((a, b) => a - b)[edge.length >> 1];
  const darkest = small.values.reduce((most, value) => Math.max(most, value));
  small.values.forEach((value, i) => {
    small.values[i] = (255 * (value - paper)) / Math.max(1, darkest - paper);
  });
  return laid(small, (SIZE - small.width) >> 1, (SIZE - small.height) >> 1);
}

function classicalSteps(picture: Picture): Uint8Array {
  const plane = inkOf(picture);
  const { width, height, values } = plane;
  const ground = values.slice();
  blur(ground, width, height, Math.max(width, height) / 5);
  for (let i = 0; i < values.length; i++) values[i] = Math.max(0, values[i] - ground[i]);
  const threshold = otsu(values);
  const { left, top, right, bottom } = largestPiece(plane, threshold);
  const inkLevel = values.reduce((most, value) => Math.max(most, value), 1);
  const [w, h] = [right - left + 1, bottom - top + 1];
  const small = cut(plane, left, top, w, h, INNER / Math.max(w, h));
  let [sum, sumX, sumY] = [1e-9, 0, 0];
  small.values.forEach((value, i) => {
    small.values[i] = Math.min(255, (value / inkLevel) * 300);
    sum += value;
    sumX += value * (i % small.width);
    sumY += value * Math.floor(i / small.width);
  });
  return laid(small, Math.round(SIZE / 2 - 0.5 - sumX / sum), Math.round(SIZE / 2 - 0.5 - sumY / sum));
}

/** The level that parts values from 0 to 255 with the least spread on both sides (Otsu, 1979). */
function otsu(values: Float32Array): number {
  const histogram = new Float64Array(256);
  for (const value of values) histogram[Math.min(255, Math.round(value))]++;
  const all = histogram.reduce((sum, count, level) => sum + count * level, 0);
  let [best, most, below, sumBelow] = [0, -1, 0, 0];
  for (let level = 0; level < 255; level++) {
    below += histogram[level];
    sumBelow += histogram[level] * level;
    const above = values.length - below;
    if (below === 0 || above === 0) continue;
    const spread = below * above * (sumBelow / below - (all - sumBelow) / above) ** 2;
    if (spread > most) [best, most] = [level, spread];
  }
  return best;
}

/** The bounds of the largest connected piece above the threshold that does not touch the edge, if there is one. */
function largestPiece({ width, height, values }: Plane, threshold: number) {
  const seen = new Uint8Array(values.length);
  let best = { left: 0, top: 0, right: width - 1, bottom: height - 1 };
  let most = 0;
  for (let start = 0; start < values.length; start++) {
    if (seen[start] || values[start] <= threshold) continue;
    const stack = [start];
    seen[start] = 1;
    const piece = { left: width, top: height, right: 0, bottom: 0 };
    let count = 0;
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const [x, y] = [at % width, Math.floor(at / width)];
      count++;
      piece.left = Math.min(piece.left, x);
      piece.right = Math.max(piece.right, x);
      piece.top = Math.min(piece.top, y);
      piece.bottom = Math.max(piece.bottom, y);
      for (let py = Math.max(0, y - 1); py <= Math.min(height - 1, y + 1); py++) {
        for (let px = Math.max(0, x - 1); px <= Math.min(width - 1, x + 1); px++) {
          const next = py * width + px;
          if (seen[next] || values[next] <= threshold) continue;
          seen[next] = 1;
          stack.push(next);
        }
      }
    }
    const touches =
      piece.left === 0 || piece.top === 0 || piece.right === width - 1 || piece.bottom === height - 1;
    const worth = touches ? count / 1000 : count;
    if (worth > most) [best, most] = [piece, worth];
  }
  return best;
}
