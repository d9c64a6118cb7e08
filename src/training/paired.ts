/**
 * Two models on the same pictures, compared pair by pair.
 *
 * Two accuracies side by side say little: most pictures both read, and only those that one of them reads tell the
 * models apart. McNemar's test asks whether those fall to one side more often than a coin would let them: exactly, by
 * the binomial distribution, up to a thousand of them, and beyond by χ² with Edwards's correction. The interval for the
 * difference is that of Agresti and Min, which keeps its promise for few pictures, too.
 *
 * Sources: McNemar, "Note on the sampling error of the difference between correlated proportions" (1947); Edwards, "Note
 * on the correction for continuity" (1948); Agresti and Min, "Simple improved confidence intervals for comparing
 * matched proportions" (2005).
 */

export interface PairedComparison {
  examples: number;
  bothRight: number;
  bothWrong: number;
  onlyFirst: number;
  onlySecond: number;
  /** Accuracy of the second less that of the first. */
  difference: number;
  /** 95 % of such intervals hold the true difference. */
  interval: [number, number];
  /** Probability of differing so much, or more, if the models were equally good; two-sided. */
  pValue: number;
  /** How that was computed. */
  test: 'exact binomial' | 'chi-squared';
}

const MOST_EXACT = 1000;
/** Of the standard normal distribution: 2.5 % lie above it. */
const QUANTILE = 1.959964;

/** @param first whether the first model read each picture right, not 0 where it did; `second` likewise. */
export function comparePaired(first: ArrayLike<number>, second: ArrayLike<number>): PairedComparison {
  let [bothRight, bothWrong, onlyFirst, onlySecond] = [0, 0, 0, 0];
  for (let i = 0; i < first.length; i++) {
    if (first[i] && second[i]) bothRight++;
    else if (first[i]) onlyFirst++;
    else if (second[i]) onlySecond++;
    else bothWrong++;
  }
  const examples = first.length;
  return {
    ...{ examples, bothRight, bothWrong, onlyFirst, onlySecond },
    difference: examples === 0 ? 0 : (onlySecond - onlyFirst) / examples,
    interval: intervalOf(onlyFirst, onlySecond, examples),
    ...mcNemar(onlyFirst, onlySecond),
  };
}

/** McNemar's test of how often only one and only the other was right. */
export function mcNemar(one: number, other: number): Pick<PairedComparison, 'pValue' | 'test'> {
  const total = one + other;
  if (total <= MOST_EXACT)
    return { pValue: coinProbability(Math.min(one, other), total), test: 'exact binomial' };
  const chi = Math.max(0, Math.abs(one - other) - 1) / Math.sqrt(total);
  return { pValue: 2 * upperTail(chi), test: 'chi-squared' };
}

function intervalOf(one: number, other: number, examples: number): [number, number] {
  // Half a picture is added to each of the four cases.
  const count = examples + 2;
  const difference = (other - one) / count;
  const error = Math.sqrt(Math.max(0, (one + other + 1) / count - difference ** 2) / count);
  return [Math.max(-1, difference - QUANTILE * error), Math.min(1, difference + QUANTILE * error)];
}

/** That a fair coin falls `least` times or less to one side of `total`, or as rarely to the other. */
function coinProbability(least: number, total: number): number {
  let logTerm = -total * Math.LN2;
  let sum = 0;
  for (let k = 0; k <= least; k++) {
    sum += Math.exp(logTerm);
    logTerm += Math.log((total - k) / (k + 1));
  }
  return Math.min(1, 2 * sum);
}

/** Of the standard normal distribution: Abramowitz and Stegun, formula 26.2.17, to 7.5e-8. */
function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  const series = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429];
  return density * series.reduceRight((sum, coefficient) => (sum + coefficient) * t, 0);
}
