/**
 * The smallest pieces that digits are put together from: components, cut wherever they could be two digits that touch.
 */
import { type Component, type Extent, heightOf, type Labelled, thicknessOf, widthOf } from './components.ts';
import { type Cut, findCuts } from './cuts.ts';
import type { Line } from './lines.ts';
import type { Plane } from './plane.ts';

export interface Atom extends Extent {
  label: number;
  area: number;
  /** The component it is of, by its label. */
  component: number;
  /** Width over height of that component. */
  componentAspect: number;
  componentHeight: number;
  /** How wide its strokes are. */
  componentThickness: number;
  /** Between it and the atom before it, of the same component. */
  cutBefore?: AtomCut;
}

/** A cut, and where its component starts. */
export interface AtomCut extends Cut {
  left: number;
  top: number;
}

export interface AtomLine {
  atoms: Atom[];
  height: number;
}

/** Cuts all lines' components where they can be cut, and gives each piece a label of its own in the plane. */
export function cutIntoAtoms(labelled: Labelled, lines: readonly Line[], mostPieces: number): AtomLine[] {
  let next = labelled.components.length + 1;
  let left = mostPieces;
  return lines.map(({ components, height }) => ({
    height,
    atoms: components
      .flatMap((component) => {
        // What is far higher than the line is no row of its digits.
        const unit = Math.min(1.6 * height, heightOf(component));
        const cuts =
          left > 0 && heightOf(component) >= 0.45 * height ? findCuts(labelled, component, unit) : [];
        left -= cuts.length;
        if (cuts.length === 0) return [{ ...whole(component) }];
        const pieces = relabel(
          labelled,
          component,
          cuts.map(({ columns }) => columns),
          next,
        );
        next += cuts.length;
        const { left: start, top } = component;
        return pieces.map((piece, i) =>
          i > 0 ? { ...piece, cutBefore: { ...cuts[i - 1], left: start, top } } : piece,
        );
      })
      .filter(({ area }) => area > 0)
      .sort((a, b) => a.left + a.right - b.left - b.right),
  }));
}

/** What a component's atoms tell of it. */
function measuresOf(component: Component) {
  return {
    component: component.label,
    componentAspect: widthOf(component) / heightOf(component),
    componentHeight: heightOf(component),
    componentThickness: thicknessOf(component),
  };
}

function whole(component: Component): Atom {
  const { left, top, right, bottom, label, area } = component;
  return { left, top, right, bottom, label, area, ...measuresOf(component) };
}

/** The first piece keeps the component's label, the others get `next`, `next + 1`, … */
function relabel(
  { width, labels }: Labelled,
  component: Component,
  cuts: readonly Int32Array[],
  next: number,
): Atom[] {
  const pieces = Array.from({ length: cuts.length + 1 }, (_, i) => ({
    left: component.right,
    top: component.bottom,
    right: component.left,
    bottom: component.top,
    label: i === 0 ? component.label : next + i - 1,
    area: 0,
    ...measuresOf(component),
  }));
  for (let y = component.top; y < component.bottom; y++) {
    for (let x = component.left; x < component.right; x++) {
      if (labels[y * width + x] !== component.label) continue;
      let piece = 0;
      while (piece < cuts.length && cuts[piece][y - component.top] <= x - component.left) piece++;
      const own = pieces[piece];
      labels[y * width + x] = own.label;
      own.area++;
      own.left = Math.min(own.left, x);
      own.right = Math.max(own.right, x + 1);
      own.top = Math.min(own.top, y);
      own.bottom = Math.max(own.bottom, y + 1);
    }
  }
  return pieces;
}

/** Faintest ink that belongs to a stroke's grey edge. */
const FAINTEST_EDGE = 0.1;

/** Gives the grey edges of strokes, and faint places in them, up to `reach` pixels out, the label of their stroke. */
export function labelEdges({ width, height, labels }: Labelled, ink: Plane, reach: number): void {
  const isEdge = (i: number) => labels[i] === 0 && ink.data[i] >= FAINTEST_EDGE;
  let rim: number[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0, i = y * width; x < width; x++, i++) {
      if (labels[i] === 0) continue;
      const hasEdge =
        (x > 0 && isEdge(i - 1)) ||
        (x + 1 < width && isEdge(i + 1)) ||
        (y > 0 && isEdge(i - width)) ||
        (y + 1 < height && isEdge(i + width));
      if (hasEdge) rim.push(i);
    }
  }
  for (let round = 0; round < reach && rim.length > 0; round++) {
    const next: number[] = [];
    const visit = (i: number, label: number) => {
      if (!isEdge(i)) return;
      labels[i] = label;
      next.push(i);
    };
    for (const i of rim) {
      const x = i % width;
      if (x > 0) visit(i - 1, labels[i]);
      if (x + 1 < width) visit(i + 1, labels[i]);
      if (i >= width) visit(i - width, labels[i]);
      if (i + width < labels.length) visit(i + width, labels[i]);
    }
    rim = next;
  }
}
