/**
 * A page: digits and other things, written in lines or anywhere, and the picture somebody took of it, with the truth of what
 * lies where, to the pixel.
 */
import { Purpose, RandomStream } from '../../../kernels/random/reference.ts';
import type { Box, Picture } from '../../vision/picture.ts';
import { develop } from './develop.ts';
import { drawLayout } from './layout.ts';
import { drawLook } from './look.ts';
import { Projection } from './projection.ts';
import { drawScene } from './scene.ts';
import type { InkPlane } from './shape.ts';
import type { DigitSource, Hands } from './shapes.ts';

/** Something that was put on a page. */
export interface Truth {
  /** Undefined of what is no digit. */
  digit?: number;
  /** Where its ink is, in pixels of the picture. */
  box: Box;
  /** How many pixels are full of its ink, and no other's. */
  core: number;
}

export interface Page {
  picture: Picture;
  truth: Truth[];
  /**
   * Whose ink each pixel of the picture has: n where it is full of that of truth n − 1, −n at the fringe of that, and 0
   * where there is none.
   */
  owners: Int8Array;
}

/** Heights of digits in pixels. */
const SIZES = { least: 13, most: 72, mostAlone: 150 };
/** Pixels of a page, about, so that none takes long. */
const MOST_PIXELS = 40_000;
const STEEPEST = (15 * Math.PI) / 180;
/** How many of the pictures show no page. */
const SCENES = 0.06;

/** Draws page `index` of a seed, with digits of a source. */
export function drawPage(source: DigitSource, seed: number, index: number): Page {
  const random = new RandomStream(seed, Purpose.pages, index);
  if (random.uniform() < SCENES) {
    const picture = drawScene(random);
    return { picture, truth: [], owners: new Int8Array(picture.width * picture.height) };
  }
  const hands: Hands = {
    source,
    scannedShare: random.uniform() < 0.2 ? 0.5 : random.uniform() < 0.65 ? 1 : 0,
    threshold: random.between(0.22, 0.5),
  };
  const layout = drawLayout(hands, random);
  const most = layout.items.length === 1 ? SIZES.mostAlone : SIZES.most;
  const wanted = SIZES.least * (most / SIZES.least) ** random.uniform();
  const size = Math.max(
    SIZES.least,
    Math.min(wanted, Math.sqrt(MOST_PIXELS / (layout.width * layout.height))),
  );
  const look = drawLook(random, size);
  const isFlat = random.uniform() < 0.3;
  const projection = new Projection(size * layout.width, size * layout.height, {
    rotation: isFlat ? 0 : Math.max(-STEEPEST, Math.min(STEEPEST, 0.1 * random.normal())),
    lean: isFlat ? [0, 0] : [random.between(-0.06, 0.06), random.between(-0.06, 0.06)],
  });
  const { width, height } = projection;
  const plane: InkPlane = { width, height, ink: new Float64Array(width * height) };
  const pen = Math.max(1, size * layout.pen);
  const softness = random.between(0.5, 0.8);
  const owners = new Int8Array(width * height);
  const single: InkPlane = { width, height, ink: new Float64Array(width * height) };
  const boxes = layout.items.map(({ shape, x, y, size: share, rotation, pen: own }, item) => {
    const placement = { x: size * x, y: size * y, size: size * share, rotation, pen: pen * own, softness };
    const box = shape.draw(single, projection, placement);
    moveInk(single, plane, owners, item + 1);
    return box;
  });
  spreadOwners(owners, width, height, 1 + Math.round(0.03 * size));
  const cores = new Uint32Array(boxes.length);
  for (const owner of owners) if (owner > 0) cores[owner - 1]++;
  const truth = boxes.map((box, item) => ({ digit: layout.items[item].shape.digit, box, core: cores[item] }));
  return { picture: develop(plane, look, projection, random), truth, owners };
}

/** A pixel with more ink than this is full of it. */
const FULL = 0.5;

/** Moves the ink of one item to the page, and notes where it is the most there. */
function moveInk(from: InkPlane, to: InkPlane, owners: Int8Array, owner: number): void {
  const { ink } = from;
  for (let i = 0; i < ink.length; i++) {
    if (ink[i] === 0) continue;
    if (ink[i] > to.ink[i]) {
      to.ink[i] = ink[i];
      owners[i] = ink[i] > FULL ? owner : -owner;
    }
    ink[i] = 0;
  }
}

/** Widens the fringes of all items by so many pixels. */
function spreadOwners(owners: Int8Array, width: number, height: number, pixels: number): void {
  for (let round = 0; round < pixels; round++) {
    const before = owners.slice();
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const i = row * width + column;
        if (before[i] !== 0) continue;
        const next =
          (column > 0 && before[i - 1]) ||
          (column + 1 < width && before[i + 1]) ||
          (row > 0 && before[i - width]) ||
          (row + 1 < height && before[i + width]);
        if (next) owners[i] = -Math.abs(next);
      }
    }
  }
}
