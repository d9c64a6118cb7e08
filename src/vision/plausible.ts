/**
 * Which components could be digits or parts of digits, and which are something else: a table's edge, a shadow, a thumb, a
 * line across the page, dust.
 *
 * A stroke has paper on both of its sides; where a sheet ends, or a shadow does, the dark rim that is left after the light was
 * flattened has paper on one side only, and looks like a 1 to whoever sees ink alone.
 */
import { type Component, heightOf, type Labelled, thicknessOf, widthOf } from './components.ts';
import { typicalHeight } from './lines.ts';
import { clamp, type Plane } from './plane.ts';
import { INK_THRESHOLD, LARGEST_COMPONENTS, LOWEST_DIGIT } from './settings.ts';

/** Of a component's outline box, the share along the picture's edge from which it is taken for a border. */
const BORDER_SHARE = 0.7;
/** A line that begins and ends at different edges of the picture is a sheet's if it goes over this share of both its sides. */
const CORNER_SHARE = 0.4;
/** Lines are thinner than this share of their length, */
const THIN_SHARE = 0.07;
/** and have at most this much of the ink that one stroke of their length and thickness has. */
const ONE_STROKE = 1.4;
/** What is as thick as this share of its length is a dot. */
const DOT_SHARE = 0.4;
/** A component as thick as this many strokes is none; */
const THICKEST = 3;
/** one at the edge of the picture, as this many. */
const THICKEST_CUT = 1.6;
/** What is written inside of a sheet's corner has at least this share of its height; */
const INNER_SHARE = 0.1;
/** what is written beside a thumb, this one; */
const BESIDE_SHARE = 0.5;
/** and a thumb is this many times as thick. */
const THICKER = 2;
/** Thicker than this many strokes or at the edge of the picture, ink must have sharp edges. */
const SHARP_THICKNESS = 1.3;
/** Share of an outline that may be soft. */
const MOST_SOFT = 0.4;

/** Pixels of ink that a component must have, not to be a speck. */
export function leastArea(strokeWidth: number): number {
  return Math.max(2, 0.4 * strokeWidth * strokeWidth);
}

/** Components that could be digits, or parts of them: without specks, and without what is no writing. */
export function plausible(ink: Plane, labelled: Labelled, strokeWidth: number): Component[] {
  const large = labelled.components.filter(({ area }) => area >= leastArea(strokeWidth));
  const inside = large.filter((component) => !isSurroundings(component, ink, labelled, strokeWidth));
  const kept = withoutLines(inside.filter((component) => !isBesideWriting(component, inside, labelled)));
  if (kept.length <= LARGEST_COMPONENTS) return kept;
  return kept.sort((a, b) => b.area - a.area).slice(0, LARGEST_COMPONENTS);
}

/** Whether a component is of what lies around the paper or falls on it: a table, a shadow, a thumb. */
export function isSurroundings(
  component: Component,
  ink: Plane,
  { width, height, labels }: Labelled,
  strokeWidth: number,
): boolean {
  const isAtEdge = isCut(component);
  const thickness = thicknessOf(component);
  if (thickness > (isAtEdge ? THICKEST_CUT : THICKEST) * (strokeWidth + 1)) return true;
  if (isBorder(component, width, height)) return true;
  if (!isAtEdge && thickness < SHARP_THICKNESS * strokeWidth) return false;
  return softness(component, ink, labels, strokeWidth) > MOST_SOFT;
}

/** Whether a component that the picture's edge cuts is seen by what is written beside it to be no writing. */
function isBesideWriting(
  component: Component,
  all: readonly Component[],
  { width, height }: Pick<Labelled, 'width' | 'height'>,
): boolean {
  if (!isCut(component)) return false;
  const [wide, tall, thickness] = [widthOf(component), heightOf(component), thicknessOf(component)];
  const isCorner =
    thickness < THIN_SHARE * Math.max(wide, tall) &&
    wide > CORNER_SHARE * width &&
    tall > CORNER_SHARE * height;
  return all.some((other) => {
    if (isCut(other)) return false;
    // A sheet's edge goes round what is written on the sheet.
    if (isCorner && isWithin(other, component) && heightOf(other) > INNER_SHARE * tall) return true;
    // A thumb is thicker than any pen.
    return heightOf(other) > BESIDE_SHARE * tall && thickness > THICKER * thicknessOf(other);
  });
}

function isCut({ contacts }: Component): boolean {
  return contacts.some((contact) => contact > 0);
}

function isWithin(one: Component, other: Component): boolean {
  return (
    one.left >= other.left && one.right <= other.right && one.top >= other.top && one.bottom <= other.bottom
  );
}

function isBorder(component: Component, width: number, height: number): boolean {
  const [left, top, right, bottom] = component.contacts;
  const wide = widthOf(component);
  const tall = heightOf(component);
  // Of a small one its long side must lie there: a 1 may begin at the upper edge.
  const [isTall, isWide] = [tall >= wide || tall > 0.3 * height, wide >= tall || wide > 0.3 * width];
  if (isTall && Math.max(left, right) >= BORDER_SHARE * tall) return true;
  if (isWide && Math.max(top, bottom) >= BORDER_SHARE * wide) return true;
  if ((left > 0 && right > 0) || (top > 0 && bottom > 0 && tall > 3 * wide)) return true;
  // A sheet's edge, round a corner of it.
  const isThin = thicknessOf(component) < THIN_SHARE * Math.max(wide, tall);
  if (isThin && component.contacts.filter((contact) => contact > 0).length > 1) {
    if (wide > CORNER_SHARE * width && tall > CORNER_SHARE * height) return true;
  }
  // A corner of the table.
  return left + right >= 0.4 * tall && top + bottom >= 0.4 * wide;
}

/** Share of a component's outline around which, at half a stroke's width, nothing is much fainter than ink. */
function softness(
  component: Component,
  { width, height, data }: Plane,
  labels: Int32Array,
  strokeWidth: number,
): number {
  const reach = Math.max(2, Math.ceil(strokeWidth / 2));
  let outline = 0;
  let soft = 0;
  for (let y = component.top; y < component.bottom; y++) {
    for (let x = component.left; x < component.right; x++) {
      const i = y * width + x;
      if (labels[i] !== component.label) continue;
      const isInside =
        (x === 0 || labels[i - 1] !== 0) &&
        (x + 1 === width || labels[i + 1] !== 0) &&
        (y === 0 || labels[i - width] !== 0) &&
        (y + 1 === height || labels[i + width] !== 0);
      if (isInside) continue;
      outline++;
      const left = data[y * width + clamp(x - reach, 0, width - 1)];
      const right = data[y * width + clamp(x + reach, 0, width - 1)];
      const above = data[clamp(y - reach, 0, height - 1) * width + x];
      const below = data[clamp(y + reach, 0, height - 1) * width + x];
      if (Math.min(left, right, above, below) > INK_THRESHOLD / 2) soft++;
    }
  }
  return outline > 0 ? soft / outline : 0;
}

/** Without what is one stroke and far longer than all else is high: an edge of the sheet, a line across the page. */
function withoutLines(components: readonly Component[]): Component[] {
  const lengthOf = (component: Component) => Math.max(widthOf(component), heightOf(component));
  // Writing has more ink than one stroke as long as it is.
  const isLine = (component: Component) =>
    component.area < ONE_STROKE * thicknessOf(component) * lengthOf(component) &&
    thicknessOf(component) < THIN_SHARE * lengthOf(component);
  // Dust, and the holes of a binder, tell nothing of how high digits are.
  const isDot = (component: Component) =>
    heightOf(component) < LOWEST_DIGIT || thicknessOf(component) > DOT_SHARE * lengthOf(component);
  const height = typicalHeight(components.filter((component) => !isLine(component) && !isDot(component)));
  return components.filter(
    (component) => !isLine(component) || height === 0 || lengthOf(component) < 2.5 * height,
  );
}

/** On the darker side the ink of a step stands out by less than this share of what it does on the lighter one. */
const STEP_SHARE = 0.3;
/** A stroke's length in thicknesses, at least. */
const LENGTH = 3;
/** What goes across a stroke is no longer than so many of its thicknesses; what is longer goes along it. */
const LONGEST_SECTION = 2;
/** A rim is a step in this share of what its sections show. */
const MOST_SECTIONS = 0.65;

/** Whether a long and narrow component is the rim of a step in brightness, straight or bent. `grey` is the picture that the ink was found in. */
export function isStep(component: Component, grey: Plane, labelled: Labelled, isDark: boolean): boolean {
  const thickness = thicknessOf(component);
  const length = Math.max(widthOf(component), heightOf(component));
  if (length < LENGTH * thickness) return false;
  // A ragged outline makes ink seem thin, and its mean width over its length tells.
  const longest = LONGEST_SECTION * Math.max(thickness, component.area / length);
  const sign = isDark ? 1 : -1;
  // By their pixels, so that spurs weigh as little as they are.
  let [seen, steps] = [0, 0];
  visitSections(
    component,
    grey,
    labelled,
    longest,
    2 + Math.ceil(thickness),
    (pixels, before, ink, after) => {
      const [one, other] = [sign * (before - ink), sign * (after - ink)];
      seen += pixels;
      if (Math.min(one, other) < STEP_SHARE * Math.max(one, other)) steps += pixels;
    },
  );
  return 2 * seen >= component.area && steps >= MOST_SECTIONS * seen;
}

/**
 * Visits the component's runs along rows and columns that are no longer than `longest`, with their mean brightness and
 * that of the paper `away` from both of their ends. Where there is other ink or no picture, nothing is known of the paper.
 */
function visitSections(
  { left, top, right, bottom, label }: Component,
  { width, height, data }: Plane,
  { labels }: Labelled,
  longest: number,
  away: number,
  visit: (pixels: number, before: number, ink: number, after: number) => void,
): void {
  const rows = { from: top, to: bottom, next: width, start: left, end: right, step: 1, size: width };
  const columns = { from: left, to: right, next: 1, start: top, end: bottom, step: width, size: height };
  for (const { from, to, next, start, end, step, size } of [rows, columns]) {
    for (let line = from * next; line < to * next; line += next) {
      for (let at = start; at < end; at++) {
        if (labels[line + at * step] !== label) continue;
        const first = at;
        let sum = 0;
        for (; at < end && labels[line + at * step] === label; at++) sum += data[line + at * step];
        if (at - first > longest || first < away || at - 1 + away >= size) continue;
        const [before, after] = [line + (first - away) * step, line + (at - 1 + away) * step];
        if (labels[before] !== 0 || labels[after] !== 0) continue;
        visit(at - first, data[before], sum / (at - first), data[after]);
      }
    }
  }
}
