/**
 * A rate and how far it may be off: of few things that were counted, it says little.
 *
 * The interval is Wilson's: Wilson, "Probable inference, the law of succession, and statistical inference" (1927). It
 * keeps its promise for few and for rates near 0, where most of ours are.
 */

export interface Rate {
  count: number;
  of: number;
  /** Null where nothing was counted. */
  rate: number | null;
  /** 95 % of such intervals hold the true rate. */
  interval: [low: number, high: number];
}

/** Of the standard normal distribution: 2.5 % lie above it. */
const QUANTILE = 1.959964;

/** @param count how many of `of` were so. */
export function rateOf(count: number, of: number): Rate {
  if (of === 0) return { count, of, rate: null, interval: [0, 1] };
  const rate = count / of;
  const square = QUANTILE ** 2;
  const centre = (rate + square / (2 * of)) / (1 + square / of);
  const reach = (QUANTILE / (1 + square / of)) * Math.sqrt((rate * (1 - rate)) / of + square / (4 * of ** 2));
  // Where none or all were so, the interval ends there; rounding may miss that by a hair.
  const low = count === 0 ? 0 : centre - reach;
  const high = count === of ? 1 : centre + reach;
  return { count, of, rate, interval: [low, high] };
}
