/**
 * Doodles: what else people leave on paper. None of them looks like a digit; a plain line, for one, is never steep, since a
 * steep line is a 1. Across and down are about 0 to 1.
 */
import type { RandomStream } from '../../../kernels/random/reference.ts';
import { arc, type Point, type Stroke } from '../synthetic/curve.ts';

type Draw = (random: RandomStream) => Stroke[];

const straight = (...points: Point[]): Stroke => points.slice(1).map((point, i) => [points[i], point]);
const smooth = (points: Point[]): Stroke => [points];
const circle = (centre: Point, radius: number): Stroke => smooth(arc(centre, [radius, radius], 0, 370, 14));
const times = <Value>(count: number, make: (i: number) => Value) =>
  Array.from({ length: count }, (_, i) => make(i));

/** A line at up to 24° to the horizontal. */
const line: Draw = (random) => [straight([0, 0], [1, random.between(-0.45, 0.45)])];

const zigzag: Draw = (random) => {
  const teeth = 4 + random.below(6);
  const height = random.between(0.15, 0.5);
  return [straight(...times(teeth, (i): Point => [i / teeth, (i % 2) * height]))];
};

const wave: Draw = (random) => {
  const bends = 5 + random.below(6);
  const height = random.between(0.08, 0.3);
  return [smooth(times(bends, (i): Point => [i / bends, (i % 2) * height]))];
};

const spiral: Draw = (random) => {
  const turns = random.between(2.2, 4.5);
  const points = Math.ceil(turns * 9);
  const start = random.between(0, 2 * Math.PI);
  return [
    smooth(
      times(points, (i): Point => {
        const angle = start + (2 * Math.PI * turns * i) / points;
        const radius = (0.5 * i) / points;
        return [0.5 + radius * Math.cos(angle), 0.5 + radius * Math.sin(angle)];
      }),
    ),
  ];
};

const star: Draw = () => {
  const corner = (i: number): Point => {
    const angle = -Math.PI / 2 + (4 * Math.PI * i) / 5;
    return [0.5 + 0.5 * Math.cos(angle), 0.5 + 0.5 * Math.sin(angle)];
  };
  return [straight(...times(6, corner))];
};

const arrow: Draw = (random) => {
  const end: Point = [1, random.between(-0.4, 0.4)];
  const barb = random.between(0.15, 0.3);
  return [straight([0, 0], end), straight([1 - barb, end[1] - barb], end, [1 - barb, end[1] + barb])];
};

const tick: Draw = (random) => [straight([0, 0.6], [0.3, 1], [random.between(0.8, 1.1), 0])];

const heart: Draw = () => [
  smooth([
    [0.5, 0.25],
    [0.3, 0],
    [0, 0.2],
    [0.15, 0.6],
    [0.5, 1],
  ]),
  smooth([
    [0.5, 0.25],
    [0.7, 0],
    [1, 0.2],
    [0.85, 0.6],
    [0.5, 1],
  ]),
];

const crossedBox: Draw = () => [
  straight([0, 0], [1, 0], [1, 1], [0, 1], [0, 0]),
  straight([0, 0], [1, 1]),
  straight([1, 0], [0, 1]),
];

const house: Draw = () => [
  straight([0.1, 0.45], [0.5, 0], [0.9, 0.45], [0.1, 0.45], [0.1, 1], [0.9, 1], [0.9, 0.45]),
  straight([0.4, 1], [0.4, 0.7], [0.6, 0.7], [0.6, 1]),
];

const flower: Draw = (random) => {
  const petals = 5 + random.below(4);
  const petal = (i: number) => {
    const angle = (2 * Math.PI * i) / petals;
    return circle([0.5 + 0.33 * Math.cos(angle), 0.5 + 0.33 * Math.sin(angle)], 0.17);
  };
  return [circle([0.5, 0.5], 0.15), ...times(petals, petal)];
};

const triangle: Draw = (random) => {
  const top = random.between(0.3, 0.7);
  return [straight([0, 1], [top, 0], [1, 1], [0, 1])];
};

/** Parallel lines, flat ones or crossed by others, so that none of them alone is a 1. */
const hatching: Draw = (random) => {
  const count = 4 + random.below(6);
  const slope = random.between(-0.3, 0.3);
  const flat = times(count, (i) => straight([0, i / count], [1, i / count + slope]));
  if (random.uniform() < 0.4) return flat;
  return [...flat, ...times(count, (i) => straight([(i + 0.5) / count, slope / 2], [(i + 0.5) / count, 1]))];
};

/** Where the hand goes without looking. */
const scribble: Draw = (random) => {
  const points = 9 + random.below(22);
  return [smooth(times(points, (): Point => [random.uniform(), random.uniform()]))];
};

const dots: Draw = (random) =>
  times(1 + random.below(5), () => {
    const [x, y] = [random.uniform(), random.between(0, 0.7)];
    return straight([x, y], [x + 0.02, y + 0.02]);
  });

/** Two lines under each other, a fence, a comb: strokes that meet at right angles. */
const fence: Draw = (random) => {
  const posts = 3 + random.below(4);
  return [
    straight([0, 0.35], [1, 0.35]),
    straight([0, 0.7], [1, 0.7]),
    ...times(posts, (i) => straight([(i + 0.5) / posts, 0], [(i + 0.5) / posts, 1])),
  ];
};

/** Joined loops, as an unreadable word is. */
const word: Draw = (random) => {
  const letters = 4 + random.below(6);
  const points: Point[] = [];
  for (let i = 0; i < letters; i++) {
    const height = random.uniform() < 0.3 ? 0.45 : 0.2;
    points.push([i / letters, 0.5], [(i + 0.45) / letters, 0.5 - height]);
    if (random.uniform() < 0.4) points.push([(i + 0.2) / letters, 0.3], [(i + 0.5) / letters, 0.52]);
  }
  return [smooth(points)];
};

const DOODLES: readonly Draw[] = [
  ...[line, zigzag, wave, spiral, star, arrow, tick, heart, crossedBox, house, flower],
  ...[triangle, hatching, scribble, scribble, scribble, dots, fence, word, word],
];

/** The strokes of a doodle of any kind. */
export function drawDoodle(random: RandomStream): Stroke[] {
  return DOODLES[random.below(DOODLES.length)](random);
}
