import fc from 'fast-check';
import type { Cases } from '../cases.ts';

/** Inputs of two and of four dimensions, whose sizes are not multiples of a vector. */
const input = fc.oneof(
  fc.tuple(fc.integer({ min: 1, max: 40 })),
  fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 7 })),
);

const plain = (type: string) => fc.record({ layers: fc.constant([{ type }] as { type: string }[]), input });

export const cases: Cases = {
  relu: plain('relu'),
  leakyRelu: fc.record({
    layers: fc
      .double({ min: 0, max: 0.9, noNaN: true })
      .map((negativeSlope) => [{ type: 'leakyRelu', negativeSlope }]),
    input,
  }),
  gelu: plain('gelu'),
  silu: plain('silu'),
  sigmoid: plain('sigmoid'),
  tanh: plain('tanh'),
};
