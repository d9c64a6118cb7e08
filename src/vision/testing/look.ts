/** Ink as the finder has it before it looks for digits, for tests of single steps. */
import type { Atom, AtomLine } from '../atoms.ts';
import { type Component, findComponents, type Labelled } from '../components.ts';
import { groupLines, typicalHeight } from '../lines.ts';
import type { Plane } from '../plane.ts';

/** The components of some ink, all taken to be writing, in lines. */
export function linesOf(ink: Plane) {
  const labelled = findComponents(ink);
  return { labelled, lines: groupLines(labelled.components, typicalHeight(labelled.components)) };
}

/** The component with a box of a size, of a plane that has no other of that size. */
export function componentOf({ components }: Labelled, width: number, height: number): Component {
  return components.find(
    ({ left, top, right, bottom }) => right - left === width && bottom - top === height,
  )!;
}

/** A line of atoms, 30 pixels high and 20 wide, `gap` apart, of components of their own unless they name one. */
export function atomLine(atoms: readonly Partial<Atom>[], gap = 8): AtomLine {
  return {
    height: 30,
    atoms: atoms.map((atom, i) => ({
      left: i * (20 + gap),
      right: i * (20 + gap) + 20,
      top: 0,
      bottom: 30,
      label: i + 1,
      area: 150,
      component: i + 1,
      componentAspect: 2 / 3,
      componentHeight: 30,
      componentThickness: 4,
      ...atom,
    })),
  };
}
