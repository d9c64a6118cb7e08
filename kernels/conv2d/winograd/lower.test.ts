/** When Winograd's algorithm is taken, and a max pool behind it, against the reference in double precision. */
import { describe, expect, test } from 'vitest';
import { LEVELS, loadKernels, TILES } from '../../../src/engine/wasm/module.ts';
import { bindCall } from '../../../src/engine/wasm/team.ts';
import { normalise, runningScale } from '../../batchnorm/reference.ts';
import { sizeOf } from '../../operation.ts';
import { maxPool2dForward } from '../../pool/reference.ts';
import { Purpose, RandomStream } from '../../random/reference.ts';
import { type Conv2dGeometry, conv2dForward } from '../reference.ts';
import { isForWinograd, lowerWinograd } from './lower.ts';
import { isForWinogradLines, lowerWinogradLines } from './lowerLines.ts';

type Sizes = [height: number, width: number, channels: number, filters: number];
type Kernel = [height: number, width: number];

function geometryOf(
  [height, width, channels, filters]: Sizes,
  border: number,
  [kernelHeight, kernelWidth]: Kernel = [3, 3],
): Conv2dGeometry {
  return {
    ...{ batch: 3, height, width, channels, filters, top: border, left: border },
    ...{ kernelHeight, kernelWidth, strideHeight: 1, strideWidth: 1 },
    ...{ outHeight: height + 2 * border - kernelHeight + 1, outWidth: width + 2 * border - kernelWidth + 1 },
  };
}

test.each<[string, Sizes, boolean]>([
  ['wherever tiles are whole', [28, 28, 32, 32], true],
  ['where most of the last tiles is used', [7, 7, 16, 16], true],
  ['not where most of them would be thrown away', [5, 5, 16, 16], false],
  ['not where transforms outweigh the products', [28, 28, 8, 8], false],
  ['not where channels do not fill vectors', [28, 28, 30, 32], false],
])('is taken %s', (_, sizes, expected) => {
  expect(isForWinograd(geometryOf(sizes, 1))).toBe(expected);
});

test.each<[string, Sizes, Kernel, boolean]>([
  ['wherever tiles are whole', [12, 12, 8, 16], [5, 5], true],
  ['with kernels of any height', [12, 12, 16, 16], [1, 5], true],
  ['not with others of another width', [12, 12, 8, 16], [5, 4], false],
  ['not where most of the last tiles would be thrown away', [12, 5, 8, 16], [5, 5], false],
  ['not where channels do not fill vectors', [12, 12, 1, 16], [5, 5], false],
])('is taken along lines %s', (_, sizes, kernel, expected) => {
  expect(isForWinogradLines(geometryOf(sizes, 0, kernel))).toBe(expected);
});

const EPSILON = 1e-3;
const PARTS = 2;

/** Inputs, weights and what a batch norm keeps, all at random. */
function draw({ batch, height, width, channels, filters, kernelHeight, kernelWidth }: Conv2dGeometry) {
  const random = new RandomStream(1, Purpose.synthetic);
  const values = (shape: number[], low: number) =>
    Float64Array.from({ length: sizeOf(shape) }, () => Math.fround(random.between(low, 2)));
  return {
    x: values([batch, height, width, channels], -2),
    weight: values([kernelHeight, kernelWidth, channels, filters], -2),
    bias: values([filters], -2),
    gamma: values([filters], -2),
    beta: values([filters], -2),
    runningMean: values([filters], -2),
    runningVariance: values([filters], 0.5),
  };
}

function expectedOf(g: Conv2dGeometry, drawn: ReturnType<typeof draw>): Float64Array {
  const { x, weight, bias, gamma, beta, runningMean, runningVariance } = drawn;
  const y = new Float64Array(g.batch * g.outHeight * g.outWidth * g.filters);
  conv2dForward(x, weight, bias, y, g);
  normalise(y, runningMean, runningScale(runningVariance, gamma, EPSILON), beta, 0, y);
  const [outputHeight, outputWidth] = [g.outHeight >> 1, g.outWidth >> 1];
  const pooled = new Float64Array(g.batch * outputHeight * outputWidth * g.filters);
  const pool = {
    ...{
      images: g.batch,
      height: g.outHeight,
      width: g.outWidth,
      channels: g.filters,
      outputHeight,
      outputWidth,
    },
    ...{ windowHeight: 2, windowWidth: 2, strideHeight: 2, strideWidth: 2, top: 0, left: 0 },
  };
  maxPool2dForward(pool, y, pooled);
  return pooled;
}

describe.each(LEVELS)('a batch norm, a ReLU and a max pool behind a convolution (%s)', (level) => {
  test.each<[string, Sizes, number, Kernel]>([
    ['even', [8, 12, 16, 24], 1, [3, 3]],
    ['odd', [7, 13, 8, 16], 1, [3, 3]],
    ['without a border', [11, 9, 24, 8], 0, [3, 3]],
    ['of one pixel', [4, 5, 8, 40], 0, [3, 3]],
    ['along lines, even', [8, 12, 8, 24], 2, [5, 5]],
    ['along lines, odd', [7, 13, 16, 16], 1, [3, 5]],
    ['along lines, without a border', [9, 12, 8, 40], 0, [5, 5]],
    ['along lines, of one pixel', [3, 6, 8, 8], 0, [2, 5]],
  ])('%s', async (_, sizes, border, kernel) => {
    const g = geometryOf(sizes, border, kernel);
    const drawn = draw(g);
    const expected = expectedOf(g, drawn);
    const { module } = await loadKernels(level);
    const memory = new WebAssembly.Memory({ initial: 256, maximum: 65536 });
    const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
    let end = 65536;
    const reserve = (bytes: number) => {
      const address = end;
      end += Math.ceil(bytes / 64) * 64;
      return address;
    };
    const place = (values: Float64Array) => {
      const address = reserve(4 * values.length);
      new Float32Array(memory.buffer, address, values.length).set(values);
      return address;
    };
    const [x, weight, bias, gamma, beta, runningMean, runningVariance] = Object.values(drawn).map(place);
    const y = reserve(4 * expected.length);
    // What lies behind y belongs to somebody else.
    const guard = new Float32Array(memory.buffer, reserve(64), 16).fill(7);
    const call = { tile: TILES[level], parts: PARTS, scratch: reserve, keep: reserve };
    const batchNorm = { gamma, beta, runningMean, runningVariance, epsilon: EPSILON };
    const [addresses, behind] = [
      { x, weight, bias, y },
      { batchNorm, floor: 0, pool: true },
    ];
    const calls =
      g.kernelWidth === 3
        ? lowerWinograd(call, g, addresses, behind, false)
        : lowerWinogradLines(call, TILES[level], g, addresses, behind);
    for (const call of calls) {
      for (let part = 0; part < PARTS; part++) {
        const { run, args } = bindCall(exports, call, part, PARTS);
        run(...args);
      }
    }
    const actual = new Float32Array(memory.buffer, y, expected.length);
    const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(actual[i] - value)), 0);
    expect(worst).toBeLessThan((1e-4 * Math.hypot(...expected)) / Math.sqrt(expected.length));
    expect(guard).toEqual(new Float32Array(16).fill(7));
  });
});
