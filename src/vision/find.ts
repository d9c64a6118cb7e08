/**
 * From a picture to everything in it that could be a digit: ink on paper, in components, in lines, cut and joined.
 */
import { type AtomLine, cutIntoAtoms, labelEdges } from './atoms.ts';
import { type Candidate, findCandidates, findGroups, type Group, type View } from './candidates.ts';
import { type Extent, findComponents, type Labelled } from './components.ts';
import { type EdgeRuns, edgeRuns, withoutGrain } from './edges.ts';
import { toGrey } from './grey.ts';
import { findInk, type Ink } from './ink.ts';
import { groupLines, leanOf, typicalHeight } from './lines.ts';
import { type Coarse, evenlyLit, inkIsDark } from './paper.ts';
import type { Box, Picture } from './picture.ts';
import type { Plane } from './plane.ts';
import { leastArea, plausible } from './plausible.ts';
import { LARGEST_CANDIDATES } from './settings.ts';
import { noTurn, sourceOf, type Turn, turned } from './turn.ts';

/** What was found on one view of a picture: with ink dark on light, or light on dark. */
export interface Finding {
  lines: AtomLine[];
  candidates: Candidate[];
  /** A candidate's outline box in the picture's pixels. */
  boxOf(candidate: Candidate): Box;
}

/** Lines that lean less than this many radians are left as they are. */
const LEAST_LEAN = 0.035;
const MOST_CUTS = 200;
/** Edges surer than this to be of dark ink, or of light, leave no doubt. */
const SURE_DARKNESS = 0.5;
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
  return { lines: view.lines, candidates: findCandidates(view, groups), boxOf: boxFinder(view, picture) };
}

/** As many views as `findDigits` has findings. */
export function lookAt(picture: Picture): View[] {
  const { plane: grey, scale, isLight } = toGrey(picture);
  const quiet = withoutGrain(grey);
  const { plane, coarse } = evenlyLit(quiet, isLight);
  const runs = edgeRuns(plane);
  return inkSides(coarse, runs).flatMap((isDark) => {
    const { wide } = isDark ? runs.dark : runs.light;
    const found = findInk(plane, coarse, wide, { isDark, isShareOfLight: isLight });
    if (found === undefined) return [];
    const { strokeWidth } = found;
    const { ink, turn, plain } = straighten(found);
    const bridged = findComponents(
      { ...ink, data: withoutImplausible(ink, plain, strokeWidth) },
      Math.ceil(BRIDGE_SHARE * strokeWidth),
    );
    const isSame = bridged.components.length === plain.components.length;
    const edge = 1 + Math.ceil(EDGE_SHARE * strokeWidth);
    return (isSame ? [plain] : [plain, bridged]).flatMap((labelled) => {
      const components = plausible(ink, labelled, strokeWidth);
      if (components.length === 0) return [];
      const lines = cutIntoAtoms(labelled, groupLines(components, typicalHeight(components)), MOST_CUTS);
      labelEdges(labelled, ink, edge);
      return [{ lines, labelled, ink, edge, turn, scale }];
    });
  });
}

/** Ink without tables, shadows and lines, lest they be bridged to digits; specks may be parts of broken strokes. */
function withoutImplausible(ink: Plane, labelled: Labelled, strokeWidth: number): Float32Array {
  const { labels, components } = labelled;
  const kept = new Set(plausible(ink, labelled, strokeWidth));
  const isDropped = components.map(
    (component) => !kept.has(component) && component.area >= leastArea(strokeWidth),
  );
  return ink.data.map((value, i) => (labels[i] > 0 && isDropped[labels[i] - 1] ? 0 : value));
}

/** Whether ink is dark (true), light (false), or one has to try both, the likelier first. */
function inkSides(coarse: Coarse, { dark, light }: EdgeRuns): boolean[] {
  const around = inkIsDark(coarse);
  const narrow = (dark.weight - light.weight) / (dark.weight + light.weight || 1);
  const darkness = around + narrow;
  return Math.abs(darkness) > SURE_DARKNESS ? [darkness > 0] : [darkness >= 0, darkness < 0];
}

/** Turns ink such that its lines are level. */
function straighten({ plane, strokeWidth }: Ink): { ink: Plane; turn: Turn; plain: Labelled } {
  const plain = findComponents(plane);
  const components = plausible(plane, plain, strokeWidth);
  const lean = leanOf(components, typicalHeight(components));
  if (Math.abs(lean) < LEAST_LEAN) return { ink: plane, turn: noTurn(plane), plain };
  const { ink, turn } = turned(plane, lean);
  return { ink, turn, plain: findComponents(ink) };
}

/** Boxes are found pixel by pixel where the plane was turned, since the box of a turned box is too large. */
function boxFinder({ labelled, lines, turn, scale }: View, picture: Picture): (candidate: Candidate) => Box {
  const { width, labels } = labelled;
  return ({ line, first, last, extent }) => {
    const atoms = lines[line].atoms.slice(first, last + 1);
    let found: Extent = extent;
    if (turn.angle !== 0) {
      found = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
      for (let y = extent.top; y < extent.bottom; y++) {
        for (let x = extent.left; x < extent.right; x++) {
          if (!atoms.some(({ label }) => label === labels[y * width + x])) continue;
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
