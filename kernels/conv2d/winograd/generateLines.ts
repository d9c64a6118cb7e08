/**
 * Writes the transforms of Winograd's convolution along lines, F(4, 5): see lines.wasm.ts for what they are for.
 *
 * Eight points, 0, ±½, ±1, ±2 and ∞, of which no other triple out of twelve binary fractions up to 2 had a smaller
 * error on random lines of eight channels and five rows. Even and odd powers are summed apart, since points come in
 * pairs that differ in the sign of the odd ones.
 */
import { range } from '../../gemm/generate.ts';
import {
  add,
  both,
  type Constants,
  compute,
  dataOf,
  finished,
  LOAD_BIAS,
  LOAD_LEAST,
  largest,
  loadConstants,
  minusTimes,
  plusTimes,
  type Steps,
  subtract,
  times,
  write,
} from './steps.ts';

const POINTS = 8;
const OUTPUTS = 4;
const TAPS = 5;

const [a, b, c] = [0.5, 1, 2];
const [aa, bb, cc] = [a ** 2, b ** 2, c ** 2];
/** What the weights are divided by at ± the root of `one`: the product of the distances to the other points. */
const distances = (one: number, other: number, third: number) => 2 * one * (one - other) * (one - third);

const CONSTANTS: Constants = {
  ...{ a, b, c, aa, bb, cc },
  ...{ aaa: a ** 3, bbb: b ** 3, ccc: c ** 3, aaaa: a ** 4, bbbb: b ** 4, cccc: c ** 4 },
  // The coefficients of (x² − a²)(x² − b²)(x² − c²), and of the products of two of these.
  ...{ sum: aa + bb + cc, pairs: aa * bb + aa * cc + bb * cc, all: aa * bb * cc },
  ...{ sumA: bb + cc, allA: bb * cc, sumB: aa + cc, allB: aa * cc, sumC: aa + bb, allC: aa * bb },
  atZero: -1 / (aa * bb * cc),
  ...{ atA: 1 / distances(aa, bb, cc), oddAtA: a / distances(aa, bb, cc) },
  ...{ atB: 1 / distances(bb, aa, cc), oddAtB: b / distances(bb, aa, cc) },
  ...{ atC: 1 / distances(cc, aa, bb), oddAtC: c / distances(cc, aa, bb) },
};

/** Values at ± one point: the product of the other points' factors, even powers and odd ones apart. */
const inputAt = (point: string, [e, f]: [string, string], [plus, minus]: [string, string]): Steps => [
  [`${e}0`, minusTimes(`sum${point.toUpperCase()}`, 'd4', 'd6')],
  [`${e}1`, plusTimes(`all${point.toUpperCase()}`, 'd2', `${e}0`)],
  [`${f}0`, minusTimes(`sum${point.toUpperCase()}`, 'd3', 'd5')],
  [`${f}1`, plusTimes(`all${point.toUpperCase()}`, 'd1', `${f}0`)],
  [plus, plusTimes(point, `${f}1`, `${e}1`)],
  [minus, minusTimes(point, `${f}1`, `${e}1`)],
];

/** Bᵀ d: the input, of which d0…d7 lie under four outputs. */
const INPUT: Steps = [
  ['p0', minusTimes('sum', 'd4', 'd6')],
  ['q0', plusTimes('pairs', 'd2', 'p0')],
  ['v0', minusTimes('all', 'd0', 'q0')],
  ['p1', minusTimes('sum', 'd5', 'd7')],
  ['q1', plusTimes('pairs', 'd3', 'p1')],
  ['v7', minusTimes('all', 'd1', 'q1')],
  ...inputAt('a', ['e', 'f'], ['v1', 'v2']),
  ...inputAt('b', ['g', 'h'], ['v3', 'v4']),
  ...inputAt('c', ['k', 'l'], ['v5', 'v6']),
];

/** Aᵀ m: the products d0…d7 to four outputs. */
const OUTPUT: Steps = [
  ['e', add('d1', 'd2')],
  ['f', subtract('d1', 'd2')],
  ['g', add('d3', 'd4')],
  ['h', subtract('d3', 'd4')],
  ['k', add('d5', 'd6')],
  ['l', subtract('d5', 'd6')],
  ['p0', add('d0', 'e')],
  ['q0', add('p0', 'g')],
  ['v0', add('q0', 'k')],
  ['p1', times('a', 'f')],
  ['q1', plusTimes('b', 'h', 'p1')],
  ['v1', plusTimes('c', 'l', 'q1')],
  ['p2', times('aa', 'e')],
  ['q2', plusTimes('bb', 'g', 'p2')],
  ['v2', plusTimes('cc', 'k', 'q2')],
  ['p3', plusTimes('aaa', 'f', 'd7')],
  ['q3', plusTimes('bbb', 'h', 'p3')],
  ['v3', plusTimes('ccc', 'l', 'q3')],
];

const weightAt = (point: string, [e, f]: [string, string], [plus, minus]: [string, string]): Steps => [
  [`${e}0`, plusTimes(point.repeat(2), 'd2', 'd0')],
  [`${e}1`, plusTimes(point.repeat(4), 'd4', `${e}0`)],
  [`${e}2`, times(`at${point.toUpperCase()}`, `${e}1`)],
  [`${f}0`, plusTimes(point.repeat(2), 'd3', 'd1')],
  [`${f}1`, times(`oddAt${point.toUpperCase()}`, `${f}0`)],
  [plus, add(`${e}2`, `${f}1`)],
  [minus, subtract(`${e}2`, `${f}1`)],
];

/** G w: five weights d0…d4. */
const WEIGHT: Steps = [
  ['v0', times('atZero', 'd0')],
  ['v7', 'd4'],
  ...weightAt('a', ['e', 'f'], ['v1', 'v2']),
  ...weightAt('b', ['g', 'h'], ['v3', 'v4']),
  ...weightAt('c', ['k', 'l'], ['v5', 'v6']),
];

const inputs = () =>
  write({
    comment: 'Bᵀ d: from a line of pixels to a row of each of eight planes for every tile, `step` apart.',
    name: 'lineInputs',
    parameters: ['line', 'pixel', 'tiles: i32', 'target', 'step', 'plane'],
    before: [...loadConstants(CONSTANTS, INPUT), 'let to = target;'],
    loops: [
      `for (; tiles > 0; tiles--, line += ${OUTPUTS - 1} * pixel, target += step, to = target)`,
      'for (const end = line + pixel; line < end; line += 32, to += 32)',
    ],
    body: [
      ...compute(INPUT, POINTS, (i) => `line + ${i} * pixel`),
      ...range(POINTS).flatMap((i) => both((v, o) => `v128.store(to + ${i} * plane, v${i}_${v}, ${o});`)),
    ],
  });

const weights = () =>
  write({
    comment: 'G w: from five taps, matrices of `bytes` one behind the other, to eight matrices `step` apart.',
    name: 'lineWeights',
    parameters: ['taps', 'bytes', 'target', 'step'],
    before: loadConstants(CONSTANTS, WEIGHT),
    loops: ['for (const end = taps + bytes; taps < end; taps += 32, target += 32)'],
    body: [
      ...compute(WEIGHT, TAPS, (i) => `taps + ${i} * bytes`),
      ...range(POINTS).flatMap((i) => both((v, o) => `v128.store(target + ${i} * step, v${i}_${v}, ${o});`)),
    ],
  });

/** From rows of planes at the addresses `sources` to a line of y, so many pixels for each tile. */
const outputs = (
  { comment, name, sources }: { comment: string; name: string; sources: readonly string[] },
  pixels: number,
  body: readonly string[],
) =>
  write({
    comment,
    name,
    parameters: [...sources, 'plane', 'tiles: i32', 'line', 'pixel', 'bias', 'floor: f32'],
    before: [...loadConstants(CONSTANTS, OUTPUT), LOAD_LEAST],
    loops: [
      `for (; tiles > 0; tiles--, line += ${pixels - 1} * pixel)`,
      `for (let f: usize = 0; f < pixel; f += 32, line += 32, ${sources.map((source) => `${source} += 32`).join(', ')})`,
    ],
    body: [...LOAD_BIAS, ...body],
  });

export function generateWinogradLines(): string {
  return [
    '// Written by kernels/conv2d/winograd/generateLines.ts when the kernels are built.\n',
    dataOf(CONSTANTS),
    inputs(),
    weights(),
    outputs(
      {
        comment: 'Aᵀ m plus bias, no less than floor: from rows of eight planes to a line of y.',
        name: 'lineOutputs',
        sources: ['source'],
      },
      OUTPUTS,
      [
        ...compute(OUTPUT, POINTS, (i) => `source + ${i} * plane`),
        ...range(OUTPUTS).flatMap((i) =>
          both((v, o) => `v128.store(line + ${i} * pixel, ${finished(`v${i}_${v}`, v)}, ${o});`),
        ),
      ],
    ),
    outputs(
      {
        comment: 'The same behind a max pool of 2×2: from rows that belong to two lines to one line of y.',
        name: 'pooledLineOutputs',
        sources: ['above', 'below'],
      },
      OUTPUTS / 2,
      [
        ...compute(OUTPUT, POINTS, (i) => `above + ${i} * plane`, 'above_'),
        ...compute(OUTPUT, POINTS, (i) => `below + ${i} * plane`, 'below_'),
        ...range(OUTPUTS / 2).flatMap((i) =>
          both((v, o) => {
            const four = [2 * i, 2 * i + 1].flatMap((j) => [`above_v${j}_${v}`, `below_v${j}_${v}`]);
            return `v128.store(line + ${i} * pixel, ${finished(largest(four), v)}, ${o});`;
          }),
        ),
      ],
    ),
  ].join('');
}
