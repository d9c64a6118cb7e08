/**
 * The skeletons of 0 to 4; see glyphs.ts for what their numbers mean.
 */
import type { Stroke } from './curve.ts';
import type { Hand } from './hand.ts';

/** Round or narrow, closed, a little open, with ends that pass each other or one that curls inwards. */
export function zero(hand: Hand): Stroke[] {
  const width = hand.range(0.2, 0.48);
  const start = hand.range(-140, -30);
  const points = hand.sweep([0, 0.5], [width, 0.5], start, start - 360 + hand.range(-30, 42), 10);
  if (hand.chance(0.35)) {
    const [x, y] = points[9];
    points[9] = [x + hand.range(-0.1, 0.1), y + hand.range(0, 0.15)];
  }
  if (hand.chance(0.06)) points.push(hand.aim(hand.range(-0.2, 0.2) * width, hand.range(0.15, 0.4)));
  return [[points]];
}

/** A plain line, with a flag at its head, or with flag and foot. */
export function one(hand: Hand): Stroke[] {
  const bend = hand.range(-0.06, 0.06);
  const head = hand.aim(0, 0);
  const foot = hand.aim(0, 1);
  const stem = [head, hand.aim(bend, 0.5), foot];
  if (hand.chance(0.72)) return [[stem]];
  const flag = hand.aim(-hand.range(0.1, 0.32), hand.range(0.1, 0.32));
  const strokes: Stroke[] = [[[flag, head], stem]];
  if (hand.chance(0.6)) {
    const half = hand.range(0.15, 0.42);
    strokes.push([[hand.aim(-half, 1), hand.aim(half, 1)]]);
  }
  return strokes;
}

/** A hooked head, then a sharp or looped turn into the base; or angular like a Z. */
export function two(hand: Hand): Stroke[] {
  const right = hand.range(0.42, 0.7);
  const shoulder = hand.range(0.16, 0.34);
  const head = hand.chance(0.15)
    ? [hand.aim(0.05, 0.06), hand.aim(0.35, 0.0), hand.aim(right, shoulder * 0.6)]
    : [
        hand.aim(hand.range(-0.04, 0.18), hand.range(0.1, 0.4)),
        hand.aim(hand.range(0.02, 0.12), 0.1),
        hand.aim(right / 2, 0),
        hand.aim(right - 0.06, 0.09),
        hand.aim(right, shoulder),
      ];
  const end = hand.aim(hand.range(0.5, 1.1), hand.range(0.8, 1.12));
  if (hand.chance(0.5)) {
    const loopWidth = hand.range(0.1, 0.5);
    const loopHeight = hand.range(0.08, 0.44);
    const crossing = hand.range(0.2, 0.54);
    const low = hand.range(0.86, 1);
    const loop = [
      hand.aim(right - 0.1, 0.52),
      hand.aim(crossing, low - loopHeight * 0.35),
      hand.aim(crossing - loopWidth * 0.5, low),
      hand.aim(crossing - loopWidth, low - loopHeight * 0.4),
      hand.aim(crossing - loopWidth * 0.5, low - loopHeight),
      hand.aim(crossing + 0.02, low - loopHeight * 0.6),
    ];
    return [
      [[...head, ...loop, hand.aim((crossing + end[0]) / 2 + 0.04, hand.range(low - 0.08, 1.02)), end]],
    ];
  }
  const corner = hand.aim(hand.range(-0.08, 0.12), hand.range(0.88, 1));
  const base = [corner, hand.aim((corner[0] + end[0]) / 2, hand.range(0.86, 1)), end];
  const down = hand.aim(right - hand.range(0.12, 0.24), 0.55);
  if (hand.chance(0.25)) return [[[...head, down, ...base]]];
  return [[[...head, down, corner], base]];
}

/** Round or flat head; the waist is a cusp, a bend or a small loop. */
export function three(hand: Hand): Stroke[] {
  const waistX = hand.range(0.08, 0.38);
  const waistY = hand.range(0.38, 0.52);
  const bowl = hand.range(0.44, 0.72);
  const waist = hand.aim(waistX, waistY);
  const below = [
    hand.aim(bowl - 0.1, waistY + 0.07),
    hand.aim(bowl, 0.71),
    hand.aim(bowl - 0.1, 0.91),
    hand.aim(0.28, hand.range(0.97, 1.02)),
    hand.aim(hand.range(-0.1, 0.12), hand.range(0.76, 0.98)),
  ];
  if (hand.chance(0.14)) {
    const corner = hand.aim(hand.range(0.48, 0.62), hand.range(-0.02, 0.06));
    return [
      [
        [hand.aim(0.04, 0.03), corner],
        [corner, waist],
        [waist, ...below],
      ],
    ];
  }
  const top = hand.range(0.38, 0.66);
  const above = [
    hand.aim(hand.range(-0.02, 0.12), hand.range(0.05, 0.24)),
    hand.aim(0.27, 0),
    hand.aim(top - 0.05, 0.06),
    hand.aim(top, 0.18),
    hand.aim(top - 0.07, waistY - 0.11),
  ];
  if (hand.chance(0.2)) {
    const loop = [hand.aim(waistX - 0.06, waistY - 0.03), hand.aim(waistX - 0.02, waistY + 0.04)];
    return [[[...above, waist, ...loop, hand.aim(waistX + 0.08, waistY + 0.02), ...below]]];
  }
  return [
    [
      [...above, waist],
      [waist, ...below],
    ],
  ];
}

/** Open at the top, with an angular or a round hook, or closed to a triangle. */
export function four(hand: Hand): Stroke[] {
  const bar = hand.range(0.46, 0.68);
  const stem = hand.range(0.4, 0.58);
  const reach = hand.chance(0.75) ? stem + hand.range(0.04, 0.3) : stem;
  const footX = stem + hand.range(-0.12, 0.06);
  const end = hand.aim(reach, bar + hand.range(-0.06, 0.03));
  if (hand.chance(0.2)) {
    const apex = hand.aim(stem, 0);
    const corner = hand.aim(hand.range(-0.05, 0.08), bar);
    const down = [[apex, hand.aim((stem + footX) / 2, 0.5), hand.aim(footX, 1)]];
    return [
      [
        [apex, corner],
        [corner, end],
      ],
      down,
    ];
  }
  const head = hand.aim(hand.range(0.02, 0.24), hand.range(0, 0.14));
  const down = [
    [
      hand.aim(stem + hand.range(-0.03, 0.12), hand.range(-0.04, 0.34)),
      hand.aim((stem + footX) / 2, 0.6),
      hand.aim(footX, 1),
    ],
  ];
  if (hand.chance(0.45)) {
    const hook = [head, hand.aim(0.02, bar - 0.18), hand.aim(0.1, bar), hand.aim(0.28, bar)];
    return [[[...hook, end]], down];
  }
  const corner = hand.aim(hand.range(-0.04, 0.06), bar);
  return [
    [
      [head, hand.aim(0.06, bar / 2), corner],
      [corner, end],
    ],
    down,
  ];
}
