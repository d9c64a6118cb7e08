/**
 * A 1 as people write it who give it a flag: long or short, bent into the stem or with a corner, with a foot or without.
 *
 * It is for pages alone. The data set `synthetic` keeps its own 1s, whose flags are short and stand on a foot, since whoever
 * names a seed gets the pictures they got before.
 */
import type { Stroke } from '../synthetic/curve.ts';
import type { Hand } from '../synthetic/hand.ts';

/** How often its flag is bent into its stem, and how often a 1 with a corner stands on a foot. */
const HOOKED = 0.25;
const FOOTED = 0.3;
/** A flag that reaches farther falls: one that is long and flat makes a 7. */
const SHORT = 0.2;

/** Its strokes, in digit heights. */
export function flaggedOne(hand: Hand): Stroke[] {
  const head = hand.aim(0, 0);
  const rest = [hand.aim(hand.range(-0.06, 0.06), 0.5), hand.aim(0, 1)];
  const reach = hand.range(0.08, 0.42);
  const fall = reach < SHORT ? hand.range(0, 0.3) : reach * hand.range(0.35, 1.2);
  const flag = hand.aim(-reach, fall);
  if (hand.chance(HOOKED)) return [[[flag, hand.aim(-0.4 * reach, 0), hand.aim(0, 0.2), ...rest]]];
  const strokes: Stroke[] = [
    [
      [flag, head],
      [head, ...rest],
    ],
  ];
  if (hand.chance(FOOTED)) {
    const half = hand.range(0.1, 0.42);
    strokes.push([[hand.aim(-half, 1), hand.aim(half, 1)]]);
  }
  return strokes;
}
