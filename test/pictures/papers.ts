/** What people write on, and what they write with. */
import { type Colour, filled, type Image, ink, mottle, varied } from './colour.ts';
import type { Lot } from './lot.ts';
import { blur, drawLines, drawStroke, emptyMask, type Mask } from './mask.ts';

export type PaperKind =
  | 'plain'
  | 'ruled'
  | 'squared'
  | 'yellowed'
  | 'coloured'
  | 'cardboard'
  | 'blackboard'
  | 'whiteboard'
  | 'sticky note';

export const PAPERS: readonly PaperKind[] = [
  'plain',
  'plain',
  'ruled',
  'ruled',
  'squared',
  'squared',
  'yellowed',
  'coloured',
  'cardboard',
  'blackboard',
  'whiteboard',
  'sticky note',
];

const SHEETS: Record<PaperKind, readonly Colour[]> = {
  plain: [
    [0.95, 0.95, 0.94],
    [0.9, 0.9, 0.92],
    [0.86, 0.85, 0.83],
  ],
  ruled: [
    [0.95, 0.95, 0.93],
    [0.96, 0.94, 0.86],
  ],
  squared: [
    [0.95, 0.96, 0.95],
    [0.92, 0.92, 0.94],
  ],
  yellowed: [
    [0.93, 0.87, 0.72],
    [0.88, 0.8, 0.64],
  ],
  coloured: [
    [0.98, 0.9, 0.45],
    [0.97, 0.7, 0.75],
    [0.68, 0.86, 0.95],
    [0.72, 0.9, 0.68],
    [0.97, 0.75, 0.45],
  ],
  cardboard: [
    [0.72, 0.56, 0.4],
    [0.65, 0.5, 0.36],
  ],
  blackboard: [
    [0.14, 0.2, 0.17],
    [0.13, 0.13, 0.14],
    [0.12, 0.25, 0.2],
  ],
  whiteboard: [[0.93, 0.94, 0.95]],
  'sticky note': [
    [0.99, 0.93, 0.5],
    [0.98, 0.62, 0.72],
    [0.6, 0.88, 0.95],
    [0.75, 0.93, 0.5],
  ],
};

/** `size` is the height of the digits that will stand on it, in pixels. */
export function paper(kind: PaperKind, width: number, height: number, size: number, lot: Lot): Image {
  const image = filled(width, height, varied(lot.pick(SHEETS[kind]), lot, 0.04));
  if (kind === 'cardboard') {
    mottle(image, 2, 0.03, lot);
    mottle(image, 12, 0.02, lot);
  } else if (kind === 'blackboard') {
    mottle(image, 30, 0.12, lot);
    mottle(image, 3, 0.05, lot);
    if (lot.isLucky(0.5)) smear(image, size, lot);
  } else if (kind === 'yellowed') {
    mottle(image, 60, 0.03, lot);
    mottle(image, 2, 0.008, lot);
  } else if (kind !== 'whiteboard') mottle(image, lot.pick([1.5, 3]), 0.006, lot);
  if (kind === 'ruled') rule(image, size, lot);
  if (kind === 'squared') square(image, size, lot);
  return image;
}

/** What a sponge leaves of the chalk before. */
function smear(image: Image, size: number, lot: Lot): void {
  const { width, height } = image;
  const wiped = emptyMask(width, height);
  for (let i = lot.whole(1, 4); i > 0; i--) {
    const [x, y] = [lot.between(0, width), lot.between(0, height)];
    const angle = lot.between(0, Math.PI);
    const [dx, dy] = [Math.cos(angle) * width, Math.sin(angle) * width];
    drawStroke(
      wiped,
      [
        [x - dx, y - dy],
        [x + dx, y + dy],
      ],
      size * lot.between(0.6, 2),
    );
  }
  blur(wiped.values, width, height, size * 0.25);
  ink(image, wiped, [0.8, 0.8, 0.78], lot.between(0.03, 0.12));
}

const LINE_COLOURS: readonly Colour[] = [
  [0.55, 0.68, 0.88],
  [0.65, 0.7, 0.75],
  [0.7, 0.75, 0.9],
  [0.95, 0.72, 0.55],
];

function rule(image: Image, size: number, lot: Lot): void {
  const { width, height } = image;
  const spacing = size * lot.between(0.9, 1.9);
  const lines = emptyMask(width, height);
  const thickness = Math.max(0.7, size * lot.between(0.008, 0.02));
  drawLines(lines, 'rows', lot.between(0, spacing), spacing, thickness);
  ink(image, lines, lot.pick(LINE_COLOURS), lot.between(0.45, 0.95));
  if (!lot.isLucky(0.3)) return;
  const margin = emptyMask(width, height);
  const x = width * lot.between(0.1, 0.25);
  drawStroke(
    margin,
    [
      [x, -9],
      [x, height + 9],
    ],
    thickness * 1.2,
  );
  ink(image, margin, [0.9, 0.45, 0.45], 0.7);
}

function square(image: Image, size: number, lot: Lot): void {
  const { width, height } = image;
  const spacing = size * lot.pick([lot.between(0.35, 0.7), lot.between(0.8, 1.4)]);
  const lines = emptyMask(width, height);
  const thickness = Math.max(0.6, size * lot.between(0.006, 0.016));
  drawLines(lines, 'rows', lot.between(0, spacing), spacing, thickness);
  drawLines(lines, 'columns', lot.between(0, spacing), spacing, thickness);
  ink(image, lines, lot.pick(LINE_COLOURS), lot.between(0.4, 0.85));
}

export type PenKind = 'ballpoint' | 'pencil' | 'marker' | 'fineliner' | 'chalk' | 'board marker';

interface Pen {
  kind: PenKind;
  colour: Colour;
  opacity: number;
  /** How much its ink lets the paper through in places, 0 to 1. */
  grain: number;
  /** Thickness for our own handwriting, in heights of a digit. */
  stroke: number;
}

const BLUE: Colour = [0.12, 0.18, 0.55];
const BLACK: Colour = [0.09, 0.09, 0.1];

/** A pen that shows on the paper. */
export function penFor(kind: PaperKind, lot: Lot): Pen {
  if (kind === 'blackboard') {
    const colour = lot.pick<Colour>([
      [0.93, 0.93, 0.9],
      [0.93, 0.93, 0.9],
      [0.95, 0.9, 0.55],
      [0.95, 0.7, 0.7],
    ]);
    return {
      kind: 'chalk',
      colour,
      opacity: lot.between(0.8, 0.95),
      grain: lot.between(0.2, 0.5),
      stroke: lot.between(0.06, 0.11),
    };
  }
  if (kind === 'whiteboard') {
    const colour = lot.pick<Colour>([BLACK, [0.1, 0.15, 0.6], [0.75, 0.1, 0.12], [0.05, 0.45, 0.2]]);
    return {
      kind: 'board marker',
      colour,
      opacity: lot.between(0.8, 0.95),
      grain: 0.1,
      stroke: lot.between(0.06, 0.12),
    };
  }
  const pen = lot.pick<PenKind>(
    kind === 'cardboard'
      ? ['marker', 'marker', 'ballpoint']
      : ['ballpoint', 'ballpoint', 'pencil', 'marker', 'fineliner'],
  );
  switch (pen) {
    case 'pencil':
      return {
        kind: pen,
        colour: [0.3, 0.3, 0.32],
        opacity: lot.between(0.7, 0.92),
        grain: lot.between(0.08, 0.28),
        stroke: lot.between(0.04, 0.08),
      };
    case 'marker':
      return {
        kind: pen,
        colour: lot.pick<Colour>([BLACK, BLACK, [0.1, 0.15, 0.5], [0.7, 0.08, 0.1], [0.05, 0.35, 0.15]]),
        opacity: lot.between(0.9, 1),
        grain: 0,
        stroke: lot.between(0.09, 0.17),
      };
    case 'fineliner':
      return {
        kind: pen,
        colour: lot.pick([BLACK, BLUE]),
        opacity: 1,
        grain: 0,
        stroke: lot.between(0.03, 0.05),
      };
    default:
      return {
        kind: 'ballpoint',
        colour: varied(lot.pick<Colour>([BLUE, BLUE, BLACK, [0.6, 0.1, 0.12]]), lot, 0.05),
        opacity: lot.between(0.8, 0.97),
        grain: lot.between(0, 0.12),
        stroke: lot.between(0.035, 0.07),
      };
  }
}

/** Writes with the pen: `mask` is changed by the pen's grain. */
export function write(image: Image, mask: Mask, { colour, opacity, grain }: Pen, lot: Lot): void {
  if (grain > 0) {
    for (let i = 0; i < mask.values.length; i++) {
      if (mask.values[i] > 0) mask.values[i] *= 1 - grain * Math.abs(lot.normal());
    }
    for (let i = 0; i < mask.values.length; i++) if (mask.values[i] < 0) mask.values[i] = 0;
  }
  ink(image, mask, colour, opacity);
}
