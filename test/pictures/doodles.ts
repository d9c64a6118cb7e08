/** What people scribble that is no digit and no letter: each as strokes in a box of about 100×100. */
import type { Lot } from './lot.ts';
import type { Point, Polyline } from './strokes.ts';
import { strokesOf } from './strokes.ts';

const TURN = 2 * Math.PI;

/** A curve through `count` + 1 points for t from 0 to 1. */
function curve(count: number, at: (t: number) => Point): Polyline {
  return Array.from({ length: count + 1 }, (_, i) => at(i / count));
}

function ring(cx: number, cy: number, rx: number, ry = rx): Polyline {
  return curve(40, (t) => [cx + rx * Math.cos(t * TURN), cy + ry * Math.sin(t * TURN)]);
}

function straight(...points: Point[]): Polyline {
  return points.flatMap((to, i) => {
    if (i === 0) return [to];
    const from = points[i - 1];
    return curve(12, (t) => [from[0] + (to[0] - from[0]) * t, from[1] + (to[1] - from[1]) * t]).slice(1);
  });
}

function star(lot: Lot): Polyline[] {
  const corners = lot.pick([5, 5, 6, 7]);
  const step = corners === 6 ? 1 : 2;
  if (corners === 6) {
    const triangle = (turn: number) =>
      straight(...Array.from({ length: 4 }, (_, i) => onCircle(i / 3 + turn, 48)));
    return [triangle(0.25), triangle(0.75)];
  }
  return [
    straight(...Array.from({ length: corners + 1 }, (_, i) => onCircle((i * step) / corners - 0.25, 48))),
  ];
}

function onCircle(turns: number, radius: number): Point {
  return [50 + radius * Math.cos(turns * TURN), 50 + radius * Math.sin(turns * TURN)];
}

function smiley(lot: Lot): Polyline[] {
  const isHappy = lot.isLucky(0.7);
  const mouth = curve(16, (t): Point => [28 + 44 * t, 66 + (isHappy ? 14 : -10) * Math.sin(t * Math.PI)]);
  return [ring(50, 50, 46), ring(34, 38, 3), ring(66, 38, 3), mouth];
}

function hatching(lot: Lot): Polyline[] {
  const lines = lot.whole(6, 12);
  const one = (isCrossed: boolean) =>
    Array.from({ length: lines }, (_, i): Polyline => {
      const at = 5 + (90 * i) / (lines - 1) + lot.normal() * 2;
      const [a, b] = [lot.between(0, 10), lot.between(90, 100)];
      return isCrossed ? straight([a, at], [b, at + 4]) : straight([at, a], [at + 10, b]);
    });
  return lot.isLucky(0.5) ? [...one(false), ...one(true)] : one(false);
}

function scribble(lot: Lot, loops: number): Polyline[] {
  const waves = Array.from({ length: 4 }, () => [lot.normal(), lot.normal(), lot.between(0, TURN)]);
  return [
    curve(loops * 30, (t) => {
      const angle = t * loops * TURN;
      let [x, y] = [50 + 34 * Math.cos(angle) * (0.5 + 0.5 * t), 50 + 34 * Math.sin(angle * 1.13)];
      waves.forEach(([a, b, phase], i) => {
        x += 6 * a * Math.sin((i + 1) * 0.7 * angle + phase);
        y += 6 * b * Math.cos((i + 1) * 0.9 * angle + phase);
      });
      return [x, y];
    }),
  ];
}

function zigzag(lot: Lot): Polyline[] {
  const teeth = lot.whole(5, 10);
  return [
    straight(
      ...Array.from(
        { length: teeth + 1 },
        (_, i): Point => [(i * 200) / teeth, i % 2 === 0 ? 80 : 20 + lot.normal() * 6],
      ),
    ),
  ];
}

function arrow(lot: Lot): Polyline[] {
  const length = lot.between(90, 180);
  return [straight([0, 50], [length, 50]), straight([length - 22, 26], [length, 50], [length - 22, 74])];
}

/** Words that nobody could read: loops and strokes along a line. */
function scrawl(lot: Lot): Polyline[] {
  const [a, b] = [lot.between(14, 22), lot.between(2.3, 3.7)];
  return [
    curve(220, (t) => [
      t * 300 + a * Math.cos(t * 90),
      50 + 16 * Math.sin(t * 90) + 24 * Math.sin(t * 37 * b) * Math.sin(t * 11),
    ]),
  ];
}

/** A cross of hatching over a word or figure, as people strike out what was wrong. */
function struckOut(lot: Lot): Polyline[] {
  const lines = lot.whole(7, 11);
  const back: Point[] = [];
  for (let i = 0; i <= lines; i++) back.push([(i * 110) / lines, i % 2 === 0 ? 8 : 92]);
  return [...scribble(lot, 4), straight(...back), straight([0, 90], [110, 12])];
}

const FIXED: Record<string, string> = {
  heart: 'M50 92 C-10 44 10 0 34 8 C44 10 50 22 50 28 C50 22 56 10 66 8 C90 0 110 44 50 92',
  house: 'M14 96 L14 44 L50 8 L86 44 L86 96 L14 96 M14 44 L86 44 M42 96 L42 68 L60 68 L60 96',
  triangle: 'M50 6 L94 90 L6 90 L50 6',
  square: 'M8 8 L92 10 L91 92 L9 90 L8 8',
  tick: 'M4 54 L34 92 L98 6',
  fish: 'M92 20 C60 0 16 20 6 50 C16 82 60 98 92 78 M92 20 L112 6 L112 92 L92 78 M24 42 L26 43',
  umbrella: 'M6 50 C10 -8 90 -8 94 50 C80 40 66 40 50 50 C34 40 20 40 6 50 M50 50 L50 88 C50 100 34 98 34 88',
  tree: 'M44 98 L44 66 M56 98 L56 66 M30 66 C4 66 4 36 26 36 C20 6 80 6 74 36 C98 36 96 66 70 66 L30 66',
  cloud: 'M20 78 C-4 78 0 44 24 48 C24 14 70 12 74 40 C104 34 108 78 84 78 L20 78',
  man: 'M50 36 L50 68 L30 98 M50 68 L72 98 M22 46 L50 42 L80 48 M50 36 C34 36 34 6 50 6 C66 6 66 36 50 36',
  cup: 'M20 20 L26 92 L70 92 L76 20 L20 20 M75 34 C104 30 100 74 72 74',
};

export const DOODLES: Record<string, (lot: Lot) => Polyline[]> = {
  spiral: (lot) => {
    const turns = lot.between(3, 5);
    return [curve(160, (t) => onCircle(t * turns, 4 + 44 * t))];
  },
  star,
  smiley,
  hatching,
  zigzag,
  arrow,
  scrawl,
  scribble: (lot) => scribble(lot, lot.whole(5, 9)),
  'struck out': struckOut,
  flower: () => [
    ring(50, 34, 8),
    ...Array.from({ length: 6 }, (_, i) => {
      const [x, y] = onCircle(i / 6, 20);
      return ring(x, y - 16, 10);
    }),
    straight([50, 44], [52, 98]),
  ],
  sun: () => [
    ring(50, 50, 22),
    ...Array.from({ length: 9 }, (_, i) => {
      const ray = (radius: number) => onCircle(i / 9, radius);
      return straight(ray(30), ray(48));
    }),
  ],
  cat: () => [
    ring(50, 56, 36, 32),
    straight([22, 36], [20, 6], [42, 26]),
    straight([58, 26], [80, 6], [78, 36]),
    ring(36, 50, 4),
    ring(64, 50, 4),
    straight([44, 62], [50, 67], [56, 62]),
    straight([2, 56], [26, 62]),
    straight([2, 74], [26, 68]),
    straight([98, 56], [74, 62]),
    straight([98, 74], [74, 68]),
  ],
  ...Object.fromEntries(Object.entries(FIXED).map(([name, path]) => [name, () => strokesOf(path)])),
};
