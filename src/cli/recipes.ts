/** From the flags of `train`, and the checkpoint it resumes from, to the recipe it follows. */
import { isDeepStrictEqual } from 'node:util';
import { type Checkpoint, completeRecipe, InklingError, type Recipe, UsageError } from '../index.ts';
import { type CallbackFlags, requireSameCallbacks, withCallbacks } from './callbackFlags.ts';
import { DATASET_NAMES } from './datasets.ts';
import { openPreset } from './presets.ts';

/** The flags that decide what is computed. */
export interface RecipeFlags extends CallbackFlags {
  preset?: string;
  epochs?: number;
  batch?: number;
  learningRate?: number;
  seed?: number;
  /** The alpha of its distribution; 0 mixes nothing. */
  mixup?: number;
  dataset?: string;
  examples?: number;
  validation?: number;
}

/** What of a checkpoint decides how its run goes on. */
export interface ResumedSettings {
  recipe: Recipe;
  /** As `--dataset` takes it. */
  dataset: string;
  examples: number;
  validation: number;
}

/** Parts of a recipe that have a flag of their own. */
const FLAGS_OF_RECIPE = {
  epochs: 'epochs',
  batch: 'batch',
  learningRate: 'learning-rate',
  seed: 'seed',
} as const;

type FlaggedKey = keyof typeof FLAGS_OF_RECIPE;

/** The recipe of a new run: a preset, and what flags change in it. */
export function freshRecipe(preset: Recipe, flags: RecipeFlags): Recipe {
  const changes: Partial<Recipe> = {};
  for (const key of Object.keys(FLAGS_OF_RECIPE) as FlaggedKey[]) {
    if (flags[key] !== undefined) changes[key] = flags[key];
  }
  if (flags.mixup !== undefined) changes.mixup = flags.mixup > 0 ? { alpha: flags.mixup } : undefined;
  return completeRecipe(withCallbacks({ ...preset, ...changes }, flags));
}

/** The settings of a run that goes on. Flags may repeat them, but not contradict them. */
export async function resumedSettings(
  checkpoint: Checkpoint,
  flags: RecipeFlags,
  folder: string,
): Promise<ResumedSettings> {
  const { fingerprint } = checkpoint;
  const recipe = completeRecipe(checkpoint.recipe);
  const contradict = (flag: string, given: unknown, stored: unknown) => {
    if (given === undefined || isDeepStrictEqual(given, stored)) return;
    throw new UsageError(
      `The run in ${folder} has --${flag} ${stored}, not ${given}: leave the flag out to resume it, or use another --out for another run.`,
    );
  };
  for (const key of Object.keys(FLAGS_OF_RECIPE) as FlaggedKey[]) {
    contradict(FLAGS_OF_RECIPE[key], flags[key], recipe[key]);
  }
  contradict('mixup', flags.mixup, recipe.mixup?.alpha ?? 0);
  requireSameCallbacks(recipe, flags, folder);
  await requireSamePreset(flags.preset, recipe, folder);
  const examples = storedCount(fingerprint.examples, 'examples', folder);
  const validation = storedCount(fingerprint.validation, 'validation', folder);
  contradict('examples', flags.examples, examples);
  contradict('validation', flags.validation, validation);
  return {
    recipe,
    examples,
    validation,
    dataset: resumedDataset(flags.dataset, fingerprint.dataset, folder),
  };
}

/** A preset may be named again if the run follows it in all that flags do not change. */
async function requireSamePreset(name: string | undefined, recipe: Recipe, folder: string): Promise<void> {
  if (name === undefined) return;
  const { recipe: named } = await openPreset(name);
  for (const key of Object.keys(FLAGS_OF_RECIPE) as FlaggedKey[])
    Object.assign(named, { [key]: recipe[key] });
  if (recipe.callbacks) named.callbacks = recipe.callbacks;
  const { mixup } = recipe;
  if (isDeepStrictEqual({ ...named, mixup }, { ...recipe, mixup })) return;
  throw new UsageError(
    `The run in ${folder} does not follow the preset ${name}: leave the flag out to resume it, or use another --out for another run.`,
  );
}

function resumedDataset(given: string | undefined, stored: string, folder: string): string {
  if (stored.split('+').every((part) => DATASET_NAMES.includes(part))) {
    if (given === undefined || given === stored) return stored;
    throw new UsageError(
      `The run in ${folder} has --dataset ${stored}, not ${given}: leave the flag out to resume it, or use another --out for another run.`,
    );
  }
  if (given !== undefined) return given;
  throw new UsageError(
    `The run in ${folder} trains on pictures from "${stored}": say where that is with --dataset to resume it.`,
  );
}

function storedCount(text: string | undefined, key: string, folder: string): number {
  if (text !== undefined && /^\d{1,9}$/.test(text)) return Number(text);
  throw new InklingError(
    `The checkpoint in ${folder} does not say its ${key}; start without --resume, with --force.`,
  );
}
