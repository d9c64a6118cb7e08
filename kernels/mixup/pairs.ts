/**
 * Which pictures of a batch are mixed with which, and how much of each.
 *
 * The batch is paired with itself in reverse. Batches are drawn by lot, so that this is as good as another draw; each
 * picture knows its partner without a list, and where threads take slices of the batch, one barrier is enough.
 *
 * Since each pair is mixed both ways, a share λ gives the same mixtures as 1 - λ, in another order. So the larger of
 * the two is taken: picture n and its label are always the greater part of mixture n, and what the label of a batch's
 * nth picture is counted against is what the network sees most of.
 */
import type { RandomPosition } from '../operation.ts';
import { Purpose, RandomStream } from '../random/reference.ts';

/** The picture that picture `n` of a batch is mixed with; in the middle of an odd batch, itself. */
export function partnerOf(n: number, examples: number): number {
  return examples - 1 - n;
}

/**
 * The share that each picture of a step keeps, from ½ to 1: λ or 1 - λ, whichever is larger, of λ ~ Beta(α, α), held as
 * 32-bit floats hold it, so that every backend has the same. With α = 0 it is 1.
 *
 * Where T follows Student's t of 2α degrees of freedom, ½ + ½ T / √(2α + T²) is Beta(α, α); T comes from two uniform
 * numbers without rejection, as √(2α (U^(-1/α) - 1)) cos 2πV. Sources: Bailey, "Polar generation of random variates
 * with the t-distribution", 1994; Devroye, "Random variate generation in one line of code", 1996.
 */
export function drawShare(alpha: number, { seed, step }: Pick<RandomPosition, 'seed' | 'step'>): number {
  const random = new RandomStream(seed, Purpose.mixup, step);
  const spread = (1 - random.uniform()) ** (-1 / alpha) - 1;
  const cosine = Math.cos(2 * Math.PI * random.uniform());
  return Math.fround(0.5 + 0.5 / Math.sqrt(1 + 1 / (spread * cosine ** 2)));
}
