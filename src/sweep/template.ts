/**
 * Models from a few numbers, so that a study can vary their depth and width.
 *
 * `{ "template": "convolutions", "depth": 3, "filters": 16 }`: so many blocks of a 3×3 convolution, a batch norm and
 * a rectifier. The first two blocks end with a max-pool of 2, and each of the first three has twice the filters of
 * the one before; the rest go on as wide. A dense layer gives the answer.
 */
import { UsageError } from '../errors.ts';
import {
  batchNorm,
  conv2d,
  dense,
  dropout,
  flatten,
  type LayerSpec,
  type ModelSpec,
  maxPool2d,
  relu,
  sequential,
} from '../model/layers.ts';
import { fieldsOf, numberOf, wholeOf, wordOf } from './checks.ts';

export const TEMPLATE_DEFAULTS = { depth: 3, filters: 16, dropout: 0 };
export const TEMPLATE_KEYS = ['template', ...Object.keys(TEMPLATE_DEFAULTS)];

const CLASSES = 10;
const POOLED_BLOCKS = 2;
const MOST_DEPTH = 20;
const MOST_FILTERS = 512;

/** @param where begins the sentence of an error. */
export function modelFromTemplate(value: unknown, where: string): ModelSpec {
  const fields = fieldsOf(value, where, TEMPLATE_KEYS);
  wordOf(fields.template, `${where}.template`, ['convolutions']);
  const { depth, filters, dropout: rate } = { ...TEMPLATE_DEFAULTS, ...fields };
  wholeOf(depth, `${where}.depth`, 1, MOST_DEPTH);
  wholeOf(filters, `${where}.filters`, 1, MOST_FILTERS);
  if (!(numberOf(rate, `${where}.dropout`) >= 0 && rate < 1)) {
    throw new UsageError(`${where}.dropout must be from 0 to below 1, not ${rate}.`);
  }
  const blocks = Array.from({ length: depth }, (_, block): LayerSpec[] => [
    conv2d({
      filters: filters * 2 ** Math.min(block, POOLED_BLOCKS),
      kernelSize: 3,
      padding: 'same',
      useBias: false,
    }),
    batchNorm(),
    relu(),
    ...(block < POOLED_BLOCKS ? [maxPool2d({ poolSize: 2 })] : []),
  ]);
  return sequential({ name: `convolutions${depth}`, input: [28, 28, 1] }, [
    ...blocks.flat(),
    flatten(),
    ...(rate > 0 ? [dropout({ rate })] : []),
    dense({ units: CLASSES }),
  ]);
}
