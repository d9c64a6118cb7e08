/**
 * Digits keep company: what stands in a line with digits is likelier one, and of their height, than what stands alone; and
 * what could be a 1 is likelier a line of the paper where it is much thinner than all else that was written. So a
 * picture is read twice, the second time knowing what was sure the first time.
 */
import type { AtomLine } from './atoms.ts';
import type { Candidate } from './candidates.ts';
import {
  type Choice,
  chooseReading,
  type Factors,
  type Opinion,
  readingCosts,
  surenessIn,
} from './choose.ts';
import { heightOf } from './components.ts';
import {
  ALONE_FACTOR,
  BEYOND_DOUBT,
  COMPANY_CUT_FACTOR,
  COMPANY_FACTOR,
  CUT_COMPANY,
  MOST_COMPANY,
  SURE_ALONE,
  SURE_COST,
  WIDEST_ALONE,
} from './settings.ts';
import { heightCost, thinnessCost } from './shape.ts';

export interface LineChoice extends Choice {
  /** What each of its candidates costs to read. */
  costs: number[];
}

/** The likeliest reading of each line. */
export function chooseLines(
  lines: readonly AtomLine[],
  candidates: readonly Candidate[],
  opinions: readonly Opinion[],
): LineChoice[] {
  const choices = chooseTogether(lines, candidates, opinions);
  if (lines.length !== 1 || choices[0].candidates.length > 0) return choices;
  const [{ cost }] = choices;
  const alone = chooseAlone(lines[0], candidates, opinions);
  return alone ? [{ candidates: alone, cost, costs: alone.map(() => cost) }] : choices;
}

/**
 * What is alone in a picture is a digit if it surely is one, whatever its shape makes of it; or several that touch. Undefined
 * where it is neither.
 */
function chooseAlone(
  line: AtomLine,
  candidates: readonly Candidate[],
  opinions: readonly Opinion[],
): Candidate[] | undefined {
  if (!isOneComponent(line)) return undefined;
  const whole = wholeIn(line, candidates);
  const isOne = whole >= 0 && surenessIn(opinions[whole]) >= SURE_ALONE;
  if (isOne && line.atoms[0].componentAspect <= WIDEST_ALONE) return [candidates[whole]];
  return chooseTouching(line, candidates, opinions);
}

/**
 * The digits that what is alone in a picture falls into, if each surely is one and nothing of it is left over, whatever it costs
 * to cut between them. Undefined where it does not.
 */
export function chooseTouching(
  line: AtomLine,
  candidates: readonly Candidate[],
  opinions: readonly Opinion[],
): Candidate[] | undefined {
  if (!isOneComponent(line)) return undefined;
  const whole = wholeIn(line, candidates);
  const sure = [...candidates.keys()].filter((i) => i !== whole && surenessIn(opinions[i]) >= BEYOND_DOUBT);
  const costs = readingCosts([line], candidates, opinions);
  const parts = chooseReading(
    line,
    sure.map((i) => candidates[i]),
    sure.map((i) => costs[i]),
    { skip: Infinity, cut: 1 },
  ).candidates;
  const read = parts.reduce((sum, { first, last }) => sum + last + 1 - first, 0);
  return read === line.atoms.length ? parts : undefined;
}

function isOneComponent({ atoms }: AtomLine): boolean {
  return atoms.every(({ component }) => component === atoms[0].component);
}

/** Which candidate is all of a line, or -1. */
function wholeIn({ atoms }: AtomLine, candidates: readonly Candidate[]): number {
  return candidates.findIndex(({ first, last }) => first === 0 && last === atoms.length - 1);
}

function chooseTogether(
  lines: readonly AtomLine[],
  candidates: readonly Candidate[],
  opinions: readonly Opinion[],
): LineChoice[] {
  const costs = readingCosts(lines, candidates, opinions);
  const first = chooseAll(lines, candidates, costs, () => ({ skip: 1, cut: 1 }));
  const sure = first.map((choice) => choice.candidates.filter((_, i) => choice.costs[i] <= SURE_COST));
  const heights = sure.flat().map(({ extent }) => heightOf(extent));
  if (heights.length === 0) return first;
  const usual = heights.sort((a, b) => a - b)[Math.floor(heights.length / 2)];
  const pens = candidates.map((candidate) => penOf(lines, candidate));
  const written = usualThickness(
    first.flatMap((choice) => choice.candidates.map((one) => pens[candidates.indexOf(one)])),
  );
  // In a row of digits a 1 may be as thin as it likes.
  const isAlone = (candidate: Candidate) => sure[candidate.line].every((one) => one === candidate);
  const consistent = candidates.map((candidate, i) => {
    const isStroke = opinions[i].best === STROKE && isAlone(candidate);
    const thinness = isStroke ? thinnessCost(pens[i].thickness, written) : 0;
    return costs[i] + heightCost(heightOf(candidate.extent), usual) + thinness;
  });
  return chooseAll(lines, candidates, consistent, (line) => {
    const own = sure[line].filter((candidate) => consistent[candidates.indexOf(candidate)] <= SURE_COST);
    const company = Math.min(MOST_COMPANY, own.length);
    return {
      skip: company === 0 ? ALONE_FACTOR : 1 + COMPANY_FACTOR * (company - 1),
      cut: company >= CUT_COMPANY ? COMPANY_CUT_FACTOR : 1,
    };
  });
}

/** The digit that is a single stroke. */
const STROKE = 1;

interface Pen {
  thickness: number;
  /** How much was drawn with it, in pixels. */
  area: number;
}

/** How wide the strokes of a candidate are. */
function penOf(lines: readonly AtomLine[], { line, first, last }: Candidate): Pen {
  const atoms = lines[line].atoms.slice(first, last + 1);
  const area = atoms.reduce((sum, atom) => sum + atom.area, 0);
  const weighted = atoms.reduce((sum, atom) => sum + atom.area * atom.componentThickness, 0);
  return { thickness: weighted / area, area };
}

/** What half of the ink is at least as thick as. */
function usualThickness(pens: readonly Pen[]): number {
  const thickest = pens.toSorted((a, b) => b.thickness - a.thickness);
  let left = pens.reduce((sum, { area }) => sum + area, 0) / 2;
  for (const { thickness, area } of thickest) {
    left -= area;
    if (left <= 0) return thickness;
  }
  return 0;
}

function chooseAll(
  lines: readonly AtomLine[],
  candidates: readonly Candidate[],
  costs: readonly number[],
  factorsOf: (line: number) => Factors,
): LineChoice[] {
  return lines.map((line, number) => {
    const own = [...candidates.keys()].filter((i) => candidates[i].line === number);
    const ownCandidates = own.map((i) => candidates[i]);
    const ownCosts = own.map((i) => costs[i]);
    const choice = chooseReading(line, ownCandidates, ownCosts, factorsOf(number));
    return { ...choice, costs: choice.candidates.map((one) => ownCosts[ownCandidates.indexOf(one)]) };
  });
}
