/** What is read in a finding, once the network has said what it makes of each candidate. */
import { DIGIT_NAMES } from '../data/dataset.ts';
import type { Candidate } from './candidates.ts';
import { leftOutCost, type Opinion } from './choose.ts';
import { chooseLines, chooseTouching } from './context.ts';
import type { Finding } from './find.ts';
import { areStraight, readShare } from './judge.ts';
import type { StrokeDigit } from './passing.ts';
import type { PictureReading } from './picture.ts';
import { isStacked } from './plain.ts';
import { SKIP_COST, STACKED_COST } from './settings.ts';

/**
 * The best reading of a finding, what it costs and gains, what of the cost is for pieces left out, and the share of the
 * writing's ink that is read.
 */
export function readFinding(finding: Finding, opinions: readonly Opinion[]) {
  const { lines, candidates } = finding;
  const opinionOn = (candidate: Candidate) => opinions[candidates.indexOf(candidate)];
  const choices = chooseLines(lines, candidates, opinions);
  const read = choices.flatMap((choice) => choice.candidates);
  const written = { lines, read, digits: read.map((candidate) => opinionOn(candidate).best) };
  const costLeftOut = leftOutCost(finding.leftOut, read);
  let cost = STACKED_COST * stacksIn(read) + costLeftOut;
  let gain = 0;
  const digits: StrokeDigit[] = [];
  const text: string[] = [];
  for (const choice of choices) {
    cost += choice.cost;
    for (const own of choice.costs) gain += Math.max(0, SKIP_COST - own);
    if (choice.candidates.length === 0) continue;
    const own = digitsOf(choice.candidates, finding, opinions);
    digits.push(...own);
    text.push(own.map(({ digit }) => DIGIT_NAMES[digit]).join(''));
  }
  const reading: PictureReading =
    digits.length > 0
      ? { text: text.join('\n'), digits, rejected: false }
      : { text: '', digits, rejected: 'Nothing in the picture looks like a digit.' };
  return { reading, cost, gain, costLeftOut, share: readShare(written) };
}

/** What is alone in a picture as digits that touch; undefined where it is something else, such as an M. */
export function readTouching(finding: Finding, opinions: readonly Opinion[]): PictureReading | undefined {
  const { lines, candidates } = finding;
  const parts = lines.length === 1 ? chooseTouching(lines[0], candidates, opinions) : undefined;
  if (parts === undefined || parts.length === 0) return undefined;
  const digits = digitsOf(parts, finding, opinions);
  if (areStraight(digits.map(({ digit }) => digit))) return undefined;
  return { text: digits.map(({ digit }) => DIGIT_NAMES[digit]).join(''), digits, rejected: false };
}

function digitsOf(
  chosen: readonly Candidate[],
  { candidates, boxOf, sectionsOf }: Finding,
  opinions: readonly Opinion[],
): StrokeDigit[] {
  return chosen.map((candidate) => {
    const { probabilities, best, notDigit } = opinions[candidates.indexOf(candidate)];
    const { image } = candidate;
    const box = boxOf(candidate);
    const sections = sectionsOf(best, candidate, box);
    return { digit: best, confidence: probabilities[best], probabilities, notDigit, box, image, sections };
  });
}

/** How many digits are right over one of another line. */
function stacksIn(read: readonly Candidate[]): number {
  const isUnder = (one: Candidate, other: Candidate) =>
    other.line > one.line && isStacked(one.extent, other.extent);
  return read.reduce((sum, one) => sum + read.filter((other) => isUnder(one, other)).length, 0);
}
