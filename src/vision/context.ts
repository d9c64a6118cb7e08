/**
 * Digits keep company: what stands in a line with digits is likelier one, and of their height, than what stands alone. So
 * a picture is read twice, the second time knowing what was sure the first time.
 */
import type { AtomLine } from './atoms.ts';
import type { Candidate } from './candidates.ts';
import { type Choice, chooseReading, type Opinion, readingCost } from './choose.ts';
import { heightOf } from './components.ts';
import { ALONE_FACTOR, COMPANY_FACTOR, MOST_COMPANY, SURE_COST } from './settings.ts';
import { heightCost } from './shape.ts';

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
  const costs = candidates.map((candidate, i) => readingCost(candidate, opinions[i], lines[candidate.line]));
  const first = chooseAll(lines, candidates, costs, () => 1);
  const sure = first.map((choice) => choice.candidates.filter((_, i) => choice.costs[i] <= SURE_COST));
  const heights = sure.flat().map(({ extent }) => heightOf(extent));
  if (heights.length === 0) return first;
  const usual = heights.sort((a, b) => a - b)[Math.floor(heights.length / 2)];
  const consistent = costs.map((cost, i) => cost + heightCost(heightOf(candidates[i].extent), usual));
  return chooseAll(lines, candidates, consistent, (line) => {
    const company = Math.min(MOST_COMPANY, sure[line].length);
    return company === 0 ? ALONE_FACTOR : 1 + COMPANY_FACTOR * (company - 1);
  });
}

function chooseAll(
  lines: readonly AtomLine[],
  candidates: readonly Candidate[],
  costs: readonly number[],
  skipFactorOf: (line: number) => number,
): LineChoice[] {
  return lines.map((line, number) => {
    const own = [...candidates.keys()].filter((i) => candidates[i].line === number);
    const ownCandidates = own.map((i) => candidates[i]);
    const ownCosts = own.map((i) => costs[i]);
    const choice = chooseReading(line, ownCandidates, ownCosts, skipFactorOf(number));
    return { ...choice, costs: choice.candidates.map((one) => ownCosts[ownCandidates.indexOf(one)]) };
  });
}
