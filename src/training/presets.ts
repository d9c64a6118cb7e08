/**
 * Recipes as JSON files, to read, copy and change: the ones in presets/ go by name.
 *
 * A file holds a recipe, and perhaps a description and whether runs end with a page. All of it is checked before anything
 * is done: keys, numbers, and whether the model, its loss and its optimiser fit together.
 */
import { buildPlan } from '../engine/planner.ts';
import { InklingError, UsageError } from '../errors.ts';
import { nearest } from '../suggestion.ts';
import accuratePreset from './presets/accurate.json' with { type: 'json' };
import cleanPreset from './presets/clean.json' with { type: 'json' };
import defaultPreset from './presets/default.json' with { type: 'json' };
import mlpPreset from './presets/mlp.json' with { type: 'json' };
import padded256Preset from './presets/padded256.json' with { type: 'json' };
import readerPreset from './presets/reader.json' with { type: 'json' };
import sprintPreset from './presets/sprint.json' with { type: 'json' };
import triple64Preset from './presets/triple64.json' with { type: 'json' };
import { completeRecipe, RECIPE_KEYS, type Recipe } from './recipe.ts';

const PRESETS: Record<string, object> = {
  sprint: sprintPreset,
  default: defaultPreset,
  clean: cleanPreset,
  accurate: accuratePreset,
  reader: readerPreset,
  triple64: triple64Preset,
  mlp: mlpPreset,
  padded256: padded256Preset,
};

export interface Preset {
  description: string;
  /** Whether its runs end with a page; true by default. */
  report: boolean;
  /** Complete. */
  recipe: Recipe;
}

const KEYS = ['description', 'report', ...RECIPE_KEYS];

export function presetNames(): string[] {
  return Object.keys(PRESETS);
}

/** A preset by its name. */
export function findPreset(name: string): Preset {
  if (!Object.hasOwn(PRESETS, name)) {
    const near = nearest(name, presetNames());
    throw new UsageError(
      `There is no preset "${name}"${near ? `; did you mean ${near}?` : ` and no such file; there are ${presetNames().join(', ')}.`}`,
    );
  }
  return parsePreset(structuredClone(PRESETS[name]), `The preset ${name}`);
}

/** The recipe of a preset, complete. */
export function preset(name: string): Recipe {
  return findPreset(name).recipe;
}

/** Checks and completes what a preset's file holds. `source` begins the sentence of an error. */
export function parsePreset(json: unknown, source: string): Preset {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new UsageError(`${source} must hold an object with a model and a recipe, as those in presets/ do.`);
  }
  const unknown = Object.keys(json).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) {
    const near = nearest(unknown, KEYS);
    throw new UsageError(
      `${source} has an unknown key "${unknown}"; ${near ? `did you mean ${near}?` : `it may have ${KEYS.join(', ')}.`}`,
    );
  }
  const {
    description = '',
    report = true,
    ...partial
  } = json as Partial<Preset> & { model: Recipe['model'] };
  if (typeof description !== 'string' || typeof report !== 'boolean') {
    throw new UsageError(`${source}: its description must be a text, and its report true or false.`);
  }
  try {
    const recipe = completeRecipe(partial);
    buildPlan(recipe.model, {
      ...{ batch: recipe.batch, mode: 'train', optimizer: recipe.optimizer, mixup: recipe.mixup },
      loss: { type: 'softmaxCrossEntropy', ...recipe.loss },
    });
    return { description, report, recipe };
  } catch (error) {
    if (!(error instanceof InklingError)) throw error;
    throw new UsageError(`${source}: ${error.message}`, { cause: error });
  }
}
