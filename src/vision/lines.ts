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
 * The lean of the lines, in radians, clockwise as seen: each component is joined to the nearest one on its right, and
 * the leans of chains that result are averaged by the square of their lengths. 0 where no chain is long enough to tell.
 */
export function leanOf(components: readonly Component[], height: number): number {
  const able = components.filter((component) => couldBeDigit(component, height));
  const nextOf = new Map<Component, Component>();
  const taken = new Set<Component>();
  const sorted = [...able].sort((a, b) => a.left + a.right - b.left - b.right);
  for (const [i, one] of sorted.entries()) {
    let best: Component | undefined;
    let least = 3.5 * height;
    for (let j = i + 1; j < sorted.length; j++) {
      const other = sorted[j];
      const across = (other.left + other.right - one.left - one.right) / 2;
      if (across > least) break;
      const down = (other.top + other.bottom - one.top - one.bottom) / 2;
      if (across < 0.2 * height || Math.abs(down) > STEEPEST_LEAN * across + 0.2 * height) continue;
      const distance = Math.hypot(across, 1.5 * down);
      if (distance < least && !taken.has(other)) {
        least = distance;
        best = other;
      }
    }
    if (best === undefined) continue;
    taken.add(best);
    nextOf.set(one, best);
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

/** Lines from top to bottom, the components of each from left to right. */
export function groupLines(components: readonly Component[], height: number): Line[] {
  const middle = ({ top, bottom }: Component) => (top + bottom) / 2;
  const large = components.filter((component) => heightOf(component) >= DIGIT_SHARE * height);
  const lines: { members: Component[]; at: number; height: number }[] = [];
  for (const component of [...large].sort((a, b) => heightOf(b) - heightOf(a))) {
    const own = lines.find(
      (line) =>
        Math.abs(middle(component) - line.at) < 0.5 * Math.max(0.9 * line.height, heightOf(component) * 0.6),
    );
    if (own === undefined) {
      lines.push({ members: [component], at: middle(component), height: heightOf(component) });
      continue;
    }
    own.members.push(component);
    const heights = own.members.map(heightOf).sort((a, b) => a - b);
    own.height = heights[Math.floor(heights.length / 2)];
    own.at = own.members.reduce((sum, member) => sum + middle(member), 0) / own.members.length;
  }
  for (const component of components) {
    if (heightOf(component) >= DIGIT_SHARE * height) continue;
    if (Math.max(heightOf(component), widthOf(component)) < SPECK_SHARE * height) continue;
    const own = lines.reduce<(typeof lines)[number] | undefined>((best, line) => {
      const distance = Math.abs(middle(component) - line.at);
      if (distance > 0.75 * line.height) return best;
      return best === undefined || distance < Math.abs(middle(component) - best.at) ? line : best;
    }, undefined);
    own?.members.push(component);
  }
  lines.sort((a, b) => a.at - b.at);
  return lines.map((line) => ({
    components: line.members.sort((a, b) => a.left + a.right - b.left - b.right),
    height: line.height,
  }));
}
