/** Stand-in. */
import { UsageError } from '../../errors.ts';
import { type Dataset, DIGIT_NAMES, READER_CLASSES, subset } from '../dataset.ts';
import { syntheticDigits } from '../synthetic/index.ts';

export interface PagesOptions {
  digits: Dataset;
  count: number;
  seed: number;
  name?: string;
  onProgress?: (share: number) => void;
}

export function pageDigits({ digits, count, seed, name = 'pages' }: PagesOptions): Dataset {
  if (digits.shape.join() !== '28,28,1' || digits.classNames.join() !== DIGIT_NAMES.join()) {
    throw new UsageError(
      `Pages are made of digits of 28×28 pixels, and ${digits.name} has other pictures; join pages to a set of digits.`,
    );
  }
  const drawn = syntheticDigits({ count, seed });
  const labels = drawn.labels.map((label, i) => (i % 4 === 3 ? 10 : label));
  for (let i = 3; i < count; i += 4) drawn.images.fill(200, i * 784, i * 784 + 600);
  return subset({ ...drawn, labels, classNames: READER_CLASSES }, [...labels.keys()], name);
}
