/**
 * Writes the transforms of Winograd's convolution F(4×4, 3×3) along one axis: see rows.wasm.ts for what they are for.
 *
 * A transform takes the values at four or six neighbouring pixels of a line, each a vector of channels, to six or
 * four others. Done to columns and then to rows it is the transform of a whole tile. One axis at a time has few enough
 * values for the registers, and every load and store runs over neighbouring channels.
 *
 * The algorithm follows from products of polynomials, found by their values at six points. With the usual 0, ±1, ±2
 * and ∞ the error is twice that of the points taken here, which are as exact in binary: a = ¾ and b = 1½ were among
 * the best of eleven pairs, on random tiles of 32 channels. Source of the idea: Barabasz et al., "Error Analysis and Improving the
 * Accuracy of Winograd Convolution for Deep Neural Networks", 2020.
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

/** The six points are 0, ±a, ±b and ∞. */
const a = 0.75;
const b = 1.5;

const CONSTANTS: Constants = {
  a,
  b,
  aa: a ** 2,
  bb: b ** 2,
  aaa: a ** 3,
  bbb: b ** 3,
  aabb: a ** 2 * b ** 2,
  sum: a ** 2 + b ** 2,
  // What the weights are divided by at 0, ±a and ±b: the product of the distances to the other points.
  atZero: 1 / (a ** 2 * b ** 2),
  atA: 1 / (2 * a ** 2 * (a ** 2 - b ** 2)),
  atB: 1 / (2 * b ** 2 * (b ** 2 - a ** 2)),
};

/** Bᵀ d: the input, of which d0…d5 lie under four outputs. */
const INPUT: Steps = [
  ['p0', minusTimes('sum', 'd2', 'd4')],
  ['p5', minusTimes('sum', 'd3', 'd5')],
  ['v0', plusTimes('aabb', 'd0', 'p0')],
  ['v5', plusTimes('aabb', 'd1', 'p5')],
  ['e', minusTimes('bb', 'd2', 'd4')],
  ['f', minusTimes('bb', 'd1', 'd3')],
  ['v1', plusTimes('a', 'f', 'e')],
  ['v2', minusTimes('a', 'f', 'e')],
  ['g', minusTimes('aa', 'd2', 'd4')],
  ['h', minusTimes('aa', 'd1', 'd3')],
  ['v3', plusTimes('b', 'h', 'g')],
  ['v4', minusTimes('b', 'h', 'g')],
];

/** A dy: the gradients d0…d3 of four outputs. */
const GRADIENT: Steps = [
  ['v0', 'd0'],
  ['v5', 'd3'],
  ['e', plusTimes('aa', 'd2', 'd0')],
  ['f', plusTimes('aa', 'd3', 'd1')],
  ['v1', plusTimes('a', 'f', 'e')],
  ['v2', minusTimes('a', 'f', 'e')],
  ['g', plusTimes('bb', 'd2', 'd0')],
  ['h', plusTimes('bb', 'd3', 'd1')],
  ['v3', plusTimes('b', 'h', 'g')],
  ['v4', minusTimes('b', 'h', 'g')],
];

/** Aᵀ m: the products d0…d5 to four outputs. */
const OUTPUT: Steps = [
  ['e', add('d1', 'd2')],
  ['f', subtract('d1', 'd2')],
  ['g', add('d3', 'd4')],
  ['h', subtract('d3', 'd4')],
  ['p0', add('d0', 'e')],
  ['v0', add('p0', 'g')],
  ['p1', times('a', 'f')],
  ['v1', plusTimes('b', 'h', 'p1')],
  ['p2', times('aa', 'e')],
  ['v2', plusTimes('bb', 'g', 'p2')],
  ['p3', plusTimes('aaa', 'f', 'd5')],
  ['v3', plusTimes('bbb', 'h', 'p3')],
];

/** G w: three weights d0…d2. */
const WEIGHT: Steps = [
  ['v0', times('atZero', 'd0')],
  ['v5', 'd2'],
  ['e', times('atA', plusTimes('aa', 'd2', 'd0'))],
  ['f', times('atA', times('a', 'd1'))],
  ['v1', add('e', 'f')],
  ['v2', subtract('e', 'f')],
  ['g', times('atB', plusTimes('bb', 'd2', 'd0'))],
  ['h', times('atB', times('b', 'd1'))],
  ['v3', add('g', 'h')],
  ['v4', subtract('g', 'h')],
];

/** Gᵀ s: six sums d0…d5 to the gradients of three weights. */
const WEIGHT_GRADIENT: Steps = [
  ['e', times('atA', add('d1', 'd2'))],
  ['f', times('atA', subtract('d1', 'd2'))],
  ['g', times('atB', add('d3', 'd4'))],
  ['h', times('atB', subtract('d3', 'd4'))],
  ['p0', plusTimes('atZero', 'd0', 'e')],
  ['v0', add('p0', 'g')],
  ['p1', times('a', 'f')],
  ['v1', plusTimes('b', 'h', 'p1')],
  ['p2', plusTimes('aa', 'e', 'd5')],
  ['v2', plusTimes('bb', 'g', 'p2')],
];

/** From whole lines, of pixels one below the other, to lines `step` apart. */
function columns(name: string, comment: string, steps: Steps, inputs: number, outputs = 6): string {
  const sources = range(inputs).map((i) => `line${i}`);
  return write({
    comment,
    name,
    parameters: [...sources, 'bytes', 'target', 'step'],
    before: loadConstants(CONSTANTS, steps),
    loops: ['for (let i: usize = 0; i < bytes; i += 32, target += 32)'],
    body: [
      ...compute(steps, inputs, (i) => `${sources[i]} + i`),
      ...range(outputs).flatMap((i) => both((v, o) => `v128.store(target + ${i} * step, v${i}_${v}, ${o});`)),
    ],
  });
}

/** From one line of pixels to a row of each of six planes, tile after tile; a tile begins four pixels after the one before. */
function rows(name: string, comment: string, steps: Steps, inputs: number): string {
  return write({
    comment,
    name,
    parameters: ['line', 'pixel', 'tiles: i32', 'target', 'plane'],
    before: loadConstants(CONSTANTS, steps),
    loops: [
      'for (; tiles > 0; tiles--, line += 3 * pixel)',
      'for (const end = line + pixel; line < end; line += 32, target += 32)',
    ],
    body: [
      ...compute(steps, inputs, (i) => `line + ${i} * pixel`),
      ...range(6).flatMap((i) => both((v, o) => `v128.store(target + ${i} * plane, v${i}_${v}, ${o});`)),
    ],
  });
}

function outputRows(): string {
  return write({
    comment: 'M A: from a row of each of six planes to a line of pixels, tile after tile.',
    name: 'outputRows',
    parameters: ['source', 'plane', 'tiles: i32', 'line', 'pixel'],
    before: loadConstants(CONSTANTS, OUTPUT),
    loops: [
      'for (; tiles > 0; tiles--, line += 3 * pixel)',
      'for (const end = line + pixel; line < end; line += 32, source += 32)',
    ],
    body: [
      ...compute(OUTPUT, 6, (i) => `source + ${i} * plane`),
      ...range(4).flatMap((i) => both((v, o) => `v128.store(line + ${i} * pixel, v${i}_${v}, ${o});`)),
    ],
  });
}

function outputColumns(): string {
  return write({
    comment: 'Aᵀ M plus bias, no less than floor: from six lines `step` apart to four lines of y.',
    name: 'outputColumns',
    parameters: ['source', 'step', 'pixels: i32', 'pixel', 'bias', 'floor: f32', 'y0', 'y1', 'y2', 'y3'],
    before: [...loadConstants(CONSTANTS, OUTPUT), LOAD_LEAST, 'let i: usize = 0;'],
    loops: [
      'for (; pixels > 0; pixels--)',
      'for (let f: usize = 0; f < pixel; f += 32, i += 32, source += 32)',
    ],
    body: [
      ...LOAD_BIAS,
      ...compute(OUTPUT, 6, (i) => `source + ${i} * step`),
      ...range(4).flatMap((i) =>
        both((v, o) => `v128.store(y${i} + i, ${finished(`v${i}_${v}`, v)}, ${o});`),
      ),
    ],
  });
}

/** The larger value of a pair of lines, and of the pair of pixels whose values are named apart by `left` and `right`. */
const pooled = (line: number, v: number) =>
  largest([2 * line, 2 * line + 1].flatMap((i) => [`left_v${i}_${v}`, `right_v${i}_${v}`]));

function pooledColumns(): string {
  return write({
    comment: 'The same behind a max pool of 2×2: two pixels and six lines to one pixel of two lines.',
    name: 'pooledColumns',
    parameters: ['source', 'step', 'pixels: i32', 'pixel', 'bias', 'floor: f32', 'y0', 'y1'],
    before: [...loadConstants(CONSTANTS, OUTPUT), LOAD_LEAST, 'let i: usize = 0;'],
    loops: [
      'for (; pixels > 0; pixels--, source += pixel)',
      'for (let f: usize = 0; f < pixel; f += 32, i += 32, source += 32)',
    ],
    body: [
      ...LOAD_BIAS,
      ...compute(OUTPUT, 6, (i) => `source + ${i} * step`, 'left_'),
      ...compute(OUTPUT, 6, (i) => `source + ${i} * step + pixel`, 'right_'),
      ...range(2).flatMap((i) =>
        both((v, o) => `v128.store(y${i} + i, ${finished(pooled(i, v), v)}, ${o});`),
      ),
    ],
  });
}

export function generateWinograd(): string {
  return [
    '// Written by kernels/conv2d/winograd/generate.ts when the kernels are built.\n',
    dataOf(CONSTANTS),
    columns('inputColumns', 'Bᵀ d: from six lines of the input to six lines `step` apart.', INPUT, 6),
    rows(
      'inputRows',
      'd B: from a line of pixels to a row of each of six planes, tile after tile.',
      INPUT,
      6,
    ),
    columns('gradientColumns', 'A dy: from four lines of gradients to six lines `step` apart.', GRADIENT, 4),
    rows(
      'gradientRows',
      'dy Aᵀ: from a line of pixels to a row of each of six planes, tile after tile.',
      GRADIENT,
      4,
    ),
    columns('weightLines', 'G w: from three lines of weights to six lines `step` apart.', WEIGHT, 3),
    columns(
      'weightGradientLines',
      'Gᵀ s: from six lines of sums to three lines `step` apart.',
      WEIGHT_GRADIENT,
      6,
      3,
    ),
    outputRows(),
    outputColumns(),
    pooledColumns(),
  ].join('');
}
