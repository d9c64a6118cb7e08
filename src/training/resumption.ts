/** Whether a run can go on from a checkpoint to the same bits, or from a network's weights. */
import type { Dataset } from '../data/dataset.ts';
import { InklingError, UsageError } from '../errors.ts';
import type { ModelSpec } from '../model/layers.ts';
import type { Network } from '../model/network.ts';
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

/** Throws a sentence where training cannot go on from a network's weights. */
export function requireSameModel({ model: own, classNames }: Network, model: ModelSpec, data: Dataset): void {
  if (JSON.stringify(own) !== JSON.stringify(model)) {
    throw new UsageError(
      'The network to go on from has other layers than the model to train; train its own model, or begin anew.',
    );
  }
  if (classNames.join('\n') !== data.classNames.join('\n')) {
    throw new UsageError(
      `The network to go on from tells ${classNames.join(', ')} apart, and ${data.name} has ${data.classNames.join(', ')}; use data with the same classes.`,
    );
  }
}
