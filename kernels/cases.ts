/**
 * Random layers of every operation, for the tests and benchmarks that walk over all of them. A new operation adds
 * its `cases.ts` here.
 */
import type { Arbitrary } from 'fast-check';
import { cases as activation } from './activation/cases.ts';
import { cases as batchnorm } from './batchnorm/cases.ts';
import { cases as conv2d } from './conv2d/cases.ts';
import { cases as dense } from './dense/cases.ts';
import { cases as dropout } from './dropout/cases.ts';
import { cases as elementwise } from './elementwise/cases.ts';
import { cases as mixup } from './mixup/cases.ts';
import type { MixupSpec } from './mixup/index.ts';
import { cases as padding } from './padding/cases.ts';
import { cases as pool } from './pool/cases.ts';
import { cases as scale } from './scale/cases.ts';

/** Layers to run one after the other as a small model, and the shape of one example. */
export interface DrawnCase {
  // biome-ignore lint/suspicious/noExplicitAny: specs as they come from JSON
  layers: any[];
  input: number[];
  /** Mixes examples before the first layer. */
  mixup?: MixupSpec;
}

export type Cases = Record<string, Arbitrary<DrawnCase>>;

export const allCases: Cases = {
  ...conv2d,
  ...dense,
  ...elementwise,
  ...activation,
  ...dropout,
  ...pool,
  ...batchnorm,
  ...padding,
  ...scale,
  ...mixup,
};
