/**
 * The leakage guard: which pictures of one data set are also in another.
 *
 * A network that has seen its test pictures scores too well, and joining data sets does that unnoticed: Kaggle's digits
 * are MNIST's, in another order. Two pictures count as the same where
 *
 * 1. their ink is the same to the byte, anywhere in the frame (a hash of it, see `ink.ts`), be it mirrored, turned by
 *    right angles or transposed: EMNIST's files, for example, have rows for columns;
 * 2. or one of them touches the frame, as if it had been shifted beyond it, and its ink is that of the other less up
 *    to three rows and three columns;
 * 3. or box and amount of ink nearly agree, and so do the pixels: what is left of a picture after rounding, faint noise or
 *    lossy compression.
 *
 * Pictures that were scanned or scaled anew have no pixel in common; `resampled.ts` looks for those. Blank pictures are
 * nobody's copy. The work grows with the number of pictures, but for the third rule, which compares
 * only pictures whose amount of ink differs by one in fifty.
 */
import { firstNotBelow } from './ascending.ts';
import type { Dataset } from './dataset.ts';
import { type Box, Ink, isEmpty } from './ink.ts';
import { otherOrientations } from './orientations.ts';

/** Rows and columns that a shift may have moved out of the frame. */
const MOST_LOST = 3;
/** What is left of the ink then. A stroke that is cut any further resembles too many others. */
const LEAST_LEFT = 2 / 3;
/** How much the amount of ink of near copies differs, as a share. */
const MASS_TOLERANCE = 0.02;
/**
 * How much the pixels of near copies differ in sum, as a share of the ink. Of MNIST's 60,000 training pictures none is
 * within 5 % of a test picture, one within 8 % and six within 10 %.
 */
const PIXEL_TOLERANCE = 0.04;
/** Less ink than this many full pixels is a dot, and all dots look alike. */
const LEAST_INK = 8 * 255;

/**
 * Says of each picture of `dataset` whether `held` has it too: 1 where it does. Sets of pictures of different sizes have
 * none in common.
 */
export function findCopies(dataset: Dataset, held: Dataset): Uint8Array {
  const isCopy = new Uint8Array(dataset.labels.length);
  if (dataset.shape.join() !== held.shape.join()) return isCopy;
  const ink = new Ink(dataset);
  const index = new HeldIndex(new Ink(held));
  for (let i = 0; i < ink.count; i++) if (index.has(ink, i)) isCopy[i] = 1;
  for (const oriented of otherOrientations(dataset)) {
    const turned = new Ink(oriented);
    for (let i = 0; i < turned.count; i++) if (isCopy[i] === 0 && index.hasSame(turned, i)) isCopy[i] = 1;
  }
  return isCopy;
}

/** Says of each picture whether the same ink came before it in the data set, in the same place or shifted: 1 if so. */
export function findRepeats(dataset: Dataset): Uint8Array {
  const ink = new Ink(dataset);
  const isRepeat = new Uint8Array(ink.count);
  const seen = new Set<number>();
  for (let i = 0; i < ink.count; i++) {
    const box = ink.look(i);
    if (isEmpty(box)) continue;
    const hash = ink.hash(box);
    if (seen.has(hash)) isRepeat[i] = 1;
    else seen.add(hash);
  }
  return isRepeat;
}

/** A number for each picture, the same where the ink is the same, wherever it lies; NaN where there is none. */
export function inkHashes(dataset: Dataset): Float64Array {
  const ink = new Ink(dataset);
  return Float64Array.from({ length: ink.count }, (_, i) => {
    const box = ink.look(i);
    return isEmpty(box) ? Number.NaN : ink.hash(box);
  });
}

function touchesFrame({ height, width }: Ink, box: Box): boolean {
  return box.top === 0 || box.left === 0 || box.bottom === height || box.right === width;
}

/** Calls `visit` with the hash of what is left of the picture for each way to lose rows and columns at its edges. */
function visitCuts(ink: Ink, box: Box, visit: (hash: number) => void): void {
  const least = ink.mass(box) * LEAST_LEFT;
  const cut = { ...box };
  for (let down = -MOST_LOST; down <= MOST_LOST; down++) {
    for (let across = -MOST_LOST; across <= MOST_LOST; across++) {
      if (down === 0 && across === 0) continue;
      cut.top = box.top + Math.max(0, down);
      cut.bottom = box.bottom + Math.min(0, down);
      cut.left = box.left + Math.max(0, across);
      cut.right = box.right + Math.min(0, across);
      if (isEmpty(cut) || ink.mass(cut) < least) continue;
      ink.trim(cut);
      visit(ink.hash(cut));
    }
  }
}

/** Pictures with boxes of one size, by their amount of ink. */
interface SameSize {
  masses: Float64Array;
  /** Where the pixels of each begin, those of its box. */
  starts: Uint32Array;
}

/** Pictures that must not be seen in training, so arranged that copies of them are found quickly. */
class HeldIndex {
  readonly #ink: Ink;
  readonly #whole = new Set<number>();
  /** What may be left of the pictures; made when the first picture asks for it. */
  #cuts: Set<number> | undefined;
  /** Pictures that touch the frame, and may be the rest of others. */
  readonly #touching = new Set<number>();
  readonly #bySize = new Map<number, SameSize>();

  constructor(ink: Ink) {
    this.#ink = ink;
    const groups = new Map<number, { mass: number; start: number }[]>();
    for (let i = 0; i < ink.count; i++) {
      const box = ink.look(i);
      if (isEmpty(box)) continue;
      const hash = ink.hash(box);
      this.#whole.add(hash);
      if (touchesFrame(ink, box)) this.#touching.add(hash);
      const size = sizeKey(box.bottom - box.top, box.right - box.left);
      const group = groups.get(size) ?? [];
      groups.set(size, group);
      group.push({ mass: ink.mass(box), start: ink.start(i) + box.top * ink.width + box.left });
    }
    for (const [size, group] of groups) {
      group.sort((one, other) => one.mass - other.mass);
      this.#bySize.set(size, {
        masses: Float64Array.from(group, ({ mass }) => mass),
        starts: Uint32Array.from(group, ({ start }) => start),
      });
    }
  }

  /** Whether one of the pictures is that at a position of another set. */
  has(ink: Ink, position: number): boolean {
    const box = ink.look(position);
    if (isEmpty(box)) return false;
    const hash = ink.hash(box);
    if (this.#whole.has(hash)) return true;
    if (touchesFrame(ink, box) && this.#cutsOfAll().has(hash)) return true;
    return this.#hasRest(ink, box) || this.#hasNear(ink, position, box);
  }

  /** Whether one of the pictures has the very same ink as that at a position of another set, and more than a dot. */
  hasSame(ink: Ink, position: number): boolean {
    const box = ink.look(position);
    return !isEmpty(box) && this.#whole.has(ink.hash(box)) && ink.mass(box) >= LEAST_INK;
  }

  #cutsOfAll(): Set<number> {
    if (this.#cuts) return this.#cuts;
    const cuts = new Set<number>();
    for (let i = 0; i < this.#ink.count; i++) {
      const box = this.#ink.look(i);
      if (!isEmpty(box)) visitCuts(this.#ink, box, (hash) => cuts.add(hash));
    }
    this.#cuts = cuts;
    return cuts;
  }

  /** Whether one of the pictures is what is left of this one. */
  #hasRest(ink: Ink, box: Box): boolean {
    if (this.#touching.size === 0) return false;
    let found = false;
    visitCuts(ink, box, (hash) => {
      found ||= this.#touching.has(hash);
    });
    return found;
  }

  #hasNear(ink: Ink, position: number, box: Box): boolean {
    const mass = ink.mass(box);
    if (mass < LEAST_INK) return false;
    const height = box.bottom - box.top;
    const width = box.right - box.left;
    const own = ink.start(position) + box.top * ink.width + box.left;
    for (let taller = -1; taller <= 1; taller++) {
      for (let wider = -1; wider <= 1; wider++) {
        const same = this.#bySize.get(sizeKey(height + taller, width + wider));
        if (!same) continue;
        // Where one box has a line more, that may be its first or its last.
        const area = { height: height + Math.min(0, taller), width: width + Math.min(0, wider) };
        for (let down = Math.min(0, taller); down <= Math.max(0, taller); down++) {
          for (let across = Math.min(0, wider); across <= Math.max(0, wider); across++) {
            const from = own + Math.max(0, -down) * ink.width + Math.max(0, -across);
            const skipped = Math.max(0, down) * ink.width + Math.max(0, across);
            if (this.#isAnyNear(same, skipped, ink, from, area, mass)) return true;
          }
        }
      }
    }
    return false;
  }

  /** Whether pixels of one of the pictures are near those in an area that begins at `from`. */
  #isAnyNear(
    { masses, starts }: SameSize,
    skipped: number,
    { images, width: line }: Ink,
    from: number,
    { height, width }: { height: number; width: number },
    mass: number,
  ): boolean {
    const held = this.#ink.images;
    const limit = mass * PIXEL_TOLERANCE;
    const most = mass * (1 + MASS_TOLERANCE);
    for (let i = firstNotBelow(masses, mass * (1 - MASS_TOLERANCE)); masses[i] <= most; i++) {
      let difference = 0;
      let one = from;
      let other = starts[i] + skipped;
      for (let row = 0; row < height && difference <= limit; row++, one += line, other += line) {
        for (let column = 0; column < width; column++) {
          difference += Math.abs(images[one + column] - held[other + column]);
        }
      }
      if (difference <= limit) return true;
    }
    return false;
  }
}

function sizeKey(height: number, width: number): number {
  return height * 4096 + width;
}
