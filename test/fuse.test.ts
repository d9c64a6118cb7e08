/** What fusing joins computes the same as its parts: the reference runs them one by one. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fuse } from '../src/engine/fuse.ts';
import { buildGraph } from '../src/model/graph.ts';
import type { LayerSpec } from '../src/model/layers.ts';
import { NETWORKS } from '../src/model/networks.ts';
import { parityErrors } from './operations.ts';

const names = (layers: LayerSpec[]) =>
  fuse(buildGraph({ input: [8, 8, 3], layers }, 2)).nodes.map(({ operation }) => operation.name);

describe('fusing', () => {
  test('joins batch norm and ReLU, and pools before a ReLU', () => {
    const convolution: LayerSpec = { type: 'conv2d', filters: 2, kernelSize: 3 };
    const pool: LayerSpec = { type: 'maxPool2d', poolSize: 2 };
    expect(names([convolution, { type: 'batchNorm' }, { type: 'relu' }, pool])).toEqual([
      'conv2d',
      'batchNormRelu',
      'maxPool2d',
    ]);
    expect(names([convolution, { type: 'relu' }, pool, { type: 'flatten' }])).toEqual([
      'conv2d',
      'maxPool2d',
      'relu',
    ]);
  });

  test('leaves alone what is read twice, or given out', () => {
    const shared: LayerSpec = { type: 'residual', layers: [{ type: 'relu' }] };
    expect(names([{ type: 'batchNorm' }, shared])).toEqual(['batchNorm', 'relu', 'add']);
    expect(names([{ type: 'batchNorm' }])).toEqual(['batchNorm']);
    expect(names([{ type: 'batchNorm' }, { type: 'flatten' }, { type: 'relu' }])).toEqual([
      'batchNorm',
      'relu',
    ]);
  });

  test('leaves parameters their names', () => {
    for (const model of Object.values(NETWORKS)) {
      const graph = buildGraph(model, 1);
      const parametersOf = ({ nodes }: typeof graph) =>
        nodes.flatMap(({ name, layout }) =>
          Object.keys(layout.parameters ?? {}).map((role) => `${name}.${role}`),
        );
      expect(parametersOf(fuse(graph))).toEqual(parametersOf(graph));
    }
  });
});

const sizes = fc.record({
  input: fc.tuple(
    fc.integer({ min: 2, max: 7 }),
    fc.integer({ min: 2, max: 7 }),
    fc.integer({ min: 2, max: 9 }),
  ),
  batch: fc.integer({ min: 2, max: 4 }),
  seed: fc.nat(1e6),
});

describe.each<[string, LayerSpec[]]>([
  ['batch norm and ReLU', [{ type: 'batchNorm' }, { type: 'relu' }]],
  ['ReLU and max pool', [{ type: 'relu' }, { type: 'maxPool2d', poolSize: 2 }]],
  [
    'a residual block',
    [
      {
        type: 'residual',
        layers: [
          { type: 'batchNorm' },
          { type: 'relu' },
          { type: 'relu' },
          { type: 'maxPool2d', poolSize: 2, stride: 1, padding: 'same' },
        ],
      },
    ],
  ],
])('%s', (_, layers) => {
  test('agree with the reference to 1e-4', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, async (drawn) => {
        for (const [tensor, error] of await parityErrors({ ...drawn, layers })) {
          expect(error, tensor).toBeLessThan(1e-4);
        }
      }),
      { numRuns: 40 },
    );
  });
});
