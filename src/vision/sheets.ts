/**
 * Sheets that lie in a picture: a card on a desk, a note on a board. To those who look for ink the whole sheet is ink, for it
 * differs from the desk by more than its writing does from it; so it is cut out, and looked at alone.
 *
 * Brightness is told in two classes (Otsu, "A threshold selection method from gray-level histograms", 1979), and what hangs
 * together of either and fills a rectangle, however it leans, is a sheet. A pink note may be as bright as the desk: so hues
 * can be told in two classes as well.
 */
import { largestAround, meanAround, smallestAround } from './around.ts';
import { averageCells } from './cells.ts';
import { type Extent, findComponents, heightOf, type Labelled, widthOf } from './components.ts';
import type { Grey } from './grey.ts';
import type { Box } from './picture.ts';
import { createPlane, type Plane } from './plane.ts';

/** A sheet alone, and the pixel of the picture where it starts. */
export interface Sheet {
  seen: Grey;
  left: number;
  top: number;
  placeOf(box: Box): Place;
}

/** On the sheet, its outermost cells excepted, or beyond it, or neither: its edge, or all of it. */
type Place = 'inside' | 'outside' | 'across';

/** Sheets are looked for in this detail: cells of the longer side. */
const CELLS = 128;
/** A sheet is at least so many cells wide and high, */
const SMALLEST = 8;
/** and no more than this share of the picture: those are found as paper is. */
const LARGEST_SHARE = 0.8;
/** It goes on beyond no more sides of the picture than these: a shadow over half of the picture goes beyond three. */
const MOST_SIDES = 2;
/** It fills this much of the rectangle around it: an ellipse, such as a 0, fills 0.79. */
const RECTANGULAR = 0.86;
/** What of it is not ink is at least this share: strokes go around more. */
const LEAST_PAPER = 0.6;
/** The classes differ by this much of 255 at least. */
const CONTRAST = 20;
/** Pictures have no more sheets that are worth a look, the largest ones. */
const MOST_SHEETS = 3;

/** The sheets, from the largest to the smallest: by brightness, or by another plane of the same picture, such as of its hues. */
export function sheetsIn(grey: Grey, by: Grey = grey): Sheet[] {
  const { plane } = grey;
  const cell = Math.max(1, Math.ceil(Math.max(plane.width, plane.height) / CELLS));
  const cells = averageCells(plane, cell);
  const told = by === grey ? cells : sampled(by, cells, cell * grey.scale);
  const threshold = thresholdOf(told);
  if (threshold === undefined) return [];
  const found = [true, false].flatMap((isLight): Found[] => {
    const paper = createPlane(cells.width, cells.height);
    for (let i = 0; i < paper.data.length; i++) paper.data[i] = told.data[i] > threshold === isLight ? 1 : 0;
    const labelled = findComponents(paper);
    return labelled.components.flatMap((component) => {
      const sides = component.contacts.filter((contact) => contact > 0).length;
      if (sides > MOST_SIDES || Math.min(widthOf(component), heightOf(component)) < SMALLEST) return [];
      const filled = filledOf(labelled, component.label);
      const area = totalOf(filled);
      const isSheet =
        area <= LARGEST_SHARE * cells.data.length &&
        component.area >= LEAST_PAPER * area &&
        area >= RECTANGULAR * rectangleAround(filled);
      const isPaper = (i: number) => labelled.labels[i] === component.label;
      return isSheet ? [{ filled, area, extent: component, isPaper }] : [];
    });
  });
  found.sort((a, b) => b.area - a.area);
  return found.slice(0, MOST_SHEETS).map((sheet) => cutOut(grey, cells, cell, sheet));
}

/** A plane of the same picture in as many cells as another, each `side` of the picture's pixels wide. */
function sampled({ plane, scale }: Grey, { width, height }: Plane, side: number): Plane {
  const around = meanAround(plane, Math.floor(side / (2 * scale)));
  const cells = createPlane(width, height);
  for (let row = 0, i = 0; row < height; row++) {
    const y = Math.min(plane.height - 1, Math.floor(((row + 0.5) * side) / scale));
    for (let column = 0; column < width; column++, i++) {
      const x = Math.min(plane.width - 1, Math.floor(((column + 0.5) * side) / scale));
      cells.data[i] = around.data[y * plane.width + x];
    }
  }
  return cells;
}

/** A sheet as cells. */
interface Found {
  /** 1 for its cells, those of its writing among them. */
  filled: Plane;
  area: number;
  extent: Extent;
  isPaper(cell: number): boolean;
}

function totalOf({ data }: Plane): number {
  return data.reduce((sum, value) => sum + value, 0);
}

const LEVELS = 256;

/** Otsu's, between two classes of brightness; undefined where they hardly differ. */
function thresholdOf({ data }: Plane): number | undefined {
  const counts = new Float64Array(LEVELS);
  let total = 0;
  for (const value of data) {
    const level = Math.min(LEVELS - 1, Math.max(0, Math.round(value)));
    counts[level]++;
    total += level;
  }
  let [below, sum, most] = [0, 0, 0];
  let found: { threshold: number; contrast: number } | undefined;
  for (let level = 0; level < LEVELS - 1; level++) {
    below += counts[level];
    sum += level * counts[level];
    const above = data.length - below;
    if (counts[level] === 0 || above === 0) continue;
    const contrast = (total - sum) / above - sum / below;
    const spread = below * above * contrast * contrast;
    if (spread > most) [most, found] = [spread, { threshold: level + 0.5, contrast }];
  }
  return found && found.contrast >= CONTRAST ? found.threshold : undefined;
}

/** 1 for the cells of a component and for what is inside of it. */
function filledOf({ width, height, labels }: Labelled, label: number): Plane {
  const filled = createPlane(width, height);
  filled.data.fill(1);
  const queue: number[] = [];
  const visit = (i: number) => {
    if (labels[i] === label || filled.data[i] === 0) return;
    filled.data[i] = 0;
    queue.push(i);
  };
  for (let x = 0; x < width; x++) for (const y of [0, height - 1]) visit(y * width + x);
  for (let y = 0; y < height; y++) for (const x of [0, width - 1]) visit(y * width + x);
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const x = next % width;
    if (x > 0) visit(next - 1);
    if (x + 1 < width) visit(next + 1);
    if (next >= width) visit(next - width);
    if (next + width < labels.length) visit(next + width);
  }
  return filled;
}

/** Rectangles are tried in steps of 3°, up to a quarter of a turn. */
const LEANS = Array.from({ length: 30 }, (_, i) => (i * Math.PI) / 60);

/** The area of the smallest rectangle around what is 1. */
function rectangleAround({ width, data }: Plane): number {
  const places: [x: number, y: number][] = [];
  for (let i = 0; i < data.length; i++) if (data[i] === 1) places.push([i % width, Math.floor(i / width)]);
  const areas = LEANS.map((lean) => {
    const [across, down] = [Math.cos(lean), Math.sin(lean)];
    let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
    for (const [x, y] of places) {
      const u = across * x + down * y;
      const v = across * y - down * x;
      if (u < left) left = u;
      if (u > right) right = u;
      if (v < top) top = v;
      if (v > bottom) bottom = v;
    }
    return (right - left + 1) * (bottom - top + 1);
  });
  return Math.min(...areas);
}

/** The brightness of a sheet goes on around it as it is within this share of its shorter side, and further away as it is on average. */
const NEAR = 0.25;

/** What is inside of a sheet's outermost cells, with paper around it to the corners. */
function cutOut({ plane, scale, isLight }: Grey, cells: Plane, cell: number, sheet: Found): Sheet {
  const inner = smallestAround(sheet.filled, 1);
  const own = createPlane(cells.width, cells.height);
  const levels = createPlane(cells.width, cells.height);
  for (let i = 0; i < own.data.length; i++) {
    if (inner.data[i] === 0 || !sheet.isPaper(i)) continue;
    own.data[i] = 1;
    levels.data[i] = cells.data[i];
  }
  const reach = Math.ceil(NEAR * Math.min(widthOf(sheet.extent), heightOf(sheet.extent)));
  const weights = meanAround(own, reach).data;
  const sums = meanAround(levels, reach).data;
  const usual = totalOf(levels) / totalOf(own);
  const left = sheet.extent.left * cell;
  const top = sheet.extent.top * cell;
  const right = Math.min(plane.width, sheet.extent.right * cell);
  const bottom = Math.min(plane.height, sheet.extent.bottom * cell);
  const seen = createPlane(right - left, bottom - top);
  for (let y = top, i = 0; y < bottom; y++) {
    for (let x = left; x < right; x++, i++) {
      const at = Math.floor(y / cell) * cells.width + Math.floor(x / cell);
      const paper = weights[at] > 0 ? sums[at] / weights[at] : usual;
      seen.data[i] = inner.data[at] === 1 ? plane.data[y * plane.width + x] : paper;
    }
  }
  const placeOf = (box: Box) => placeIn(sheet.filled, inner, box, scale * cell);
  return { seen: { plane: seen, scale, isLight }, left: left * scale, top: top * scale, placeOf };
}

/** Where a box is: on the `inner` cells, beyond all that touch the filled ones, or neither. Cells are `side` pixels of the picture wide. */
function placeIn(filled: Plane, inner: Plane, [x, y, across, down]: Box, side: number): Place {
  const { width, height } = filled;
  const near = largestAround(filled, 1);
  let [isInside, isOutside] = [true, true];
  for (let row = Math.floor(y / side); row * side < y + down; row++) {
    for (let column = Math.floor(x / side); column * side < x + across; column++) {
      const at = row * width + column;
      const isThere = row >= 0 && row < height && column >= 0 && column < width;
      if (!isThere || inner.data[at] === 0) isInside = false;
      if (isThere && near.data[at] === 1) isOutside = false;
    }
  }
  return isInside ? 'inside' : isOutside ? 'outside' : 'across';
}
