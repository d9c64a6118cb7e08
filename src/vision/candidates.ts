/** Groups of neighbouring atoms that could be one digit, and their pictures in MNIST's form. */
import type { Atom, AtomLine } from './atoms.ts';
import { around, type Extent, heightOf, type Labelled, widthOf } from './components.ts';
import { normalise } from './normalise.ts';
import { clamp, createPlane, type Plane } from './plane.ts';
import { INK_THRESHOLD } from './settings.ts';
import type { Turn } from './turn.ts';

/** One way to see a picture, before anything is shown to a network. */
export interface View {
  /** Views of the same ink have the same number. */
  inking: number;
  lines: AtomLine[];
  /** Of what could be writing, all that stands in no line. */
  leftOut: Extent[];
  labelled: Labelled;
  /** Ink, 0 to about 1, without the lean of the lines. */
  ink: Plane;
  /** How many pixels a stroke's grey edge reaches beyond its ink. */
  edge: number;
  turn: Turn;
  /** Pixels of the picture to one of the ink before it was turned. */
  scale: number;
}

/** Some atoms next to each other. */
export interface Group {
  /** Their line, and the first and the last there. */
  line: number;
  first: number;
  last: number;
  extent: Extent;
  /** Pixels of its neighbours' that are its own as well. */
  shared?: ReadonlySet<number>;
}

export interface Candidate extends Group {
  /** 28×28 bytes, as the network takes them. */
  image: Uint8Array<ArrayBuffer>;
}

/** A digit is put together from at most this many atoms. */
const MOST_ATOMS = 5;
/** Widest digit, as a share of its line's height. */
const WIDEST = 1.5;
/** And lowest. */
const LOWEST = 0.42;

export function findCandidates(view: View, groups: readonly Group[]): Candidate[] {
  return groups.flatMap((group) => {
    const image = imageOf(view, group);
    return image ? [{ ...group, image }] : [];
  });
}

/** The groups that could be a digit each by their shape, `most` at most. */
export function findGroups(lines: readonly AtomLine[], most: number): Group[] {
  const groups = lines.flatMap(({ atoms, height }, line) =>
    atoms.flatMap((_, first) => {
      const found: Group[] = [];
      for (let last = first; last < atoms.length; last++) {
        const isWhole = isWholeComponent(atoms, first, last);
        // A component is shown whole, whatever its size, so that what is no digit can be seen to be none.
        if (last >= first + MOST_ATOMS && atoms[last].component !== atoms[first].component) break;
        if (last >= first + MOST_ATOMS && !isWhole) continue;
        const extent = around(atoms.slice(first, last + 1));
        if (!isWhole && widthOf(extent) > WIDEST * height) continue;
        if (heightOf(extent) < LOWEST * height) continue;
        found.push({ line, first, last, extent });
      }
      return found;
    }),
  );
  // Groups of few atoms are the likelier ones.
  return groups.length <= most
    ? groups
    : groups.sort((a, b) => a.last - a.first - (b.last - b.first)).slice(0, most);
}

/** A group's ink in MNIST's form; undefined where it has none. */
export function imageOf(
  { labelled, ink, lines, edge }: View,
  group: Group,
): Uint8Array<ArrayBuffer> | undefined {
  return cropOf(labelled, ink, lines[group.line].atoms.slice(group.first, group.last + 1), group, edge);
}

/** Whether the atoms are all of one component, and all of it. */
function isWholeComponent(atoms: readonly Atom[], first: number, last: number): boolean {
  const { component } = atoms[first];
  return atoms.every((atom, i) => (atom.component === component) === (i >= first && i <= last));
}

/** Ink fainter than this share of the strongest is outside of the digit's box. */
const BOX_THRESHOLD = 0.15;
/** What is twice as large is averaged over cells: MNIST's form has 20 pixels, and 80 while strokes are widened. */
const LARGEST_CROP = 96;

/** The ink of some atoms alone, with `edge` pixels of grey around it, brought to MNIST's form. */
function cropOf(
  { width, height, labels }: Labelled,
  ink: Plane,
  atoms: readonly Atom[],
  { extent, shared }: Group,
  edge: number,
): Uint8Array<ArrayBuffer> | undefined {
  const left = Math.max(0, extent.left - edge);
  const top = Math.max(0, extent.top - edge);
  const right = Math.min(width, extent.right + edge);
  const bottom = Math.min(height, extent.bottom + edge);
  const cell = Math.max(1, Math.floor(Math.max(right - left, bottom - top) / LARGEST_CROP));
  const crop = createPlane(Math.ceil((right - left) / cell), Math.ceil((bottom - top) / cell));
  const shares = crop.data;
  const isOwn = new Uint8Array(1 + Math.max(...atoms.map(({ label }) => label)));
  for (const { label } of atoms) isOwn[label] = 1;
  const bins = new Uint32Array(257);
  const part = 1 / (cell * cell);
  let count = 0;
  for (let y = top; y < bottom; y++) {
    let i = Math.floor((y - top) / cell) * crop.width;
    for (let x = left, across = 0; x < right; x++, across++) {
      if (across === cell) {
        across = 0;
        i++;
      }
      const at = y * width + x;
      const label = labels[at];
      if (label === 0) continue;
      // Labels beyond the last are none of these atoms'.
      if ((label >= isOwn.length || isOwn[label] === 0) && !shared?.has(at)) continue;
      const value = ink.data[at];
      shares[i] += part * value;
      if (value < INK_THRESHOLD) continue;
      bins[Math.floor(value * 256)]++;
      count++;
    }
  }
  if (count === 0) return undefined;
  // Full strength is what a quarter of the ink reaches; strokes much thinner than a cell reach it in none.
  let bin = 256;
  for (let seen = bins[bin]; seen < 0.25 * count; seen += bins[bin]) bin--;
  let strongest = 0;
  for (let i = 0; i < shares.length; i++) if (shares[i] > strongest) strongest = shares[i];
  const full = Math.max(1e-3, Math.min((bin + 0.5) / 256, strongest));
  const box = { left: crop.width, top: crop.height, right: 0, bottom: 0 };
  for (let y = 0, i = 0; y < crop.height; y++) {
    for (let x = 0; x < crop.width; x++, i++) {
      if (shares[i] === 0) continue;
      shares[i] = clamp(shares[i] / full, 0, 1);
      if (shares[i] < BOX_THRESHOLD) continue;
      if (x < box.left) box.left = x;
      if (x >= box.right) box.right = x + 1;
      if (y < box.top) box.top = y;
      box.bottom = y + 1;
    }
  }
  return normalise(crop, box);
}
