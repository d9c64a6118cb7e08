/**
 * What is known of a training run, as its folder keeps it: `run.json` from its start, `results.json` from its end.
 * The page of a run is made of these, the history and the model alone, so it can be made again without the data.
 */
import type { Dataset } from '../data/dataset.ts';
import type { Calibration, Network } from '../model/network.ts';
import type { StepLine } from '../training/callbacks/stepLogger.ts';
import type { EpochRecord } from '../training/checkpoint.ts';
import { type Scores, softmax } from '../training/metrics.ts';
import type { Recipe } from '../training/recipe.ts';
import { ReliabilityKeeper } from '../training/reliability.ts';
import { base64 } from './picture.ts';

/** `run.json`: what the run was asked to do, and where. */
export interface RunStart {
  /** As a shell takes it. */
  command: string;
  preset: string;
  /** When it began, in ISO 8601. */
  started: string;
  recipe: Recipe;
  dataset: string;
  /** Training pictures, and those held out of them. */
  examples: number;
  validation: number;
  /** Whether it is to end with a page. */
  hasPage?: boolean;
  /** Digests of the data and the like, as they go into the model file. */
  fingerprint: Record<string, string>;
  environment: Record<string, string>;
}

/** `results.json`: how it ended. */
export interface RunResults {
  seconds: number;
  epochs: number;
  backend: string;
  /** Why it ended before its last epoch. */
  stopped?: string;
  test: Scores;
  calibration?: Calibration;
  /** The calibration error on the test set without the temperature. */
  uncalibratedError: number;
  hardest: HardExample[];
}

/** A test example that the network finds hard: the probability of its class is low. */
export interface HardExample {
  example: number;
  label: number;
  answer: number;
  /** Of each class, as they are shown everywhere: under the network's temperature. */
  probabilities: number[];
  /** Bytes of the picture in base64; 255 is ink. */
  pixels: string;
}

/** A run, as far as it has got. */
export interface RunRecord {
  /** Of its folder. */
  name: string;
  start: RunStart;
  history: EpochRecord[];
  steps: StepLine[];
  results?: RunResults;
  network?: Network;
}

/** The `count` examples whose own class has the least probability, the hardest first. */
export function hardestExamples(
  logits: Float32Array,
  dataset: Dataset,
  count: number,
  temperature = 1,
): HardExample[] {
  const classes = dataset.classNames.length;
  const size = dataset.images.length / dataset.labels.length;
  const all = Array.from(dataset.labels, (label, example) => {
    const probabilities = softmax(logits, example * classes, classes, temperature);
    return { example, label, probabilities };
  });
  all.sort((one, other) => one.probabilities[one.label] - other.probabilities[other.label]);
  return all.slice(0, count).map(({ example, label, probabilities }) => ({
    ...{ example, label, probabilities },
    answer: probabilities.indexOf(Math.max(...probabilities)),
    pixels: base64(dataset.images.subarray(example * size, (example + 1) * size)),
  }));
}

/** The calibration error of logits as they are. */
export function rawCalibrationError(logits: Float32Array, { labels, classNames }: Dataset): number {
  const keeper = new ReliabilityKeeper();
  const classes = classNames.length;
  labels.forEach((label, example) => {
    const probabilities = softmax(logits, example * classes, classes);
    const confidence = Math.max(...probabilities);
    keeper.add(confidence, probabilities.indexOf(confidence) === label);
  });
  return keeper.error();
}
