/**
 * Whether confidences can be believed, and making them so.
 *
 * A network's confidence is the probability it gives its answer. Expected calibration error: confidences from 0 to 1
 * fall into 15 bins of equal width (a bin has its upper edge, not its lower); the error is the mean over all examples
 * of the distance between the mean confidence and the accuracy of an example's bin.
 *
 * Temperature scaling divides all logits by one number, fitted on examples the network was not trained on, so that
 * the likelihood of their labels is greatest. Answers stay as they are, since the order of the logits does.
 *
 * Source of both: Guo et al., "On Calibration of Modern Neural Networks", 2017.
 */
import type { Dataset } from '../data/dataset.ts';
import type { Calibration, Network } from '../model/network.ts';
import { evaluate, type RunOptions } from './classifier.ts';
import { largest } from './metrics.ts';

/** The temperature is looked for from 1/20 to 20. */
const MOST_TEMPERATURE = 20;
/** Halvings of that range: the temperature is then exact to 1e-8. */
const HALVINGS = 30;

/**
 * The temperature under which labels are likeliest, for logits [examples, classes], or undefined where none in range
 * is: there are no examples, or not one wrong answer among them, so that the likelihood only grows with confidence.
 *
 * In the inverse temperature the mean loss is convex, so its slope, E[Σ p·z − z of the label], is zero in one place.
 */
export function fitTemperature(
  logits: Float32Array,
  labels: ArrayLike<number>,
  classes: number,
): number | undefined {
  // Less the largest of their row, logits give the same probabilities, and no exponential overflows.
  const rows = Float64Array.from(logits);
  for (let at = 0; at < rows.length; at += classes) {
    const top = rows[at + largest(rows, at, classes)];
    for (let c = 0; c < classes; c++) rows[at + c] -= top;
  }
  const slopeAt = (inverse: number) => {
    let slope = 0;
    for (let i = 0; i < labels.length; i++) {
      const at = i * classes;
      let [sum, weighted] = [0, 0];
      for (let c = 0; c < classes; c++) {
        const share = Math.exp(rows[at + c] * inverse);
        sum += share;
        weighted += share * rows[at + c];
      }
      slope += weighted / sum - rows[at + labels[i]];
    }
    return slope;
  };
  let [low, high] = [1 / MOST_TEMPERATURE, MOST_TEMPERATURE];
  if (!(slopeAt(low) < 0 && slopeAt(high) > 0)) return undefined;
  for (let i = 0; i < HALVINGS; i++) {
    const middle = Math.sqrt(low * high);
    if (slopeAt(middle) < 0) low = middle;
    else high = middle;
  }
  return 1 / Math.sqrt(low * high);
}

/**
 * Fits a network's temperature on a data set it was not trained on. Undefined where that cannot be done; the
 * network's confidences then stay as they are.
 */
export async function fitCalibration(
  network: Network,
  held: Dataset,
  options?: RunOptions,
): Promise<Calibration | undefined> {
  const { logits } = await logitsOf(network, held, options);
  const temperature = fitTemperature(logits, held.labels, network.classNames.length);
  return temperature === undefined ? undefined : { temperature, examples: held.labels.length };
}

/** A network's logits for each example, [examples, classes], and its scores. */
export async function logitsOf(network: Network, dataset: Dataset, options?: RunOptions) {
  const classes = network.classNames.length;
  const logits = new Float32Array(dataset.labels.length * classes);
  const scores = await evaluate(network, dataset, {
    ...options,
    onAnswer(batch, row, example) {
      for (let c = 0; c < classes; c++) logits[example * classes + c] = batch[row * classes + c];
    },
  });
  return { logits, scores };
}
