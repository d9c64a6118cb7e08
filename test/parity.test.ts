/**
 * Every operation on every backend against the reference, on random shapes: in WebAssembly at every level and number
 * of threads, and on a graphics card. Inner products have other shaders on real cards than on those in software, so
 * these are tried on any.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allCases } from '../kernels/cases.ts';
import { HARDWARE_TILES } from '../kernels/gemm/webgpu.ts';
import type { GpuTile } from '../kernels/operation.ts';
import type { CompileOptions } from '../src/engine/compile.ts';
import { LEVELS } from '../src/engine/wasm/module.ts';
import { openCard } from '../src/engine/webgpu/device.ts';
import { onCard } from './adapter.ts';
import { parityErrors } from './operations.ts';

interface Variant {
  name: string;
  options: Partial<CompileOptions>;
  /** Random layers of each operation. */
  runs: number;
  register: typeof test | typeof onCard;
  /** 1e-4 by default. */
  tolerance?: number;
  /** All by default. */
  operations?: readonly string[];
  /** Of which one is drawn for each layer; by default what the engine takes. */
  tiles?: readonly GpuTile[];
  /** Draws the same layers each time: for a tolerance that bounds what is likely, not what is possible. */
  seed?: number;
}

/** Slices are the only difference that threads make, so one thread is tried most. */
const THREADS = [
  { threads: 1, runs: 60 },
  { threads: 2, runs: 25 },
  { threads: 3, runs: 25 },
];

const INNER_PRODUCTS = ['conv2d', 'dense'];

const VARIANTS: Variant[] = [
  ...LEVELS.flatMap((level) =>
    THREADS.map(({ threads, runs }) => ({
      name: `WebAssembly (${level}, threads: ${threads})`,
      options: { backend: 'wasm', level, threads } as const,
      runs,
      register: test,
    })),
  ),
  // Each layer has shaders of its own to compile, which takes software a while.
  { name: 'WebGPU', options: { backend: 'webgpu' }, runs: 12, register: onCard },
  {
    name: 'WebGPU, tiled as on real cards,',
    options: { backend: 'webgpu' },
    ...{ runs: 4, register: onCard, operations: INNER_PRODUCTS, tiles: HARDWARE_TILES },
  },
  {
    name: 'WebGPU in half precision',
    options: { backend: 'webgpu', precision: 16 },
    ...{ runs: 4, register: onCard, operations: INNER_PRODUCTS, tiles: HARDWARE_TILES },
    ...{ tolerance: 2e-3, seed: 1 },
  },
];
const TIMEOUT = 240_000;

for (const { name, options, runs, register, tolerance = 1e-4, operations, tiles, seed } of VARIANTS) {
  describe(`${name} agrees with the reference to ${tolerance}`, () => {
    for (const [operation, cases] of Object.entries(allCases)) {
      if (operations && !operations.includes(operation)) continue;
      register(
        operation,
        async () => {
          const trials = fc.record({
            drawn: cases,
            // Now and then enough for kernels that take a tile full of pictures at a time.
            batch: fc.oneof(
              { weight: 3, arbitrary: fc.integer({ min: 1, max: 5 }) },
              { weight: 1, arbitrary: fc.integer({ min: 6, max: 20 }) },
            ),
            seed: fc.nat(1e6),
            tile: fc.constantFrom(...(tiles ?? [undefined])),
          });
          await fc.assert(
            fc.asyncProperty(trials, async ({ drawn, batch, seed, tile }) => {
              const traits = tiles && (await openCard()).traits;
              if (traits) traits.tile = tile;
              const errors = await parityErrors({ ...drawn, batch, seed }, options).finally(() => {
                if (traits) traits.tile = undefined;
              });
              for (const [tensor, error] of errors) expect(error, tensor).toBeLessThan(tolerance);
            }),
            { numRuns: runs, seed },
          );
        },
        TIMEOUT,
      );
    }
  });
}
