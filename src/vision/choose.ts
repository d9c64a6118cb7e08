/**
 * Which of all candidates are the digits of a line: those that read best together.
 *
 * Each atom of the line belongs to one digit that is read or is left out. Costs are negative logarithms of
 * probabilities, so that the cheapest way through the line, found by dynamic programming over its atoms, is the
 * likeliest reading.
 */
import { DIGIT_NAMES } from '../data/dataset.ts';
import type { Atom, AtomLine } from './atoms.ts';
import type { Candidate } from './candidates.ts';
import { around, distanceOf, type Extent, heightOf, widthOf } from './components.ts';
import { clamp } from './plane.ts';
import {
  CROSSED_COST,
  CUT_COST,
  DOUBTLESS_COST,
  FULL_HEIGHT,
  GAP_COST,
  JOIN_COST,
  NARROW_PART_COST,
  PART_SKIP_COST,
  SKIP_COST,
  STROKE_COST,
  TWO_DIGITS_COST,
  USUAL_PAIR_ASPECT,
} from './settings.ts';
import { aspectCost, heightCost } from './shape.ts';

/** What the network says of a candidate. */
export interface Opinion {
  /** Of the classes that are signs to be read. */
  probabilities: number[];
  best: number;
  notDigit: number;
}

/** What several pictures of one digit are taken for, on average. */
export function meanOf(answers: readonly (readonly number[])[]): number[] {
  return answers[0].map((_, i) => answers.reduce((sum, answer) => sum + answer[i], 0) / answers.length);
}

/** The eleventh class, where there is one, is what is no digit. */
export function opinionOf(answer: readonly number[]): Opinion {
  const digits = answer.slice(0, DIGIT_NAMES.length);
  const sum = digits.reduce((all, probability) => all + probability, 0);
  const probabilities = digits.map((probability) => (sum > 0 ? probability / sum : 1 / digits.length));
  const best = probabilities.indexOf(Math.max(...probabilities));
  return { probabilities, best, notDigit: answer[DIGIT_NAMES.length] ?? 0 };
}

/** How sure the network is of a candidate: that it is a digit, and which. */
export function surenessIn({ probabilities, best, notDigit }: Opinion): number {
  return probabilities[best] * (1 - notDigit);
}

export interface Choice {
  candidates: Candidate[];
  cost: number;
}

const LEAST_PROBABILITY = 1e-6;

/** What it costs to read a candidate, other things aside. */
export function readingCost(candidate: Candidate, opinion: Opinion, line: AtomLine): number {
  const { probabilities, best, notDigit } = opinion;
  const sure = Math.max(LEAST_PROBABILITY, probabilities[best]);
  const isDigit = Math.max(LEAST_PROBABILITY, 1 - notDigit);
  const height = line.atoms.length > 1 ? heightCost(heightOf(candidate.extent), line.height) : 0;
  return (
    -Math.log(sure) -
    Math.log(isDigit) +
    aspectCost(candidate.image, best) +
    height +
    partCost(candidate, line)
  );
}

/**
 * Of being cut off from a component. Digits that touch are as high as what they make together; a part that is not is
 * likelier a part of a digit, the more the narrower the whole is.
 */
function partCost({ first, last, extent }: Candidate, { atoms }: AtomLine): number {
  const { component, componentAspect, componentHeight } = atoms[first];
  const isWhole = atoms[first - 1]?.component !== component && atoms[last + 1]?.component !== component;
  if (isWhole || atoms[last].component !== component) return 0;
  if (heightOf(extent) >= FULL_HEIGHT * componentHeight) return 0;
  return NARROW_PART_COST * clamp((USUAL_PAIR_ASPECT - componentAspect) / 0.5, 0, 1);
}

/**
 * What each candidate costs to read. A whole that falls into two digits without a doubt, each as high as it is, is likelier those:
 * a 2 with a 1 that leans on it looks like a 2. But for a 0, which is a 6 and a 1 where it is open above.
 */
export function readingCosts(
  lines: readonly AtomLine[],
  candidates: readonly Candidate[],
  opinions: readonly Opinion[],
): number[] {
  const costs = candidates.map((candidate, i) => readingCost(candidate, opinions[i], lines[candidate.line]));
  const nameOf = (line: number, first: number, last: number) => `${line}:${first}-${last}`;
  const doubtless = new Map<string, Candidate>();
  for (const [i, candidate] of candidates.entries()) {
    if (candidate.shared || costs[i] > DOUBTLESS_COST) continue;
    doubtless.set(nameOf(candidate.line, candidate.first, candidate.last), candidate);
  }
  return candidates.map(({ line, first, last, extent, shared }, i) => {
    if (shared || opinions[i].best === 0) return costs[i];
    const least = FULL_HEIGHT * heightOf(extent);
    const isHalf = (from: number, to: number) => {
      const half = doubtless.get(nameOf(line, from, to));
      return half !== undefined && heightOf(half.extent) >= least;
    };
    for (let at = first + 1; at <= last; at++) {
      if (!isCut(lines[line].atoms, at) || !isHalf(first, at - 1) || !isHalf(at, last)) continue;
      return costs[i] + TWO_DIGITS_COST;
    }
    return costs[i];
  });
}

/** Whether ink was cut through between an atom and the one before it. */
export function isCut(atoms: readonly Atom[], at: number): boolean {
  if (at === 0 || at >= atoms.length || atoms[at].component !== atoms[at - 1].component) return false;
  return (atoms[at].cutBefore?.strokes ?? 0) > 0;
}

/** By how much more, or less, it costs to leave something out of a line, and to cut it. */
export interface Factors {
  skip: number;
  cut: number;
}

/** The likeliest reading of one line. `candidates` are the line's, `costs` what each costs to read. */
export function chooseReading(
  line: AtomLine,
  candidates: readonly Candidate[],
  costs: readonly number[],
  { skip, cut }: Factors = { skip: 1, cut: 1 },
): Choice {
  const { atoms } = line;
  const least = new Float64Array(atoms.length + 1).fill(Infinity);
  const arrivals: (number | undefined)[] = new Array(atoms.length + 1).fill(undefined);
  least[0] = 0;
  const byFirst = new Map<number, number[]>();
  for (const [i, { first }] of candidates.entries()) {
    byFirst.set(first, [...(byFirst.get(first) ?? []), i]);
  }
  const skippedTo = new Int32Array(atoms.length + 1);
  for (let at = 0; at < atoms.length; at++) {
    const end = endOfComponent(atoms, at);
    const ways: [to: number, cost: number][] = [
      [
        at + 1,
        at + 1 < end ? PART_SKIP_COST + cut * cutCost(line, at) : skip * skipCost(line, at, at + 1, cut),
      ],
    ];
    if (end > at + 1 && startsComponent(atoms, at)) ways.push([end, skip * skipCost(line, at, end, cut)]);
    for (const [to, cost] of ways) {
      if (least[at] + cost >= least[to]) continue;
      least[to] = least[at] + cost;
      arrivals[to] = undefined;
      skippedTo[to] = at;
    }
    for (const i of byFirst.get(at) ?? []) {
      const { last } = candidates[i];
      const cost = least[at] + costs[i] + joiningCost(line, at, last) + cut * cutCost(line, at);
      if (cost < least[last + 1]) {
        least[last + 1] = cost;
        arrivals[last + 1] = i;
      }
    }
  }
  const chosen: Candidate[] = [];
  for (let at = atoms.length; at > 0; ) {
    const i = arrivals[at];
    if (i === undefined) at = skippedTo[at];
    else {
      chosen.unshift(candidates[i]);
      at = candidates[i].first;
    }
  }
  return { candidates: chosen, cost: least[atoms.length] };
}

function startsComponent(atoms: readonly Atom[], at: number): boolean {
  return at === 0 || atoms[at - 1].component !== atoms[at].component;
}

/** One past the last of the atoms after `at` that are of its component, without a gap. */
function endOfComponent(atoms: readonly Atom[], at: number): number {
  let end = at + 1;
  while (end < atoms.length && atoms[end].component === atoms[at].component) end++;
  return end;
}

/**
 * Of leaving a component out: little for what is small, and as much as a poor reading for what is as high as a digit. A
 * part alone costs more: a cut is there to tell digits apart, not to get rid of ink.
 */
function skipCost({ atoms, height }: AtomLine, first: number, end: number, cut: number): number {
  if (!startsComponent(atoms, first)) return PART_SKIP_COST + cut * cutCost({ atoms, height }, first);
  const extent = around(atoms.slice(first, end));
  // What is wider than a digit would be several.
  const digits = Math.max(1, USUAL_PAIR_ASPECT * (widthOf(extent) / heightOf(extent)) - 0.4);
  return SKIP_COST * Math.min(digits, sizeCost(extent, height));
}

/** Of leaving out what has some size beside digits of some height, as a share of what a digit costs. */
function sizeCost(extent: Extent, height: number): number {
  return 1.4 * (Math.max(heightOf(extent), widthOf(extent)) / height) ** 2;
}

/** What is at most this share of a digit's height away from it may be a piece of it. */
const BESIDE = 0.25;

/** Of leaving out what stands in no line, but right at a digit that was read: the tail of a 9 that came off. */
export function leftOutCost(leftOut: readonly Extent[], read: readonly Candidate[]): number {
  return leftOut.reduce((sum, piece) => {
    const beside = read.filter(({ extent }) => distanceOf(piece, extent) <= BESIDE * heightOf(extent));
    const height = Math.max(0, ...beside.map(({ extent }) => heightOf(extent)));
    return height > 0 ? sum + SKIP_COST * Math.min(1, sizeCost(piece, height)) : sum;
  }, 0);
}

/** Of having cut before an atom: more where it goes through several strokes. */
function cutCost({ atoms }: AtomLine, at: number): number {
  const { cutBefore } = atoms[at];
  if (at === 0 || cutBefore === undefined) return 0;
  const { crossed, strokes } = cutBefore;
  // Between pieces that hang together only because they are near, there is nothing to cut.
  if (strokes === 0) return 0;
  return CUT_COST + CROSSED_COST * crossed + STROKE_COST * Math.max(0, strokes - 1);
}

/**
 * Of taking for one digit what does not hang together: more where the gap is wide. That is so between components, and
 * between pieces of one that was bridged.
 */
function joiningCost({ atoms, height }: AtomLine, first: number, last: number): number {
  let cost = 0;
  let right = atoms[first].right;
  for (let i = first + 1; i <= last; i++) {
    if (atoms[i].component !== atoms[i - 1].component || atoms[i].cutBefore?.strokes === 0) {
      cost += JOIN_COST + (GAP_COST * Math.max(0, atoms[i].left - right)) / height;
    }
    right = Math.max(right, atoms[i].right);
  }
  return cost;
}
