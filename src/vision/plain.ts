/**
 * What is plain to see: pictures whose components are a digit each, beyond doubt. Most are so, and need one question
 * for each digit where every cut and join would take ten.
 */
import type { AtomLine } from './atoms.ts';
import type { Group } from './candidates.ts';
import { isCut, type Opinion, surenessIn } from './choose.ts';
import { around, type Extent, heightOf, widthOf } from './components.ts';
import { FEWEST_OF_TEXT, FULL_HEIGHT, LEAST_OF_TEXT, MOST_OF_TEXT } from './settings.ts';

/** A component is taken for what the network reads in it where it is as sure as this, */
export const SURE = 0.98;
/** and no wider for its height: what is wider may be two digits that touch. */
const WIDEST_SURE = 1.1;
/** Less paper between two, as a share of the lower one's height, may be where a line of ruling was taken out. */
const STACKED = 0.2;
/** One is over the other if they share this much of the narrower one's width. */
const OVER = 1 / 3;
/** What is smaller than this share of its line's height is a speck, and left out. */
const SPECK = 0.25;

/** Each component of some lines as a whole, but for specks; undefined where one could be several digits. */
export function wholeComponents(lines: readonly AtomLine[]): Group[] | undefined {
  const groups: Group[] = [];
  for (const group of componentsOf(lines)) {
    const { extent } = group;
    if (widthOf(extent) > WIDEST_SURE * heightOf(extent)) return undefined;
    if (groups.some((other) => isStacked(other.extent, extent))) return undefined;
    groups.push(group);
  }
  return groups;
}

function* componentsOf(lines: readonly AtomLine[]): Generator<Group, undefined> {
  for (const [line, { atoms, height }] of lines.entries()) {
    for (let first = 0, last = 0; first < atoms.length; first = last + 1) {
      const { component } = atoms[first];
      last = first;
      while (atoms[last + 1]?.component === component) last++;
      const extent = around(atoms.slice(first, last + 1));
      if (Math.max(widthOf(extent), heightOf(extent)) >= SPECK * height) yield { line, first, last, extent };
    }
  }
}

/** The largest of very many components; none where there are fewer. */
export function largestOfMany(lines: readonly AtomLine[]): Group[] {
  const groups = [...componentsOf(lines)];
  if (groups.length < FEWEST_OF_TEXT) return [];
  return groups.sort((a, b) => areaOf(b) - areaOf(a)).slice(0, MOST_OF_TEXT);
}

/** What is so many times as high as half of the others are is no letter of theirs. */
const STANDS_OUT = 1.7;

/**
 * Whether so many components, of which these are the largest, are text: letters are strokes, and now and then like a digit, but
 * not one that stands out.
 */
export function areText(largest: readonly Group[], opinions: readonly Opinion[]): boolean {
  const digits = largest.filter((_, i) => opinions[i].best !== 1 && surenessIn(opinions[i]) >= 0.5);
  const heights = largest.map(({ extent }) => heightOf(extent)).sort((a, b) => a - b);
  const usual = heights[heights.length >> 1];
  return (
    digits.length < LEAST_OF_TEXT * largest.length &&
    digits.every(({ extent }) => heightOf(extent) < STANDS_OUT * usual)
  );
}

function areaOf({ extent }: Group): number {
  return widthOf(extent) * heightOf(extent);
}

/** Two digits that touch are at least this wide for their height. */
const NARROWEST_PAIR = 0.75;

/** The halves that cuts make of those groups that are wide enough for two digits, where both are about as high as the whole. */
export function halvesOf(lines: readonly AtomLine[], groups: readonly Group[]): Group[] {
  return groups.flatMap(({ line, first, last, extent }) => {
    const { atoms } = lines[line];
    const halves: Group[] = [];
    if (widthOf(extent) < NARROWEST_PAIR * heightOf(extent)) return halves;
    for (let at = first + 1; at <= last; at++) {
      if (!isCut(atoms, at)) continue;
      const left = { line, first, last: at - 1, extent: around(atoms.slice(first, at)) };
      const right = { line, first: at, last, extent: around(atoms.slice(at, last + 1)) };
      const lower = Math.min(heightOf(left.extent), heightOf(right.extent));
      if (lower >= FULL_HEIGHT * heightOf(extent)) halves.push(left, right);
    }
    return halves;
  });
}

/** Whether one is over the other, so close that they may be one digit that is broken. */
export function isStacked(one: Extent, other: Extent): boolean {
  const gap = Math.max(one.top, other.top) - Math.min(one.bottom, other.bottom);
  const shared = Math.min(one.right, other.right) - Math.max(one.left, other.left);
  const narrower = Math.min(widthOf(one), widthOf(other));
  const lower = Math.min(heightOf(one), heightOf(other));
  return gap < STACKED * lower && shared > OVER * narrower;
}

/** Whether the network has no doubt. */
export function isSure({ probabilities, best, notDigit }: Opinion): boolean {
  return probabilities[best] >= SURE && notDigit <= 1 - SURE;
}
