import { expect, test } from 'vitest';
import { Purpose, RandomStream } from '../../kernels/random/reference.ts';
import { compile } from '../engine/compile.ts';
import type { Executable } from '../engine/executable.ts';
import { foldBatchNorm, type WeightedModel } from './fold.ts';
import { buildGraph } from './graph.ts';
import {
  batchNorm,
  channelScale,
  conv2d,
  dense,
  flatten,
  globalMaxPool,
  type ModelSpec,
  relu,
  residual,
  sigmoid,
} from './layers.ts';
import { nameLayers } from './naming.ts';
import { weightShapes } from './network.ts';

const MODEL: ModelSpec = {
  input: [5, 6, 2],
  layers: [
    batchNorm(),
    conv2d({ filters: 3, kernelSize: 3, useBias: false }),
    batchNorm({ epsilon: 0.1 }),
    residual({
      layers: [conv2d({ filters: 3, kernelSize: 1, name: 'inner' }), batchNorm(), relu()],
      shortcut: [conv2d({ filters: 3, kernelSize: 1 }), relu(), batchNorm()],
    }),
    channelScale({ layers: [globalMaxPool(), dense({ units: 3 }), batchNorm(), sigmoid()] }),
    flatten(),
    dense({ units: 4 }),
    batchNorm(),
  ],
};

test('default names are those of the graph', () => {
  const names = (model: ModelSpec) => buildGraph(model, 1).nodes.map(({ name }) => name);
  expect(names(nameLayers(MODEL))).toEqual(names(MODEL));
});

test('folding keeps the answers and takes out what follows a convolution or a dense layer', async () => {
  const random = new RandomStream(1, Purpose.synthetic);
  const weights = new Map(
    [...weightShapes(MODEL)].map(([name, shape]) => {
      const length = shape.reduce((product, size) => product * size, 1);
      const lowest = name.endsWith('runningVariance') ? 0.3 : -1;
      return [name, { shape, values: Float32Array.from({ length }, () => random.between(lowest, 1)) }];
    }),
  );
  const folded = foldBatchNorm({ model: MODEL, weights });
  const norms = buildGraph(folded.model, 1).nodes.filter(({ operation }) => operation.name === 'batchNorm');
  expect(norms.map(({ name }) => name)).toEqual(['batchNorm_1', 'batchNorm_4']);
  expect([...folded.weights.keys()].sort()).toEqual([...weightShapes(folded.model).keys()].sort());

  const pixels = Float32Array.from({ length: 2 * 60 }, () => random.between(-1, 1));
  const [before, after] = [await answers({ model: MODEL, weights }, pixels), await answers(folded, pixels)];
  for (let i = 0; i < before.length; i++) expect(after[i]).toBeCloseTo(before[i], 5);
});

async function answers({ model, weights }: WeightedModel, pixels: Float32Array): Promise<number[]> {
  const options = { batch: 2, mode: 'infer', backend: 'reference', precision: 64 } as const;
  const executable: Executable = await compile(model, options);
  for (const [name, values] of executable.weights()) values.set(weights.get(name)!.values);
  executable.input.set(pixels);
  executable.infer();
  return [...executable.output];
}
