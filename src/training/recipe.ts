/**
 * A recipe: all that decides what a training run computes, as plain JSON. Together with the data, the backend and
 * the number of threads it determines the trained weights to the bit.
 */
import type { AugmentationSpec } from '../../kernels/augmentation/spec.ts';
import type { MixupSpec } from '../../kernels/mixup/index.ts';
import { checkAugmentation } from '../data/augmentation.ts';
import type { LossOptions, OptimizerOptions } from '../engine/plan.ts';
import { UsageError } from '../errors.ts';
import type { ModelSpec } from '../model/layers.ts';
import { nearest } from '../suggestion.ts';
import { type CallbackSpec, checkCallbacks } from './callbacks/specs.ts';
import { checkMixup } from './mixup.ts';
import { checkSchedule, type ScheduleSpec } from './schedule.ts';
import { checkWeightAveraging, type WeightAveragingSpec } from './weightAveraging.ts';

export interface Recipe {
  model: ModelSpec;
  epochs: number;
  /** Examples in a step. */
  batch: number;
  seed: number;
  optimizer: OptimizerOptions;
  /** The highest learning rate of the schedule. */
  learningRate: number;
  schedule: ScheduleSpec;
  loss: Omit<LossOptions, 'type'>;
  augmentation?: AugmentationSpec;
  /** Trains on mixtures of two pictures and their labels. */
  mixup?: MixupSpec;
  /** Scores and saves averaged weights instead of the last. */
  weightAveraging?: WeightAveragingSpec;
  /** What watches the run, in the order of being called. */
  callbacks?: CallbackSpec[];
}

/** What a recipe leaves out is taken from here. */
export const RECIPE_DEFAULTS = {
  epochs: 5,
  batch: 128,
  seed: 1,
  optimizer: { type: 'adam' },
  learningRate: 1e-3,
  schedule: { type: 'constant' },
  loss: {},
} as const satisfies Omit<Recipe, 'model'>;

export const RECIPE_KEYS: readonly (keyof Recipe)[] = [
  'model',
  'epochs',
  'batch',
  'seed',
  'optimizer',
  'learningRate',
  'schedule',
  'loss',
  'augmentation',
  'mixup',
  'weightAveraging',
  'callbacks',
];

/** Completes a recipe and checks all but its model and optimiser, which `compile` checks. */
export function completeRecipe(partial: Partial<Recipe> & { model: ModelSpec }): Recipe {
  for (const key of Object.keys(partial)) {
    if (RECIPE_KEYS.includes(key as keyof Recipe)) continue;
    const near = nearest(key, RECIPE_KEYS);
    throw new UsageError(
      `A recipe has no key "${key}"; ${near ? `did you mean ${near}?` : `it has ${RECIPE_KEYS.join(', ')}.`}`,
    );
  }
  const recipe: Recipe = {
    ...structuredClone(RECIPE_DEFAULTS),
    ...withoutUndefined(partial),
    model: partial.model,
  };
  requireWhole('epochs', recipe.epochs, 1, 1e6);
  requireWhole('batch', recipe.batch, 1, 65536);
  requireWhole('seed', recipe.seed, 0, Number.MAX_SAFE_INTEGER);
  if (typeof recipe.learningRate !== 'number' || !(recipe.learningRate > 0 && recipe.learningRate < 1e6)) {
    throw new UsageError(
      `learningRate must be a number above 0, not ${JSON.stringify(recipe.learningRate)}.`,
    );
  }
  checkSchedule(recipe.schedule);
  if (recipe.augmentation) checkAugmentation(recipe.augmentation);
  if (recipe.mixup) recipe.mixup = checkMixup(recipe.mixup);
  if (recipe.weightAveraging) checkWeightAveraging(recipe.weightAveraging);
  if (recipe.callbacks) checkCallbacks(recipe.callbacks);
  return recipe;
}

function requireWhole(key: string, value: unknown, minimum: number, maximum: number): void {
  if (!Number.isInteger(value) || (value as number) < minimum || (value as number) > maximum) {
    throw new UsageError(
      `${key} must be a whole number from ${minimum} to ${maximum}, not ${JSON.stringify(value)}.`,
    );
  }
}

function withoutUndefined<Value extends object>(value: Value): Value {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as Value;
}
