/**
 * The skeletons of 5 to 9; see glyphs.ts for what their numbers mean.
 */
import type { Stroke } from './curve.ts';
import type { Hand } from './hand.ts';

/** Bar, neck and bowl in one go, smooth like an S, or with the bar drawn apart. */
export function five(hand: Hand): Stroke[] {
  const neck = hand.range(0.26, 0.54);
  const bowl = hand.range(0.42, 0.7);
  const left = hand.range(0.06, 0.22);
  const barEnd = hand.aim(hand.range(0.4, 0.95), hand.range(-0.14, 0.06));
  const below = [
    hand.aim(0.34, neck - hand.range(0, 0.06)),
    hand.aim(bowl - 0.06, neck + 0.1),
    hand.aim(bowl, hand.range(0.64, 0.76)),
    hand.aim(bowl - 0.12, 0.92),
    hand.aim(0.22, hand.range(0.96, 1.02)),
    hand.aim(hand.range(-0.15, 0.1), hand.range(0.74, 1)),
  ];
  if (hand.chance(0.2)) {
    return [[[barEnd, hand.aim(left + 0.12, 0.03), hand.aim(left, 0.2), ...below]]];
  }
  const corner = hand.aim(left, hand.range(0, 0.07));
  const bend = hand.aim(left - hand.range(0, 0.08), neck);
  const body: Stroke = hand.chance(0.5)
    ? [
        [corner, bend],
        [bend, ...below],
      ]
    : [[corner, bend, ...below]];
  if (hand.chance(0.4)) {
    const apart = hand.aim(left + hand.range(-0.04, 0.1), hand.range(-0.06, 0.04));
    return [body, [[apart, barEnd]]];
  }
  return [[[barEnd, corner], ...body]];
}

/** A long curve, straight or bent, into a bowl that closes on the stem, short of it, or across it. */
export function six(hand: Hand): Stroke[] {
  const bowlTop = hand.range(0.3, 0.78);
  const right = hand.range(0.36, 0.86);
  const middle = (bowlTop + 1) / 2;
  const headX = hand.range(0.1, 0.66);
  const start = hand.aim(headX, 0);
  const stem = [start, hand.aim(headX * hand.range(0.3, 0.6) + 0.02, hand.range(0.2, 0.34))];
  if (hand.chance(0.12)) stem.unshift(hand.aim(headX + hand.range(0.08, 0.2), hand.range(0.02, 0.12)));
  return [
    [
      [
        ...stem,
        hand.aim(0.02, 0.6),
        hand.aim(0.06, 0.88),
        hand.aim(right * 0.5, 1),
        hand.aim(right - 0.04, middle + 0.1),
        hand.aim(right, middle - 0.06),
        hand.aim(right * 0.7, bowlTop),
        hand.aim(right * 0.36, bowlTop + 0.05),
        hand.aim(hand.range(-0.06, 0.24), hand.range(middle, 0.95)),
      ],
    ],
  ];
}

/** With or without a serif and a crossing bar; the shoulder sharp or round, the stem straight or bent. */
export function seven(hand: Hand): Stroke[] {
  const corner = hand.aim(hand.range(0.45, 0.66), hand.range(-0.02, 0.1));
  const foot = hand.aim(hand.range(0.08, 0.4), 1);
  const bend = hand.range(-0.06, 0.08);
  const start = hand.aim(0, hand.range(-0.02, 0.24));
  const top = [start, hand.aim(0.27, start[1] / 2 + hand.range(-0.06, 0.06)), corner];
  const stem = [corner, hand.aim((corner[0] + foot[0]) / 2 - bend, 0.5), foot];
  const body: Stroke = hand.chance(0.2) ? [[...top, ...stem.slice(1)]] : [top, stem];
  const serif = hand.aim(start[0] + hand.range(-0.12, 0.05), start[1] + hand.range(0.08, 0.4));
  const strokes: Stroke[] = [hand.chance(0.35) ? [[serif, start], ...body] : body];
  if (hand.chance(0.17)) {
    const middle = (corner[0] + foot[0]) / 2 - bend;
    const half = hand.range(0.12, 0.36);
    const height = hand.range(0.38, 0.62);
    strokes.push([[hand.aim(middle - half, height), hand.aim(middle + half, height)]]);
  }
  return strokes;
}

/** One stroke that crosses itself, its ends meeting, apart or flung to the right, or two rings. */
export function eight(hand: Hand): Stroke[] {
  const waist = hand.range(0.34, 0.64);
  const upper = hand.range(0.12, 0.34);
  const lower = hand.range(0.12, 0.4);
  if (hand.chance(0.12)) {
    const turn = hand.range(-120, -30);
    const top = hand.sweep([0.3, waist / 2], [upper, waist / 2], turn, turn - 365, 9);
    const bottom = hand.sweep([0.3, (1 + waist) / 2], [lower, (1 - waist) / 2], turn, turn - 365, 9);
    return [[top], [bottom]];
  }
  const open = hand.chance(0.5);
  const start = open
    ? hand.aim(0.3 + upper + hand.range(-0.1, 0.4), hand.range(-0.08, 0.2))
    : hand.aim(0.3 + upper * 0.9, waist * 0.25);
  const end = open
    ? hand.aim(0.3 + upper + hand.range(-0.15, 0.25), hand.range(-0.1, 0.24))
    : hand.aim(0.3 + upper * 0.8, waist * 0.2);
  const centre = 0.3 + hand.range(-0.06, 0.06);
  return [
    [
      [
        start,
        hand.aim(0.32, 0),
        hand.aim(0.3 - upper, waist * 0.42),
        hand.aim(centre, waist),
        hand.aim(0.3 + lower * 0.9, waist + (1 - waist) * 0.42),
        hand.aim(0.3 + lower * 0.7, 0.92),
        hand.aim(0.28, 1),
        hand.aim(0.3 - lower * 0.85, 0.92),
        hand.aim(0.3 - lower * 0.8, waist + (1 - waist) * 0.5),
        hand.aim(centre, waist),
        hand.aim(0.3 + upper * 0.9, waist * 0.5),
        end,
      ],
    ],
  ];
}

/** A ring, closed or open, with a straight, bent or hooked tail that starts on it or above it. */
export function nine(hand: Hand): Stroke[] {
  const ring = hand.range(0.3, 0.68);
  const right = hand.range(0.36, 0.68);
  const start = hand.aim(right + hand.range(-0.24, 0.12), hand.range(-0.04, 0.18));
  const head = [
    start,
    hand.aim(right * 0.55, 0),
    hand.aim(0.07, ring * 0.3),
    hand.aim(0.03, ring * 0.7),
    hand.aim(right * 0.4, ring),
    hand.aim(right * 0.8, ring * 0.75),
  ];
  const join = hand.aim(right, hand.range(-0.08, 0.28));
  const shape = hand.range(0, 1);
  if (shape < 0.2) {
    const hook = [
      hand.aim(right + 0.02, 0.6),
      hand.aim(right - 0.06, 0.9),
      hand.aim(right - 0.24, 1),
      hand.aim(0.02, hand.range(0.8, 0.98)),
    ];
    return [
      [
        [...head, join],
        [join, ...hook],
      ],
    ];
  }
  const sideways = shape < 0.6 ? hand.range(-0.05, 0.08) : hand.range(-0.3, -0.08);
  const bend = hand.range(-0.02, 0.07);
  const foot = hand.aim(right + sideways, 1);
  const tail = [join, hand.aim(right + sideways * 0.35 + bend, 0.58), foot];
  if (hand.chance(0.25)) return [[[...head, ...tail]]];
  return [[[...head, join], tail]];
}
