/**
 * Ink that hangs together: every pixel of ink gets the number of its component, and each component its measures.
 *
 * Two passes over rows with a table of equal numbers (Rosenfeld and Pfaltz, "Sequential operations in digital picture
 * processing", 1966); pixels that touch at a corner hang together.
 */
import { largestAround } from './around.ts';
import type { Plane } from './plane.ts';
import { INK_THRESHOLD } from './settings.ts';

/** Columns left to right - 1 and rows top to bottom - 1. */
export interface Extent {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export interface Component extends Extent {
  /** What its pixels are numbered with; 0 is no ink. */
  label: number;
  /** Pixels of ink. */
  area: number;
  /** Sides of its pixels that border on paper. */
  outline: number;
  /** Of its pixels, those at the left, upper, right and lower edge of the plane. */
  contacts: [left: number, top: number, right: number, bottom: number];
}

export interface Labelled {
  width: number;
  height: number;
  labels: Int32Array;
  /** Component i has label i + 1. */
  components: Component[];
}

/** Components of ink; with a `reach`, what is no further apart than twice that many pixels hangs together too. */
export function findComponents(ink: Plane, reach = 0): Labelled {
  const { width, height, data } = reach > 0 ? largestAround(ink, reach) : ink;
  const labels = new Int32Array(width * height);
  const parents: number[] = [0];
  const rootOf = (label: number): number => {
    let root = label;
    while (parents[root] !== root) root = parents[root];
    for (let at = label; parents[at] !== root; ) {
      const next = parents[at];
      parents[at] = root;
      at = next;
    }
    return root;
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0, i = y * width; x < width; x++, i++) {
      if (data[i] < INK_THRESHOLD) continue;
      const left = x > 0 ? labels[i - 1] : 0;
      const above = y > 0 ? labels[i - width] : 0;
      const aboveLeft = x > 0 && y > 0 ? labels[i - width - 1] : 0;
      const aboveRight = x + 1 < width && y > 0 ? labels[i - width + 1] : 0;
      const first = above || left || aboveLeft || aboveRight;
      if (first === 0) {
        labels[i] = parents.length;
        parents.push(parents.length);
        continue;
      }
      labels[i] = first;
      // Only the pixel above right can be of another component than the others that touch this one.
      if (aboveRight !== 0 && aboveRight !== first) {
        const a = rootOf(first);
        const b = rootOf(aboveRight);
        if (a !== b) parents[Math.max(a, b)] = Math.min(a, b);
      }
    }
  }
  if (reach > 0) {
    for (let i = 0; i < labels.length; i++) if (ink.data[i] < INK_THRESHOLD) labels[i] = 0;
  }
  return measure(width, height, labels, parents, rootOf);
}

function measure(
  width: number,
  height: number,
  labels: Int32Array,
  parents: number[],
  rootOf: (label: number) => number,
): Labelled {
  const numbers = new Int32Array(parents.length);
  const components: Component[] = [];
  for (let label = 1; label < parents.length; label++) {
    const root = rootOf(label);
    if (numbers[root] === 0) {
      numbers[root] = components.length + 1;
      components.push({
        label: components.length + 1,
        left: width,
        top: height,
        right: 0,
        bottom: 0,
        area: 0,
        outline: 0,
        contacts: [0, 0, 0, 0],
      });
    }
    numbers[label] = numbers[root];
  }
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (labels[i] === 0) continue;
      labels[i] = numbers[labels[i]];
      const component = components[labels[i] - 1];
      component.area++;
      component.outline += paperSides(labels, width, height, x, y, i);
      if (x < component.left) component.left = x;
      if (x >= component.right) component.right = x + 1;
      if (y < component.top) component.top = y;
      component.bottom = y + 1;
      if (x === 0) component.contacts[0]++;
      if (y === 0) component.contacts[1]++;
      if (x === width - 1) component.contacts[2]++;
      if (y === height - 1) component.contacts[3]++;
    }
  }
  return { width, height, labels, components };
}

function paperSides(
  labels: Int32Array,
  width: number,
  height: number,
  x: number,
  y: number,
  i: number,
): number {
  let sides = 0;
  if (x > 0 && labels[i - 1] === 0) sides++;
  if (x + 1 < width && labels[i + 1] === 0) sides++;
  if (y > 0 && labels[i - width] === 0) sides++;
  if (y + 1 < height && labels[i + width] === 0) sides++;
  return sides;
}

/** How wide its strokes are on average: an outline along pixels' sides is 4/π times as long as the line it stands for. */
export function thicknessOf({ area, outline }: Component): number {
  return outline > 0 ? (2 * area * (4 / Math.PI)) / outline : Infinity;
}

export function widthOf({ left, right }: Extent): number {
  return right - left;
}

export function heightOf({ top, bottom }: Extent): number {
  return bottom - top;
}

/** The smallest extent around several. */
export function around(extents: readonly Extent[]): Extent {
  const [{ left, top, right, bottom }] = extents;
  const all = { left, top, right, bottom };
  for (const extent of extents) {
    all.left = Math.min(all.left, extent.left);
    all.top = Math.min(all.top, extent.top);
    all.right = Math.max(all.right, extent.right);
    all.bottom = Math.max(all.bottom, extent.bottom);
  }
  return all;
}

/** How many pixels two are apart, across or down, whichever is more; 0 where they overlap in both. */
export function distanceOf(one: Extent, other: Extent): number {
  const across = Math.max(0, other.left - one.right, one.left - other.right);
  const down = Math.max(0, other.top - one.bottom, one.top - other.bottom);
  return Math.max(across, down);
}
