/**
 * Numbers too small to matter become zero.
 *
 * A running mean of a gradient that has stopped, such as that of a dead unit, halves for ever. Below 2^-126 a float is
 * denormal, and processors take a hundred cycles or more for each multiplication with one: the whole update became
 * twenty times as slow. So what an optimiser stores, and the gradient it reads, are zero below thresholds that lie far
 * under anything that could change a weight, and far enough above 2^-126 for products of them with rates and shares.
 * The same goes for the gradient of the loss where a network knows its pictures by heart: what it sends back through all
 * layers would be denormal.
 */

/** Of parameters and of what an optimiser remembers. */
export const TINY = 2 ** -100;

/** Of gradients: the square of any larger one is not tiny. */
export const TINY_GRADIENT = 2 ** -50;

/** `value`, or zero below the threshold. A NaN stays, so that it is noticed. */
export function flushed(value: number, threshold = TINY): number {
  return Math.abs(value) < threshold ? 0 : value;
}
