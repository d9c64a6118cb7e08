/**
 * Strokes that two digits share. Where the bowl of a 5 is the side of the 0 beside it, a cut gives the stroke to one of them,
 * and what is left of the other is no digit. So a doubtful part is shown to the network once more, with as much of what is
 * beyond its cuts as a stroke is wide.
 */
import type { Atom } from './atoms.ts';
import type { Candidate, Group, View } from './candidates.ts';
import { isCut, type Opinion, surenessIn } from './choose.ts';
import { around, type Extent } from './components.ts';
import type { LineChoice } from './context.ts';
import { DOUBTFUL, LARGEST_CANDIDATES } from './settings.ts';

/** What is shared reaches so many of the strokes' usual widths beyond a cut. */
const REACH = 1.3;

/**
 * The doubtful candidates of components that are not surely read, each with what is beyond a cut on its left, and on its right; of
 * lines in which something surely is a digit. A cut through what surely is one shares nothing: the half of an 8 or a 0 is like
 * another digit.
 */
export function sharingGroups(
  view: View,
  candidates: readonly Candidate[],
  opinions: readonly Opinion[],
  choices: readonly LineChoice[],
): Group[] {
  const doubtful = new Set(candidates.filter((_, i) => surenessIn(opinions[i]) < DOUBTFUL));
  const groups = view.lines.flatMap(({ atoms }, line) => {
    const readers = new Array<Candidate | undefined>(atoms.length).fill(undefined);
    for (const candidate of choices[line].candidates) {
      readers.fill(candidate, candidate.first, candidate.last + 1);
    }
    const isInDoubt = (reader: Candidate | undefined) => reader === undefined || doubtful.has(reader);
    if (readers.every(isInDoubt)) return [];
    const components = new Set(
      atoms.filter((_, i) => isInDoubt(readers[i])).map(({ component }) => component),
    );
    // Many candidates end at the same cut.
    const [before, after] = ([-1, 1] as const).map((side) =>
      atoms.map((_, at) => {
        const isShared = isCut(atoms, at) && (readers[at] !== readers[at - 1] || isInDoubt(readers[at]));
        return isShared ? pixelsBeyond(view, atoms, at, side) : undefined;
      }),
    );
    return [...doubtful].flatMap((candidate) => {
      const { first, last } = candidate;
      if (candidate.line !== line) return [];
      if (!components.has(atoms[first].component) && !components.has(atoms[last].component)) return [];
      return [before[first], after[last + 1]].flatMap((beyond) =>
        beyond ? [withShared(candidate, beyond)] : [],
      );
    });
  });
  return groups.slice(0, LARGEST_CANDIDATES);
}

interface Shared {
  /** Their places in the view. */
  pixels: Set<number>;
  extent: Extent;
}

/** What is just beyond the cut before an atom: of the atom itself where `side` is 1, of the one before it where it is −1. */
function pixelsBeyond(
  { labelled, edge }: View,
  atoms: readonly Atom[],
  at: number,
  side: 1 | -1,
): Shared | undefined {
  const { width, height, labels } = labelled;
  const { cutBefore, componentThickness } = atoms[at];
  const { label, ...atom } = side === 1 ? atoms[at] : atoms[at - 1];
  const reach = Math.max(1, REACH * componentThickness);
  const { left, top, columns } = cutBefore!;
  const pixels = new Set<number>();
  const extent = { left: atom.right, top: atom.bottom, right: atom.left, bottom: atom.top };
  for (let y = Math.max(0, atom.top - edge); y < Math.min(height, atom.bottom + edge); y++) {
    const cut = left + columns[Math.min(columns.length - 1, Math.max(0, y - top))];
    const from = Math.max(0, side === 1 ? atom.left - edge : Math.ceil(cut - reach));
    const to = Math.min(width, side === 1 ? Math.ceil(cut + reach) : atom.right + edge);
    for (let x = from; x < to; x++) {
      if (labels[y * width + x] !== label) continue;
      pixels.add(y * width + x);
      // Grey edges are in no extent.
      extent.left = Math.min(extent.left, Math.max(atom.left, x));
      extent.right = Math.max(extent.right, Math.min(atom.right, x + 1));
      extent.top = Math.min(extent.top, Math.max(atom.top, y));
      extent.bottom = Math.max(extent.bottom, Math.min(atom.bottom, y + 1));
    }
  }
  return pixels.size > 0 ? { pixels, extent } : undefined;
}

function withShared({ line, first, last, extent }: Candidate, { pixels, extent: beyond }: Shared): Group {
  return { line, first, last, extent: around([extent, beyond]), shared: pixels };
}
