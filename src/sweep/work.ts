/** How much there is to compute, before any of it is. */
import { trainingFlops } from '../model/summary.ts';
import type { Recipe } from '../training/recipe.ts';

/** What a core of a server's processor does in such trainings, measured on networks of one to five layers. */
const FLOPS_PER_SECOND = 80e9;
/** What each picture takes besides: getting it, its loss, the layers that only move numbers. */
const SECONDS_PER_PICTURE = 1e-4;

export interface Work {
  /** Multiplications and additions of the training, without its validation. */
  flops: number;
  /** On one core, as a rule of thumb: half or double would be no surprise. */
  seconds: number;
}

/** @param examples pictures that are trained on. */
export function workOf(recipe: Recipe, examples: number): Work {
  const steps = recipe.epochs * Math.floor(examples / recipe.batch);
  const flops = steps * trainingFlops(recipe.model, recipe.batch);
  return { flops, seconds: flops / FLOPS_PER_SECOND + steps * recipe.batch * SECONDS_PER_PICTURE };
}
