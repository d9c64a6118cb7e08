/**
 * Every operation on every backend against the reference, on random shapes: in WebAssembly at every level and number
 * of threads, and on a graphics card.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allCases } from '../kernels/cases.ts';
import type { CompileOptions } from '../src/engine/compile.ts';
import { LEVELS } from '../src/engine/wasm/module.ts';
import { onCard } from './adapter.ts';
import { parityErrors } from './operations.ts';

interface Variant {
  name: string;
  options: Partial<CompileOptions>;
  /** Random layers of each operation. */
  runs: number;
  register: typeof test | typeof onCard;
}

/** Slices are the only difference that threads make, so one thread is tried most. */
const THREADS = [
  { threads: 1, runs: 60 },
  { threads: 2, runs: 25 },
  { threads: 3, runs: 25 },
];

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
];
const TIMEOUT = 120_000;

for (const { name, options, runs, register } of VARIANTS) {
  describe(`${name} agrees with the reference to 1e-4`, () => {
    for (const [operation, cases] of Object.entries(allCases)) {
      register(
        operation,
        async () => {
          const trials = fc.record({
            drawn: cases,
            batch: fc.integer({ min: 1, max: 5 }),
            seed: fc.nat(1e6),
          });
          await fc.assert(
            fc.asyncProperty(trials, async ({ drawn, batch, seed }) => {
              const errors = await parityErrors({ ...drawn, batch, seed }, options);
              for (const [tensor, error] of errors) expect(error, tensor).toBeLessThan(1e-4);
            }),
            { numRuns: runs },
          );
        },
        TIMEOUT,
      );
    }
  });
}
