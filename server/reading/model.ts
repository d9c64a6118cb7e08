/** A model in a worker: checked before it answers anyone. */
import { DIGIT_NAMES, decodeNetwork, InklingError, Reader, syntheticDigits } from '../../src/index.ts';
import { BatchingClassifier, BatchLadder, type BatchOptions } from './batching.ts';
import type { ModelFile } from './messages.ts';

const DIGIT_PIXELS = 28 * 28;
/** Digits that a model must know before it is let loose; they are drawn by the engine, the same ones each time. */
const KNOWN_DIGITS = 30;
const KNOWN_SEED = 7;
/** A network that is any good at all reads far more of them; one whose weights are damaged reads a tenth. */
const LEAST_SHARE = 0.5;

export interface LoadedModel {
  version: string;
  reader: Reader;
  classifier: BatchingClassifier;
  dispose(): Promise<void>;
}

/**
 * Decodes, compiles and examines a model file.
 *
 * @throws InklingError, a sentence, where it is damaged, is not for digits of 28×28, or does not know digits that it
 *   is shown.
 */
export async function loadModel({ version, bytes }: ModelFile, options: BatchOptions): Promise<LoadedModel> {
  const source = `The model ${version}`;
  const network = decodeNetwork(bytes, source);
  const { model, classNames } = network;
  const areDigits = DIGIT_NAMES.every((name, i) => classNames[i] === name) && classNames.length <= 11;
  if (model.input.join() !== '28,28,1' || !areDigits) {
    throw new InklingError(
      `${source} takes ${model.input.join('×')} and tells ${classNames.length} classes apart; the app needs one for digits of 28×28×1.`,
    );
  }
  const ladder = await BatchLadder.create(network, options.maximumBatch);
  try {
    await examine(ladder, source);
  } catch (error) {
    await ladder.dispose();
    throw error;
  }
  const classifier = new BatchingClassifier(ladder, options);
  return { version, reader: new Reader(classifier), classifier, dispose: () => ladder.dispose() };
}

async function examine(ladder: BatchLadder, source: string): Promise<void> {
  const { images, labels } = syntheticDigits({ count: KNOWN_DIGITS, seed: KNOWN_SEED });
  const pictures = Array.from(labels, (_, i) => images.subarray(i * DIGIT_PIXELS, (i + 1) * DIGIT_PIXELS));
  const answers = await ladder.classify(pictures);
  // Each size of batch answers once, so that none runs for the first time when someone waits.
  for (const [i, picture] of pictures.entries()) {
    const [alone] = await ladder.classify([picture]);
    const isSound = alone.every((probability, k) => Math.abs(probability - answers[i][k]) < 1e-3);
    if (!isSound) {
      throw new InklingError(`${source} gives other answers for one digit than for several; it is damaged.`);
    }
  }
  const right = answers.filter((probabilities, i) => {
    const digits = probabilities.slice(0, 10);
    return digits.indexOf(Math.max(...digits)) === labels[i];
  }).length;
  if (right < LEAST_SHARE * labels.length) {
    throw new InklingError(
      `${source} reads ${right} of ${labels.length} known digits, so it is damaged or was not trained; it is not used.`,
    );
  }
}
