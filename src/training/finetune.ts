/**
 * Fine-tuning: goes on from a network's weights on corrections, among pictures that it learnt from before so that it does
 * not forget them, and then asks whether the result may take the network's place.
 *
 * A quarter of the corrections is held out by lot. The gate opens only where the candidate reads these better, weighted,
 * reads the replay's validation pictures at most 0.05 points worse, and no class of them worse than chance allows: many
 * wrong corrections of one digit would else hide behind what practice does for the others. Rehearsing old examples is the plainest remedy
 * for forgetting: Robins, "Catastrophic forgetting, rehearsal and pseudorehearsal" (1995).
 */
import { shuffledOrder } from '../data/batches.ts';
import { type Dataset, subset } from '../data/dataset.ts';
import { joinDatasets } from '../data/join.ts';
import { findCopies } from '../data/leakage.ts';
import { InklingError } from '../errors.ts';
import type { Network } from '../model/network.ts';
import { fitCalibration } from './calibration.ts';
import { evaluate, type RunOptions, requireScorable } from './classifier.ts';
import { largest } from './metrics.ts';
import type { TrainOptions } from './options.ts';
import { comparePaired } from './paired.ts';
import type { Recipe } from './recipe.ts';
import { train } from './train.ts';

/** Pictures that were misread, with what they say and how much each counts. */
export interface Corrections {
  dataset: Dataset;
  /** One for each picture; 1 is the usual one. */
  weights: ArrayLike<number>;
}

export interface FinetuneOptions
  extends Pick<TrainOptions, 'backend' | 'threads' | 'level' | 'precision' | 'signal'> {
  corrections: Corrections;
  /** What the network must not forget: pictures to train on, of all its classes, and others to measure by. */
  replay: { training: Dataset; validation: Dataset };
  epochs?: number;
  batch?: number;
  learningRate?: number;
  seed?: number;
  onStart?: TrainOptions['onStart'];
  onStep?: TrainOptions['onStep'];
  onEpoch?: TrainOptions['onEpoch'];
}

/** What the gate measured, and what it says. */
export interface Verdict {
  isPromoted: boolean;
  /** A sentence for people. */
  reason: string;
  held: { examples: number; before: number; after: number };
  validation: { examples: number; before: number; after: number };
}

export interface FinetuneResult {
  network: Network;
  verdict: Verdict;
  /** Corrections that were trained on, and those left out because the validation pictures hold them, too. */
  trained: number;
  leaked: number;
}

export const FINETUNE_DEFAULTS = { epochs: 3, batch: 64, learningRate: 1e-4, seed: 1 } as const;
const LEAST_CORRECTIONS = 4;
const HELD_SHARE = 0.25;
/** Corrections are so much of what is seen in an epoch, at most. */
const CORRECTIONS_SHARE = 0.1;
const MOST_REPEATS = 40;
/** 0.05 points. */
const TOLERANCE = 0.0005;
/** One class in two hundred would be called unlearnt by chance. */
const UNLIKELY = 0.005;

/** @throws InklingError where there are too few corrections, or they do not fit the network. */
export async function finetune(network: Network, options: FinetuneOptions): Promise<FinetuneResult> {
  const { epochs, batch, learningRate, seed, ...rest } = {
    ...FINETUNE_DEFAULTS,
    ...withoutUndefined(options),
  };
  const { corrections, replay, signal, onStart, onStep, onEpoch } = rest;
  const { backend, threads, level, precision } = rest;
  const engine: RunOptions = { backend, threads, level, precision };
  const [training, validation] = [replay.training, replay.validation].map((one) =>
    requireScorable(network, one),
  );
  const { train: learnt, held, leaked } = divideCorrections(network, corrections, validation, seed);
  const { augmentation, loss } = (network.provenance.recipe ?? {}) as Partial<Recipe>;
  const { network: candidate, interrupted } = await train(network.model, {
    data: joinDatasets([training, repeated(learnt, training.labels.length)], 'replay+corrections'),
    initial: network,
    ...{ epochs, batch, learningRate, seed, ...engine, signal, onStart, onStep, onEpoch },
    ...{ augmentation, loss, schedule: { type: 'cosine' } },
  });
  if (interrupted) throw new InklingError('Fine-tuning was stopped before its end; nothing is changed.');
  candidate.calibration = await fitCalibration(candidate, validation, engine);
  const verdict = await judge(network, candidate, { held, validation }, engine);
  return { network: candidate, verdict, trained: learnt.dataset.labels.length, leaked };
}

/** The gate: whether a candidate may take a network's place. */
export async function judge(
  network: Network,
  candidate: Network,
  { held, validation }: { held: Corrections; validation: Dataset },
  engine?: RunOptions,
): Promise<Verdict> {
  const answers = async (dataset: Dataset) =>
    [await rightAnswers(network, dataset, engine), await rightAnswers(candidate, dataset, engine)] as const;
  const measured = ([before, after]: readonly [Uint8Array, Uint8Array], weights?: ArrayLike<number>) => ({
    ...{ examples: before.length, before: accuracyOf(before, weights), after: accuracyOf(after, weights) },
  });
  const remembered = await answers(validation);
  return verdictOf(
    measured(await answers(held.dataset), held.weights),
    measured(remembered),
    unlearntClasses(validation, ...remembered),
  );
}

/** Classes that a candidate reads worse, by more than chance would make it. */
export function unlearntClasses(
  { labels, classNames }: Dataset,
  before: Uint8Array,
  after: Uint8Array,
): string[] {
  return classNames.filter((_, label) => {
    const own = before.map((right, i) => (labels[i] === label ? right : 0));
    const { onlyFirst, onlySecond, pValue } = comparePaired(
      own,
      after.map((right, i) => (labels[i] === label ? right : 0)),
    );
    return onlyFirst > onlySecond && pValue < UNLIKELY;
  });
}

/** What the gate says to such measurements. */
export function verdictOf(
  held: Verdict['held'],
  validation: Verdict['validation'],
  unlearnt: readonly string[] = [],
): Verdict {
  const isBetter = held.after > held.before;
  const hasForgotten = validation.after < validation.before - TOLERANCE - 1e-12;
  const onHeld = `${points(held.after)} of ${held.examples} held-out corrections, against ${points(held.before)} before`;
  const onValidation = `${points(validation.after)} of ${validation.examples} validation pictures, against ${points(validation.before)} before`;
  let reason = `It reads ${onHeld}, and ${onValidation}.`;
  if (!isBetter) reason = `Rejected, since it is not better on corrections: it reads ${onHeld}.`;
  else if (hasForgotten) {
    reason = `Rejected, since it has forgotten more than 0.05 points: it reads ${onValidation}.`;
  } else if (unlearnt.length > 0) {
    reason = `Rejected, since it has unlearnt ${unlearnt.join(', ')}: of the validation pictures it reads these worse than chance would have it.`;
  }
  return { isPromoted: isBetter && !hasForgotten && unlearnt.length === 0, reason, held, validation };
}

/** Says of each picture whether a network reads it right: 1 if so. */
export async function rightAnswers(
  network: Network,
  pictures: Dataset,
  engine?: RunOptions,
): Promise<Uint8Array> {
  const dataset = requireScorable(network, pictures);
  const right = new Uint8Array(dataset.labels.length);
  const classes = network.classNames.length;
  await evaluate(network, dataset, {
    ...engine,
    onAnswer(logits, row, example) {
      if (largest(logits, row * classes, classes) === dataset.labels[example]) right[example] = 1;
    },
  });
  return right;
}

function accuracyOf(right: Uint8Array, weights?: ArrayLike<number>): number {
  let [sum, total] = [0, 0];
  for (let i = 0; i < right.length; i++) {
    const weight = weights ? weights[i] : 1;
    sum += right[i] * weight;
    total += weight;
  }
  return total > 0 ? sum / total : 0;
}

/** Takes corrections apart: none of what is trained on is among what is held out, nor any among the validation set. */
function divideCorrections(
  network: Network,
  { dataset: given, weights }: Corrections,
  validation: Dataset,
  seed: number,
): { train: Corrections; held: Corrections; leaked: number } {
  const dataset = requireScorable(network, given);
  const leaks = findCopies(dataset, validation);
  const order = Array.from(shuffledOrder(dataset.labels.length, seed, 0)).filter((i) => leaks[i] === 0);
  requireEnough(order.length);
  const count = Math.max(1, Math.round(order.length * HELD_SHARE));
  const take = (positions: readonly number[], name: string): Corrections => ({
    dataset: subset(dataset, positions, name),
    weights: positions.map((i) => weights[i]),
  });
  const held = take(order.slice(0, count), 'corrections/held');
  const others = order.slice(count);
  const copies = findCopies(subset(dataset, others, ''), held.dataset);
  const learnt = others.filter((_, i) => copies[i] === 0);
  return {
    train: take(learnt, 'corrections'),
    held,
    leaked: dataset.labels.length - count - learnt.length,
  };
}

/** @throws InklingError where there are too few corrected pictures to learn from some and try others. */
export function requireEnough(pictures: number): void {
  if (pictures >= LEAST_CORRECTIONS) return;
  const there = pictures === 1 ? 'is 1 correction' : `are ${pictures} corrections`;
  throw new InklingError(
    `There ${there} to learn from, and at least ${LEAST_CORRECTIONS} are needed; review more of them.`,
  );
}

/** Each picture as often as its weight says, so that all are at most their share of what is trained on. */
function repeated({ dataset, weights }: Corrections, beside: number): Dataset {
  const total = Array.from(weights).reduce((sum, weight) => sum + weight, 0);
  const room = (beside * CORRECTIONS_SHARE) / (1 - CORRECTIONS_SHARE);
  const scale = Math.min(MOST_REPEATS, room / Math.max(total, 1e-9));
  const positions: number[] = [];
  let due = 0;
  for (let i = 0; i < dataset.labels.length; i++) {
    // What is left of one after rounding goes to the next, so that small weights count together.
    due += weights[i] * scale;
    for (; due >= 1; due--) positions.push(i);
  }
  return subset(dataset, positions, 'corrections');
}

const points = (share: number) => `${(100 * share).toFixed(2)} %`;

function withoutUndefined<Value extends object>(value: Value): Value {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as Value;
}
