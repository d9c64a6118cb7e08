/**
 * Several opinions about a picture, taken together: of several networks, of changed copies of the picture, or both.
 *
 * All answers are calibrated probabilities, and count alike: their mean is the answer. What one network or one view of
 * the picture gets wrong, others mostly get right. Sources: Krogh and Vedelsby, "Neural network ensembles, cross
 * validation, and active learning", 1995; Krizhevsky, Sutskever, Hinton, "ImageNet classification with deep
 * convolutional neural networks", 2012, section 4.1, for copies of the test picture.
 */
import type { Dataset } from '../data/dataset.ts';
import { UsageError } from '../errors.ts';
import type { Network } from '../model/network.ts';
import { augmentedCopy } from './augmentedCopy.ts';
import { logitsOf } from './calibration.ts';
import { type RunOptions, requireScorable } from './classifier.ts';
import { ScoreKeeper, type Scores, softmax } from './metrics.ts';

/** How copies differ from the picture: little enough that nobody would read them otherwise. */
const COPY_CHANGES = { rotation: 6, scale: 0.06, shear: 0.06, shift: 1 } as const;

export interface TogetherOptions extends RunOptions {
  /** Changed copies of each picture that are read beside it; 0 by default. */
  copies?: number;
}

/** The mean of all networks' calibrated probabilities for each example, [examples, classes]. */
export async function meanProbabilities(
  networks: readonly Network[],
  dataset: Dataset,
  { copies = 0, ...options }: TogetherOptions = {},
): Promise<Float64Array> {
  requireSameClasses(networks);
  const classes = networks[0].classNames.length;
  const count = dataset.labels.length;
  const mean = new Float64Array(count * classes);
  for (let view = 0; view <= copies; view++) {
    const seen = view === 0 ? dataset : await augmentedCopy(dataset, COPY_CHANGES, { seed: view });
    for (const network of networks) {
      const { logits } = await logitsOf(network, seen, options);
      for (let example = 0; example < count; example++) {
        const own = softmax(logits, example * classes, classes, network.calibration?.temperature);
        for (let c = 0; c < classes; c++) {
          mean[example * classes + c] += own[c] / (networks.length * (copies + 1));
        }
      }
    }
  }
  return mean;
}

/** Scores of the mean probabilities. Their loss is the cross-entropy of those, temperatures included. */
export async function evaluateTogether(
  networks: readonly Network[],
  dataset: Dataset,
  options?: TogetherOptions,
): Promise<Scores> {
  const probabilities = await meanProbabilities(networks, dataset, options);
  const keeper = new ScoreKeeper(requireScorable(networks[0], dataset).classNames);
  const logits = probabilities.map(Math.log);
  dataset.labels.forEach((label, example) => {
    keeper.add(logits, example, label);
  });
  return keeper.scores();
}

function requireSameClasses(networks: readonly Network[]): void {
  const [first, ...others] = networks;
  if (!first) throw new UsageError('Name at least one network.');
  for (const { classNames } of others) {
    if (classNames.join('\n') === first.classNames.join('\n')) continue;
    throw new UsageError(
      `Networks can be averaged if they tell the same classes apart, and one has ${first.classNames.join(', ')}, another ${classNames.join(', ')}.`,
    );
  }
}
