/** Which components could be digits or parts of digits, how high digits are, and which stand in one line. */
import { type Component, heightOf, widthOf } from './components.ts';

/** Components in one line of writing. */
export interface Line {
  components: Component[];
  /** The usual height of its digits, in pixels. */
  height: number;
}

/** A component whose larger side is a smaller share of a digit's height is a speck. */
const SPECK_SHARE = 0.16;
/** One whose height is at least this share can be a digit of its own; a smaller one is a part, or nothing. */
const DIGIT_SHARE = 0.45;
const STEEPEST_LEAN = Math.tan((35 * Math.PI) / 180);

/** The height of a digit: the median height of the components, each counted by its area. */
export function typicalHeight(components: readonly Component[]): number {
  const sorted = [...components].sort((a, b) => heightOf(a) - heightOf(b));
  const total = sorted.reduce((sum, { area }) => sum + area, 0);
  let seen = 0;
  for (const component of sorted) {
    seen += component.area;
    if (2 * seen >= total) return heightOf(component);
  }
  return 0;
}

/**
 * The lean of the lines, in radians, clockwise as seen: components that are each other's nearest to the right and to the left are
 * joined, and the leans of chains that result are averaged by the square of their lengths. 0 where no chain is long enough to
 * tell.
 */
export function leanOf(components: readonly Component[], height: number): number {
  const sorted = components.filter((component) => couldBeDigit(component, height)).sort(fromTheLeft);
  const nextOf = new Map<Component, Component>();
  const taken = new Set<Component>();
  for (const [i, one] of sorted.entries()) {
    const next = nearestBeside(sorted, i, 1, height);
    if (next === undefined || nearestBeside(sorted, sorted.indexOf(next), -1, height) !== one) continue;
    nextOf.set(one, next);
    taken.add(next);
  }
  let sum = 0;
  let weights = 0;
  for (const first of sorted) {
    if (taken.has(first) || !nextOf.has(first)) continue;
    const chain = [first];
    for (let next = nextOf.get(first); next !== undefined; next = nextOf.get(next)) chain.push(next);
    const { slope, length } = fitSlope(chain);
    if (chain.length < 3 || length < 1.8 * height || Math.abs(slope) > STEEPEST_LEAN) continue;
    sum += length * length * slope;
    weights += length * length;
  }
  return weights > 0 ? Math.atan(sum / weights) : 0;
}

/** The nearest component to the right (`step` 1) or left (-1) that may be in the same line; those that are level count as nearer. */
function nearestBeside(
  sorted: readonly Component[],
  from: number,
  step: 1 | -1,
  height: number,
): Component | undefined {
  const one = sorted[from];
  let best: Component | undefined;
  let least = 3.5 * height;
  for (let j = from + step; j >= 0 && j < sorted.length; j += step) {
    const other = sorted[j];
    const across = Math.abs(fromTheLeft(other, one)) / 2;
    if (across > least) break;
    const down = Math.abs(middleOf(other) - middleOf(one));
    if (across < 0.2 * height || down > STEEPEST_LEAN * across + 0.2 * height) continue;
    const distance = Math.hypot(across, 1.5 * down);
    if (distance < least) {
      least = distance;
      best = other;
    }
  }
  return best;
}

/** A straight line through the middles of components, by least squares. */
function fitSlope(chain: readonly Component[]): { slope: number; length: number } {
  const xs = chain.map(({ left, right }) => (left + right) / 2);
  const ys = chain.map(({ top, bottom }) => (top + bottom) / 2);
  const meanX = xs.reduce((sum, x) => sum + x, 0) / xs.length;
  const meanY = ys.reduce((sum, y) => sum + y, 0) / ys.length;
  let squares = 0;
  let products = 0;
  for (const [i, x] of xs.entries()) {
    squares += (x - meanX) ** 2;
    products += (x - meanX) * (ys[i] - meanY);
  }
  return { slope: squares > 0 ? products / squares : 0, length: Math.max(...xs) - Math.min(...xs) };
}

function couldBeDigit(component: Component, height: number): boolean {
  return heightOf(component) >= DIGIT_SHARE * height && heightOf(component) <= 2.5 * height;
}

/** A line while it is being put together. */
interface Draft {
  /** From left to right. */
  members: Component[];
  height: number;
}

/** So many of a line's members, the nearest, tell where it goes on. */
const NEAREST = 3;
/** Parts of a line meet if they are within this share of their height of each other. */
const MEETING = 0.65;
/** How far the end of one part may be from the beginning of the next, in heights. */
const WIDEST_GAP = 6;

/**
 * Lines from top to bottom, the components of each from left to right. Each component is given to the line that it is level
 * with where it is, for over the whole page a line may climb or bend by more than its height.
 */
export function groupLines(components: readonly Component[], height: number): Line[] {
  const large = components.filter((component) => heightOf(component) >= DIGIT_SHARE * height);
  let lines: Draft[] = [];
  for (const component of [...large].sort(fromTheLeft)) {
    const own = nearestLine(lines, component);
    if (own === undefined) {
      lines.push({ members: [component], height: heightOf(component) });
      continue;
    }
    own.members.push(component);
    own.height = usualHeight(own.members);
  }
  lines = joined(lines);
  for (const component of components) {
    if (heightOf(component) >= DIGIT_SHARE * height) continue;
    if (Math.max(heightOf(component), widthOf(component)) < SPECK_SHARE * height) continue;
    const offs = lines.map((line) => Math.abs(middleOf(component) - levelOf(line, component)));
    const least = offs.indexOf(Math.min(...offs));
    if (least >= 0 && offs[least] <= 0.75 * lines[least].height) lines[least].members.push(component);
  }
  const meanLevel = ({ members }: Draft) =>
    members.reduce((sum, one) => sum + middleOf(one), 0) / members.length;
  lines.sort((a, b) => meanLevel(a) - meanLevel(b));
  return lines.map(({ members, height }) => ({ components: members.sort(fromTheLeft), height }));
}

function fromTheLeft(one: Component, other: Component): number {
  return one.left + one.right - other.left - other.right;
}

function middleOf({ top, bottom }: Component): number {
  return (top + bottom) / 2;
}

function usualHeight(members: readonly Component[]): number {
  return members.map(heightOf).sort((a, b) => a - b)[Math.floor(members.length / 2)];
}

/** The line that a component on its right goes on, if any does. */
function nearestLine(lines: readonly Draft[], component: Component): Draft | undefined {
  let best: Draft | undefined;
  let least = Infinity;
  for (const line of lines) {
    const off = Math.abs(middleOf(component) - levelOf(line, component));
    if (off >= 0.5 * Math.max(0.9 * line.height, 0.6 * heightOf(component)) || off >= least) continue;
    least = off;
    best = line;
  }
  return best;
}

/** Where the middle of a line is, next to a component: the mean of its nearest members. */
function levelOf({ members }: Draft, component: Component): number {
  const away = (member: Component) => Math.abs(fromTheLeft(member, component));
  const nearest = [...members].sort((a, b) => away(a) - away(b)).slice(0, NEAREST);
  return nearest.reduce((sum, member) => sum + middleOf(member), 0) / nearest.length;
}

/** Puts lines together of which one goes on where the other ends. */
function joined(lines: readonly Draft[]): Draft[] {
  const result: Draft[] = [];
  for (const line of [...lines].sort((a, b) => fromTheLeft(a.members[0], b.members[0]))) {
    const [first] = line.members;
    const before = result.find((other) => {
      const last = other.members[other.members.length - 1];
      const height = Math.max(other.height, line.height);
      const gap = first.left - last.right;
      return (
        gap > -0.2 * height &&
        gap < WIDEST_GAP * height &&
        Math.abs(levelOf(other, first) - levelOf(line, last)) < MEETING * height
      );
    });
    if (before === undefined) {
      result.push(line);
      continue;
    }
    before.members.push(...line.members);
    before.height = usualHeight(before.members);
  }
  return result;
}
