/** Whether a run can go on from a checkpoint to the same bits. */
import { InklingError } from '../errors.ts';
import type { Checkpoint } from './checkpoint.ts';
import { completeRecipe, type Recipe } from './recipe.ts';

/** What a run is, for its checkpoints. */
export interface RunIdentity {
  recipe: Recipe;
  fingerprint: Record<string, string>;
  stepsPerEpoch: number;
}

/** Throws a sentence where the checkpoint belongs to another run. */
export function requireSameRun({ recipe, epoch, step, fingerprint }: Checkpoint, run: RunIdentity): void {
  if (JSON.stringify(completeRecipe(recipe)) !== JSON.stringify(run.recipe)) {
    throw new InklingError(
      'The checkpoint belongs to another recipe; resume with the same model and settings.',
    );
  }
  for (const key of new Set([...Object.keys(fingerprint), ...Object.keys(run.fingerprint)])) {
    if (fingerprint[key] === run.fingerprint[key]) continue;
    throw new InklingError(
      `The checkpoint was made with another ${key} (${fingerprint[key]}) than this run has (${run.fingerprint[key]}), so it cannot go on to the same result; restore it, or start without resuming.`,
    );
  }
  if (epoch > recipe.epochs || step > run.stepsPerEpoch || (epoch === recipe.epochs && step > 0)) {
    throw new InklingError(
      `The checkpoint's position, epoch ${epoch} and step ${step}, lies behind the end of its run.`,
    );
  }
}
