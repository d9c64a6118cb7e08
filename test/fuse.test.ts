/** What fusing joins computes the same as its parts: the reference runs them one by one. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Purpose, RandomStream } from '../kernels/random/reference.ts';
import { type CompileOptions, compile } from '../src/engine/compile.ts';
import { fold, fuse } from '../src/engine/fuse.ts';
import { LEVELS } from '../src/engine/wasm/module.ts';
import { buildGraph } from '../src/model/graph.ts';
import type { LayerSpec } from '../src/model/layers.ts';
import { NETWORKS } from '../src/model/networks.ts';
import { onCard } from './adapter.ts';
import { parityErrors, relativeError } from './operations.ts';

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

  test('folds a pool of 2×2 into a convolution at inference, before or behind a ReLU', () => {
    const foldedNames = (layers: LayerSpec[]) =>
      fold(buildGraph({ input: [9, 8, 3], layers }, 2)).nodes.map(({ operation }) => operation.name);
    const convolution: LayerSpec = { type: 'conv2d', filters: 2, kernelSize: 3 };
    const pool: LayerSpec = { type: 'maxPool2d', poolSize: 2 };
    const relu: LayerSpec = { type: 'relu' };
    expect(foldedNames([convolution, pool])).toEqual(['conv2dFolded']);
    expect(foldedNames([convolution, { type: 'batchNorm' }, pool, relu])).toEqual(['conv2dFolded']);
    expect(foldedNames([convolution, relu, pool, relu, pool])).toEqual(['conv2dFolded', 'relu', 'maxPool2d']);
    const others: LayerSpec[] = [
      { type: 'maxPool2d', poolSize: 3 },
      { type: 'maxPool2d', poolSize: 2, stride: 1 },
      { type: 'maxPool2d', poolSize: 2, padding: 'same' },
    ];
    for (const other of others) expect(foldedNames([convolution, other])).toEqual(['conv2d', 'maxPool2d']);
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

/** So many pictures that a ReLU does not cut off all answers but one just above zero, whose relative error says nothing. */
const manyPictures = sizes.map(({ batch, ...rest }) => ({ ...rest, batch: batch + 12 }));

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

describe.each<[string, LayerSpec[]]>([
  [
    'a convolution with batch norm and ReLU behind it',
    [{ type: 'conv2d', filters: 9, kernelSize: 3, padding: 'same' }, { type: 'batchNorm' }, { type: 'relu' }],
  ],
  ...[1, 3, 8].flatMap((filters): [string, LayerSpec[]][] => [
    [
      `a convolution to ${filters} with a max pool between batch norm and ReLU behind it`,
      [
        { type: 'conv2d', filters, kernelSize: 3, padding: 'same' },
        { type: 'batchNorm' },
        { type: 'maxPool2d', poolSize: 2 },
        { type: 'relu' },
      ],
    ],
    [
      `a convolution of one channel to ${8 * filters} with a ReLU and a max pool behind it`,
      [
        { type: 'conv2d', filters: 1, kernelSize: 1 },
        { type: 'conv2d', filters: 8 * filters, kernelSize: 3, padding: 'same' },
        { type: 'relu' },
        { type: 'maxPool2d', poolSize: 2 },
      ],
    ],
  ]),
  [
    'dense layers with a ReLU, a batch norm, and nothing behind them',
    [
      { type: 'flatten' },
      { type: 'dense', units: 18 },
      { type: 'relu' },
      { type: 'dense', units: 17, useBias: false },
      { type: 'batchNorm' },
      { type: 'dense', units: 3 },
    ],
  ],
])('%s', (_, layers) => {
  // Gradients through a batch norm of a few examples amplify rounding, so the answers alone are compared.
  test('answer as the reference does, to 1e-4', async () => {
    await fc.assert(
      fc.asyncProperty(manyPictures, async (drawn) => {
        const errors = await parityErrors({ ...drawn, layers });
        expect(errors.get('output at inference')).toBeLessThan(1e-4);
      }),
      { numRuns: 40 },
    );
  });
});

describe('a convolution with a pool behind it answers as the reference does, to 1e-4', () => {
  const trials = fc.record({
    input: fc.tuple(
      fc.integer({ min: 4, max: 9 }),
      fc.integer({ min: 4, max: 20 }),
      fc.oneof(fc.constant(1), fc.integer({ min: 2, max: 9 })),
    ),
    filters: fc.oneof(fc.constantFrom(8, 16, 24, 32), fc.integer({ min: 1, max: 35 })),
    kernelSize: fc.integer({ min: 1, max: 5 }),
    stride: fc.constantFrom(1, 1, 2),
    batch: fc.integer({ min: 1, max: 5 }),
    threads: fc.integer({ min: 1, max: 3 }),
    seed: fc.nat(1e6),
  });

  const agrees = (numRuns: number, options: (threads: number) => Partial<CompileOptions>) => async () => {
    const compares = fc.asyncProperty(trials, async (drawn) => {
      const { input, filters, kernelSize, stride, batch, threads, seed } = drawn;
      const layers: LayerSpec[] = [
        { type: 'conv2d', filters, kernelSize, stride, padding: 'same' },
        { type: 'maxPool2d', poolSize: 2 },
      ];
      const errors = await parityErrors({ layers, input: [...input], batch, seed }, options(threads));
      expect(errors.get('output at inference')).toBeLessThan(1e-4);
    });
    await fc.assert(compares, { numRuns });
  };

  for (const level of LEVELS)
    test(
      `(${level})`,
      agrees(60, (threads) => ({ level, threads })),
    );

  onCard(
    '(WebGPU)',
    agrees(8, () => ({ backend: 'webgpu' })),
    120_000,
  );
});

test('a network that only answers prepares its weights anew when they change', async () => {
  const layers: LayerSpec[] = [
    { type: 'conv2d', filters: 17, kernelSize: 3 },
    { type: 'batchNorm' },
    { type: 'relu' },
    { type: 'flatten' },
    { type: 'dense', units: 5 },
  ];
  const model = { input: [6, 5, 2], layers };
  const folded = await compile(model, { batch: 3, mode: 'infer' });
  const plain = await compile(model, { batch: 3, mode: 'infer', backend: 'reference', precision: 64 });
  for (const seed of [1, 2]) {
    for (const executable of [folded, plain]) {
      const random = new RandomStream(seed, Purpose.synthetic);
      for (const values of executable.weights().values()) {
        for (let i = 0; i < values.length; i++) values[i] = Math.fround(random.between(0.5, 1.5));
      }
      for (let i = 0; i < executable.input.length; i++)
        executable.input[i] = Math.fround(random.between(-1, 1));
      executable.infer();
      executable.infer();
    }
    expect(relativeError(folded.output, plain.output)).toBeLessThan(1e-4);
  }
});
