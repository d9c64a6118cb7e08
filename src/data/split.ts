/** Setting pictures aside for validation: training is steered by them, so the test set stays unseen. */

import { Purpose, RandomStream } from '../../kernels/random/reference.ts';
import { UsageError } from '../errors.ts';
import { type Dataset, subset } from './dataset.ts';

/** MNIST's 60,000 are split 55,000 to 5,000, so one in twelve. */
const VALIDATION_SHARE = 5_000 / 60_000;

/** How many of `total` pictures to set aside: MNIST's proportion, rounded, and at least one where there are two. */
export function defaultValidationCount(total: number): number {
  if (total < 2) return 0;
  return Math.max(1, Math.round(total * VALIDATION_SHARE));
}

/**
 * Splits by lot: the positions are shuffled with the stream (seed, `Purpose.split`), the first `validationCount`
 * become the validation set and the rest the training set, each in the order of the original. The same pictures,
 * count and seed give the same split everywhere. Classes are not balanced; of 5,000 drawn from 60,000 each class
 * gets its share to within about 20.
 *
 * @throws UsageError unless 0 ≤ `validationCount` < the number of pictures.
 */
export function splitDataset(
  dataset: Dataset,
  validationCount: number,
  seed: number,
): { train: Dataset; validation: Dataset } {
  const total = dataset.labels.length;
  if (!Number.isInteger(validationCount) || validationCount < 0 || validationCount >= total) {
    throw new UsageError(
      `Cannot set aside ${validationCount} of the ${total} pictures of ${dataset.name} for validation; ` +
        `choose a whole number from 0 to ${total - 1}.`,
    );
  }
  const order = Uint32Array.from({ length: total }, (_, position) => position);
  new RandomStream(seed, Purpose.split).shuffle(order);
  return {
    train: subset(dataset, order.slice(validationCount).sort(), `${dataset.name}/fit`),
    validation: subset(dataset, order.slice(0, validationCount).sort(), `${dataset.name}/validation`),
  };
}
