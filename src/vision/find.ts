/**
 * From a picture to everything in it that could be a digit: ink on paper, in components, in lines, cut and joined.
 */
import { type AtomLine, cutIntoAtoms, labelEdges } from './atoms.ts';
import { type Candidate, findCandidates, type View } from './candidates.ts';
import { type Extent, findComponents } from './components.ts';
import { toGrey } from './grey.ts';
import { findInk, type Ink } from './ink.ts';
import { groupLines, leanOf, plausible, typicalHeight } from './lines.ts';
import { coarsen, inkIsDark } from './paper.ts';
import type { Box, Picture } from './picture.ts';
import type { Plane } from './plane.ts';
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
const SURE_DARKNESS = 0.25;
/** Pieces of a broken stroke are apart by up to twice this share of its width. */
const BRIDGE_SHARE = 0.6;
/** Grey edges and faint places in strokes reach this share of their width. */
const EDGE_SHARE = 0.35;

/** One finding for each way to see the picture that is worth asking about; none where nothing stands out. */
export function findDigits(picture: Picture): Finding[] {
  return lookAt(picture).map((view) => ({
    lines: view.lines,
    candidates: findCandidates(view, LARGEST_CANDIDATES),
    boxOf: boxFinder(view, picture),
  }));
}

/** As many views as `findDigits` has findings. */
export function lookAt(picture: Picture): View[] {
  const { plane, scale, isLight } = toGrey(picture);
  const darkness = inkIsDark(coarsen(plane));
  const sides = Math.abs(darkness) > SURE_DARKNESS ? [darkness > 0] : [darkness >= 0, darkness < 0];
  return sides.flatMap((isDark) => {
    const found = findInk(plane, { isDark, isShareOfLight: isLight });
    if (found === undefined) return [];
    const { strokeWidth } = found;
    const { ink, turn } = straighten(found);
    const plain = findComponents(ink);
    const bridged = findComponents(ink, Math.ceil(BRIDGE_SHARE * strokeWidth));
    const isSame = bridged.components.length === plain.components.length;
    const edge = 1 + Math.ceil(EDGE_SHARE * strokeWidth);
    return (isSame ? [plain] : [plain, bridged]).flatMap((labelled) => {
      const components = plausible(labelled, strokeWidth);
      if (components.length === 0) return [];
      const lines = cutIntoAtoms(labelled, groupLines(components, typicalHeight(components)), MOST_CUTS);
      labelEdges(labelled, ink, edge);
      return [{ lines, labelled, ink, edge, turn, scale }];
    });
  });
}

/** Turns ink such that its lines are level. */
function straighten({ plane, strokeWidth }: Ink): { ink: Plane; turn: Turn } {
  const components = plausible(findComponents(plane), strokeWidth);
  const lean = leanOf(components, typicalHeight(components));
  return Math.abs(lean) >= LEAST_LEAN ? turned(plane, lean) : { ink: plane, turn: noTurn(plane) };
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
