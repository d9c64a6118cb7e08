/**
 * Random layers of every operation, for the tests and benchmarks that walk over all of them. A new operation adds
 * its `cases.ts` here.
 */
import type { Arbitrary } from 'fast-check';
import { cases as activation } from './activation/cases.ts';
import { cases as dropout } from './dropout/cases.ts';
import { cases as elementwise } from './elementwise/cases.ts';

/** Layers to run one after the other as a small model, and the shape of one example. */
export interface DrawnCase {
  // biome-ignore lint/suspicious/noExplicitAny: specs as they come from JSON
  layers: any[];
  input: number[];
}

export type Cases = Record<string, Arbitrary<DrawnCase>>;

export const allCases: Cases = { ...elementwise, ...activation, ...dropout };
