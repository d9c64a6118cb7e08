/**
 * The normal distribution's integral and its inverse, as the Parzen estimators need them: out to far tails.
 *
 * Source of the integral's Chebyshev series: Press, Teukolsky, Vetterling and Flannery, "Numerical Recipes", third
 * edition, section 6.2.2. The inverse is found by Newton's method and needs no constants of its own.
 */

const SERIES = [
  -1.3026537197817094, 0.6419697923564902, 1.9476473204185836e-2, -9.561514786808631e-3, -9.46595344482036e-4,
  3.66839497852761e-4, 4.2523324806907e-5, -2.0278578112534e-5, -1.624290004647e-6, 1.30365583558e-6,
  1.5626441722e-8, -8.5238095915e-8, 6.529054439e-9, 5.059343495e-9, -9.91364156e-10, -2.27365122e-10,
  9.6467911e-11, 2.394038e-12, -6.886027e-12, 8.94487e-13, 3.13092e-13, -1.12708e-13, 3.81e-16, 7.106e-15,
  -1.523e-15, -9.4e-17, 1.21e-16, -2.8e-17,
];

/** The complementary error function of z ≥ 0, to about 1e-15 of itself. */
function complement(z: number): number {
  const t = 2 / (2 + z);
  const twice = 4 * t - 2;
  let current = 0;
  let before = 0;
  for (let index = SERIES.length - 1; index > 0; index--) {
    const next = twice * current - before + SERIES[index];
    before = current;
    current = next;
  }
  return t * Math.exp(-z * z + 0.5 * (SERIES[0] + twice * current) - before);
}

/** The share of a standard normal distribution below `z`. */
export function normalBelow(z: number): number {
  const tail = 0.5 * complement(Math.abs(z) / Math.SQRT2);
  return z < 0 ? tail : 1 - tail;
}

/** The share between two places, taken in the tail where differences do not vanish. */
export function normalBetween(low: number, high: number): number {
  return low > 0 ? normalBelow(-low) - normalBelow(-high) : normalBelow(high) - normalBelow(low);
}

const MOST_STEPS = 60;
const PRECISION = 1e-13;

/** The place between `low` and `high` below which a share of what lies between them is. */
export function truncatedQuantile(share: number, low: number, high: number): number {
  // On the left, small shares are exact.
  if (low > 0) return -truncatedQuantile(1 - share, -high, -low);
  const wanted = normalBelow(low) + share * normalBetween(low, high);
  let from = low;
  let to = high;
  let place = (low + high) / 2;
  for (let step = 0; step < MOST_STEPS; step++) {
    const error = normalBelow(place) - wanted;
    if (error < 0) from = place;
    else to = place;
    const slope = Math.exp(-0.5 * place * place) / Math.sqrt(2 * Math.PI);
    // Newton's step where that stays between, and half the way where it does not.
    let next = place - error / slope;
    if (!(next > from && next < to)) next = (from + to) / 2;
    if (Math.abs(next - place) <= PRECISION * (1 + Math.abs(place))) return next;
    place = next;
  }
  return place;
}
