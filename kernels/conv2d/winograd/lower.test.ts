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

type Sizes = [height: number, width: number, channels: number, filters: number];

const geometryOf = ([height, width, channels, filters]: Sizes, border: number): Conv2dGeometry => ({
  ...{ batch: 3, height, width, channels, filters, top: border, left: border },
  ...{ kernelHeight: 3, kernelWidth: 3, strideHeight: 1, strideWidth: 1 },
  ...{ outHeight: height + 2 * border - 2, outWidth: width + 2 * border - 2 },
});

test.each<[string, Sizes, boolean]>([
  ['wherever tiles are whole', [28, 28, 32, 32], true],
  ['where most of the last tiles is used', [7, 7, 16, 16], true],
  ['not where most of them would be thrown away', [5, 5, 16, 16], false],
  ['not where transforms outweigh the products', [28, 28, 8, 8], false],
  ['not where channels do not fill vectors', [28, 28, 30, 32], false],
])('is taken %s', (_, sizes, expected) => {
  expect(isForWinograd(geometryOf(sizes, 1))).toBe(expected);
});

const EPSILON = 1e-3;
const PARTS = 2;

/** Inputs, weights and what a batch norm keeps, all at random. */
function draw({ batch, height, width, channels, filters }: Conv2dGeometry) {
  const random = new RandomStream(1, Purpose.synthetic);
  const values = (shape: number[], low: number) =>
    Float64Array.from({ length: sizeOf(shape) }, () => Math.fround(random.between(low, 2)));
  return {
    x: values([batch, height, width, channels], -2),
    weight: values([3, 3, channels, filters], -2),
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
  test.each<[string, Sizes, number]>([
    ['even', [8, 12, 16, 24], 1],
    ['odd', [7, 13, 8, 16], 1],
    ['without a border', [11, 9, 24, 8], 0],
    ['of one pixel', [4, 5, 8, 40], 0],
  ])('%s', async (_, sizes, border) => {
    const g = geometryOf(sizes, border);
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
    const calls = lowerWinograd(
      { tile: TILES[level], parts: PARTS, scratch: reserve, keep: reserve },
      g,
      { x, weight, bias, y },
      { batchNorm: { gamma, beta, runningMean, runningVariance, epsilon: EPSILON }, floor: 0, pool: true },
      false,
    );
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
