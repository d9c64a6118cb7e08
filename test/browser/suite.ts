/**
 * What `browser.test.ts` runs in a page and compares with Node: tasks that take and give plain values.
 *
 * The same functions run in Node, on a page's main thread and in its workers.
 */
import fc from 'fast-check';
import { allCases } from '../../kernels/cases.ts';
import { syntheticDigits } from '../../src/data/synthetic/index.ts';
import { compile } from '../../src/engine/compile.ts';
import type { BackendName } from '../../src/engine/executable.ts';
import { chooseKernels } from '../../src/engine/wasm/choose.ts';
import type { Level } from '../../src/engine/wasm/module.ts';
import { relu } from '../../src/model/layers.ts';
import { preset } from '../../src/training/presets.ts';
import { train } from '../../src/training/train.ts';
import { gradientErrors, parityErrors } from '../operations.ts';

export interface Where {
  backend?: BackendName;
  level?: Level;
  threads?: number;
  precision?: 16;
}

export interface SuiteResult {
  /** Random layers tried. */
  layers: number;
  /** Each tensor that was wrong, with its error and the layer. */
  wrong: string[];
}

/** So many random layers of each operation; the same ones each time. */
async function walk(
  runs: number,
  tolerance: number,
  errorsOf: (trial: Parameters<typeof parityErrors>[0]) => Promise<Map<string, number>>,
): Promise<SuiteResult> {
  const result: SuiteResult = { layers: 0, wrong: [] };
  for (const [name, cases] of Object.entries(allCases)) {
    for (const [seed, drawn] of fc.sample(cases, { numRuns: runs, seed: 1 }).entries()) {
      const errors = await errorsOf({ ...drawn, batch: 1 + (seed % 4), seed });
      for (const [tensor, error] of errors) {
        if (!(error < tolerance)) {
          result.wrong.push(`${name}: ${tensor} is off by ${error} in ${JSON.stringify(drawn)}`);
        }
      }
      result.layers++;
    }
  }
  return result;
}

export const tasks = {
  /** A backend against the reference. */
  parity: ({ runs, ...where }: Where & { runs: number }) =>
    walk(runs, where.precision === 16 ? 2e-3 : 1e-4, (trial) => parityErrors(trial, where)),

  /** The reference against central differences. */
  gradients: ({ runs }: { runs: number }) => walk(runs, 1e-6, gradientErrors),

  /** The mean loss so far after each step of a short training with dropout and augmentation. */
  async losses(where: Where): Promise<number[]> {
    const { model, ...recipe } = preset('default');
    const losses: number[] = [];
    const data = syntheticDigits({ count: 80, seed: 4 });
    const onStep = ({ loss }: { loss: number }) => losses.push(loss);
    await train(model, { ...recipe, ...where, data, epochs: 1, batch: 16, seed: 9, onStep });
    return losses;
  },

  /** How a model was compiled, and why not better. */
  async description(where: Where): Promise<{ description: string; notes: string[] }> {
    const layers = [relu()];
    const executable = await compile({ input: [4], layers }, { batch: 2, mode: 'infer', ...where });
    const { notes } = await chooseKernels(where.level);
    await executable.dispose();
    return { description: executable.description, notes };
  },
};

export type Tasks = typeof tasks;
