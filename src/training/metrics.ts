/**
 * What a classifier's answers are worth: accuracy, loss, confusion, precision and recall of each class, and how far
 * its confidences can be believed.
 */
import { type ReliabilityBin, ReliabilityKeeper } from './reliability.ts';

export interface ClassScore {
  name: string;
  /** Examples of the class. */
  support: number;
  /** Of those taken for the class, the share that is. NaN where none was taken for it. */
  precision: number;
  /** Of those that are of the class, the share found. NaN where there are none. */
  recall: number;
  /** Harmonic mean of precision and recall. */
  f1: number;
}

export interface Scores {
  examples: number;
  correct: number;
  /** 0 to 1. */
  accuracy: number;
  /** Mean cross-entropy, without smoothing, weights or a temperature, in nats. */
  loss: number;
  /** Rows: true class; columns: answer. */
  confusion: number[][];
  classes: ClassScore[];
  /** Expected calibration error, 0 to 1, of the confidences that are shown: a temperature is applied. */
  calibrationError: number;
  reliability: ReliabilityBin[];
}

/** Gathers scores batch by batch from logits [batch, classes]. */
export class ScoreKeeper {
  readonly #names: readonly string[];
  readonly #confusion: number[][];
  readonly #temperature: number;
  readonly #reliability = new ReliabilityKeeper();
  #loss = 0;
  #examples = 0;

  /** `temperature` is the network's, for its confidences. */
  constructor(classNames: readonly string[], temperature = 1) {
    this.#temperature = temperature;
    this.#names = classNames;
    this.#confusion = classNames.map(() => classNames.map(() => 0));
  }

  /** Adds the example whose logits stand in row `row`. */
  add(logits: ArrayLike<number>, row: number, label: number): void {
    const classes = this.#names.length;
    const at = row * classes;
    const answer = largest(logits, at, classes);
    this.#confusion[label][answer]++;
    this.#loss += logSumExp(logits, at, classes) - logits[at + label];
    const top = logits[at + answer] / this.#temperature;
    const confidence = Math.exp(top - logSumExp(logits, at, classes, this.#temperature));
    this.#reliability.add(confidence, answer === label);
    this.#examples++;
  }

  scores(): Scores {
    const confusion = this.#confusion;
    const correct = confusion.reduce((sum, row, label) => sum + row[label], 0);
    const classes = this.#names.map((name, label): ClassScore => {
      const support = confusion[label].reduce((sum, count) => sum + count, 0);
      const taken = confusion.reduce((sum, row) => sum + row[label], 0);
      const found = confusion[label][label];
      return {
        name,
        support,
        precision: found / taken,
        recall: found / support,
        f1: (2 * found) / (taken + support),
      };
    });
    const examples = this.#examples;
    return {
      examples,
      correct,
      accuracy: correct / examples,
      loss: this.#loss / examples,
      confusion,
      classes,
      calibrationError: this.#reliability.error(),
      reliability: this.#reliability.bins(),
    };
  }
}

/** Position, within `count` values from `at`, of the largest; the first of equals. */
export function largest(values: ArrayLike<number>, at: number, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) if (values[at + i] > values[at + best]) best = i;
  return best;
}

function logSumExp(values: ArrayLike<number>, at: number, count: number, temperature = 1): number {
  const top = values[at + largest(values, at, count)];
  let sum = 0;
  for (let i = 0; i < count; i++) sum += Math.exp((values[at + i] - top) / temperature);
  return top / temperature + Math.log(sum);
}

/** Probabilities of one row of logits over a temperature, in double precision. */
export function softmax(values: ArrayLike<number>, at: number, count: number, temperature = 1): number[] {
  const total = logSumExp(values, at, count, temperature);
  return Array.from({ length: count }, (_, i) => Math.exp(values[at + i] / temperature - total));
}
