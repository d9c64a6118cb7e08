/**
 * From a picture to everything in it that could be a digit: ink on paper, in components, in lines, cut and joined.
 */

import { meanAround } from './around.ts';
import { type AtomLine, cutIntoAtoms, labelEdges } from './atoms.ts';
import { type Candidate, findCandidates, findGroups, type Group, type View } from './candidates.ts';
import { type Component, type Extent, findComponents, heightOf, type Labelled } from './components.ts';
import { type EdgeRuns, edgeRuns, withoutGrain } from './edges.ts';
import { type Grey, toGrey } from './grey.ts';
import { findInk, type LabelledInk } from './ink.ts';
import { areStraight } from './judge.ts';
import { groupLines, leanOf, typicalHeight } from './lines.ts';
import { type Coarse, evenlyLit, inkIsDark } from './paper.ts';
import type { Box, Picture } from './picture.ts';
import type { Plane } from './plane.ts';
import { leastArea, plausible } from './plausible.ts';
import { LARGEST_CANDIDATES, LOWEST_DIGIT } from './settings.ts';
import { noTurn, sourceOf, type Turn, turned } from './turn.ts';

/** Pixels of the picture from the upper left corner of a digit's box. */
type Place = readonly [x: number, y: number];

/** Places across a stroke: before it, in it, and behind it. */
export type Section = readonly [before: Place, ink: Place, behind: Place];

/** What was found on one view of a picture: with ink dark on light, or light on dark. */
export interface Finding {
  /** Findings of the same ink, its pieces joined more or less, have the same number. */
  inking: number;
  lines: AtomLine[];
  leftOut: Extent[];
  candidates: Candidate[];
  /** A candidate's outline box in the picture's pixels. */
  boxOf(candidate: Candidate): Box;
  /** Where to look beside the stroke of a candidate that is read as `digit`. */
  sectionsOf(digit: number, candidate: Candidate, box: Box): Section[];
}

/** Lines that lean less than this many radians are left as they are. */
const LEAST_LEAN = 0.035;
const MOST_CUTS = 200;
/** Edges surer than this to be of dark ink, or of light, leave no doubt. */
const SURE_DARKNESS = 0.5;
/** More specks than this are grain. */
const MOST_SPECKS = 250;
const MOST_AVERAGING = 3;
/** Wide runs of this many times the usual width may be of something else than strokes. */
const UNLIKE_WIDTHS = 5;
/** What wide runs of strokes are to usual ones. */
const USUAL_TO_WIDE = 2.5;
/** Pieces of a broken stroke are apart by up to twice this share of its width. */
const BRIDGE_SHARE = 0.6;
/** Grey edges and faint places in strokes reach this share of their width. */
const EDGE_SHARE = 0.35;

/** One finding for each way to see the picture that is worth asking about; none where nothing stands out. */
export function findDigits(picture: Picture): Finding[] {
  return lookAt(picture).map((view) => findingOf(view, picture));
}

/** All that could be a digit in a view, or only those `groups`. */
export function findingOf(
  view: View,
  picture: Picture,
  groups: readonly Group[] = findGroups(view.lines, LARGEST_CANDIDATES),
): Finding {
  const { inking, lines, leftOut } = view;
  return {
    inking,
    lines,
    leftOut,
    candidates: findCandidates(view, groups),
    boxOf: boxFinder(view, picture),
    sectionsOf: sectionFinder(view),
  };
}

/** As many views as `findDigits` has findings. */
export function lookAt(picture: Picture): View[] {
  return [...viewsOf(toGrey(picture))];
}

/** The views one by one, each found when it is asked for: the first is often all that is needed. */
export function* viewsOf({ plane, scale, isLight }: Grey): Generator<View, undefined> {
  for (const [inking, found] of findInkings(withoutGrain(plane), isLight).entries()) {
    const { strokeWidth } = found;
    const { ink, turn, plain, components } = straighten(found);
    const edge = 1 + Math.ceil(EDGE_SHARE * strokeWidth);
    const viewOf = (labelled: Labelled, writing: readonly Component[]): View => {
      const rows = groupLines(writing, typicalHeight(writing)).filter(({ height }) => height >= LOWEST_DIGIT);
      const inRows = new Set(rows.flatMap(({ components }) => components));
      const leftOut = writing.filter((component) => !inRows.has(component));
      const lines = cutIntoAtoms(labelled, rows, MOST_CUTS);
      labelEdges(labelled, ink, edge);
      return { inking, lines, leftOut, labelled, ink, edge, turn, scale };
    };
    // The view gives new labels to pieces and to faint edges, which changes nothing of what is bridged.
    if (components.length > 0) yield viewOf(plain, components);
    const rest = withoutImplausible(ink, plain, components, strokeWidth);
    const bridged = findComponents(rest, Math.ceil(BRIDGE_SHARE * strokeWidth));
    if (bridged.components.length === plain.components.length) continue;
    const joined = plausible(ink, bridged, strokeWidth);
    if (joined.length > 0) yield viewOf(bridged, joined);
  }
}

/**
 * What could be ink. Grain that is taken for writing is in many small specks: then the plane is averaged a little, and
 * looked at again.
 */
function findInkings(grey: Plane, isLight: boolean): LabelledInk[] {
  for (let reach = 0; ; reach++) {
    const found: LabelledInk[] = [];
    for (const ink of inkingsOf(reach > 0 ? meanAround(grey, reach) : grey, isLight)) {
      found.push(ink);
      // The others need not be found: all of them are looked for again.
      if (reach < MOST_AVERAGING && countSpecks(ink) >= MOST_SPECKS) break;
    }
    const last = found.at(-1);
    if (reach === MOST_AVERAGING || last === undefined || countSpecks(last) < MOST_SPECKS) return found;
  }
}

/** Ink that is darker than the paper, and lighter, with narrow strokes and with wide ones, each found when it is asked for. */
function* inkingsOf(grey: Plane, isLight: boolean): Generator<LabelledInk> {
  const { plane, coarse } = evenlyLit(grey, isLight);
  const runs = edgeRuns(plane);
  for (const isDark of inkSides(coarse, runs)) {
    const { median, wide } = isDark ? runs.dark : runs.light;
    // Wide runs may be a sheet's or a shadow's, so that strokes are better seen by their usual width.
    const widths = wide > UNLIKE_WIDTHS * median ? [USUAL_TO_WIDE * median, wide] : [wide];
    for (const width of widths) {
      const ink = findInk(plane, coarse, width, { isDark, isShareOfLight: isLight });
      if (ink) yield ink;
    }
  }
}

function countSpecks({ labelled }: LabelledInk): number {
  return labelled.components.filter((component) => heightOf(component) < LOWEST_DIGIT).length;
}

/** Ink without tables, shadows and lines, lest they be bridged to digits; specks may be parts of broken strokes. */
function withoutImplausible(
  ink: Plane,
  { labels, components }: Labelled,
  writing: readonly Component[],
  strokeWidth: number,
): Plane {
  const kept = new Set(writing);
  const isDropped = components.map(
    (component) => !kept.has(component) && component.area >= leastArea(strokeWidth),
  );
  if (!isDropped.includes(true)) return ink;
  const data = ink.data.slice();
  for (let i = 0; i < data.length; i++) if (labels[i] > 0 && isDropped[labels[i] - 1]) data[i] = 0;
  return { ...ink, data };
}

/** Whether ink is dark (true), light (false), or one has to try both, the likelier first. */
function inkSides(coarse: Coarse, { dark, light }: EdgeRuns): boolean[] {
  const around = inkIsDark(coarse);
  const narrow = (dark.weight - light.weight) / (dark.weight + light.weight || 1);
  const darkness = around + narrow;
  return Math.abs(darkness) > SURE_DARKNESS ? [darkness > 0] : [darkness >= 0, darkness < 0];
}

/** Ink turned such that its lines are level, its components, and those of them that could be writing. */
interface Straight {
  ink: Plane;
  turn: Turn;
  plain: Labelled;
  components: Component[];
}

function straighten({ plane, strokeWidth, labelled }: LabelledInk): Straight {
  const components = plausible(plane, labelled, strokeWidth);
  const lean = leanOf(components, typicalHeight(components));
  if (Math.abs(lean) < LEAST_LEAN) return { ink: plane, turn: noTurn(plane), plain: labelled, components };
  const { ink, turn } = turned(plane, lean);
  const plain = findComponents(ink);
  return { ink, turn, plain, components: plausible(ink, plain, strokeWidth) };
}

/** The rows that a candidate has pixels in, and from where to where in each: its first pixel, and the one after its last. */
function* rowsOf({ labelled: { width, labels }, lines }: View, candidate: Candidate) {
  const { line, first, last, extent, shared } = candidate;
  const own = new Set(lines[line].atoms.slice(first, last + 1).map(({ label }) => label));
  const isOwn = (i: number) => own.has(labels[i]) || shared?.has(i);
  for (let y = extent.top; y < extent.bottom; y++) {
    let left = extent.left;
    while (left < extent.right && !isOwn(y * width + left)) left++;
    if (left === extent.right) continue;
    let right = extent.right;
    while (!isOwn(y * width + right - 1)) right--;
    yield { y, left, right };
  }
}

/** Boxes are found pixel by pixel where the plane was turned, since the box of a turned box is too large. */
function boxFinder(view: View, picture: Picture): (candidate: Candidate) => Box {
  const { turn, scale } = view;
  return (candidate) => {
    let found: Extent = candidate.extent;
    if (turn.angle !== 0) {
      found = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
      // What is furthest out in the picture is at either end of a row.
      for (const { y, left, right } of rowsOf(view, candidate)) {
        for (const x of [left, right - 1]) {
          const [sourceX, sourceY] = sourceOf(turn, x + 0.5, y + 0.5);
          found.left = Math.min(found.left, sourceX - 0.5);
          found.right = Math.max(found.right, sourceX + 0.5);
          found.top = Math.min(found.top, sourceY - 0.5);
          found.bottom = Math.max(found.bottom, sourceY + 0.5);
        }
      }
    }
    const left = Math.max(0, Math.floor(scale * found.left));
    const top = Math.max(0, Math.floor(scale * found.top));
    const right = Math.min(picture.width, Math.ceil(scale * found.right));
    const bottom = Math.min(picture.height, Math.ceil(scale * found.bottom));
    return [left, top, Math.max(1, right - left), Math.max(1, bottom - top)];
  };
}

/** A section of a stroke is no wider than this share of the digit's height. */
const WIDEST_SECTION = 0.35;
/** Before and behind it is so many pixels of the plane away, and as many more as this share of its width. */
const AWAY = 1.5;
const AWAY_SHARE = 0.5;
/** A stroke has so many sections, */
const FEWEST_SECTIONS = 6;
/** and as many as this share of its rows. */
const LEAST_ROWS = 0.5;

/** Finds the sections of a candidate that is read as a digit, row by row; none of what is no stroke. */
export function sectionFinder(view: View): Finding['sectionsOf'] {
  const { labelled, turn, scale } = view;
  return (digit, candidate, box) => {
    if (!areStraight([digit])) return [];
    const height = heightOf(candidate.extent);
    const placeAt = (x: number, y: number): Place => {
      const [sourceX, sourceY] = sourceOf(turn, x + 0.5, y + 0.5);
      return [scale * sourceX - box[0], scale * sourceY - box[1]];
    };
    const sections: Section[] = [];
    for (const { y, left, right } of rowsOf(view, candidate)) {
      if (right - left > WIDEST_SECTION * height) continue;
      const away = Math.round(AWAY + AWAY_SHARE * (right - left));
      const [before, behind] = [left - away, right - 1 + away];
      if (before < 0 || behind >= labelled.width) continue;
      sections.push([placeAt(before, y), placeAt((left + right - 1) / 2, y), placeAt(behind, y)]);
    }
    return sections.length >= Math.max(FEWEST_SECTIONS, LEAST_ROWS * height) ? sections : [];
  };
}
