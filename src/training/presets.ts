/** Recipes by name: JSON files in presets/, to read, copy and change. */
import { UsageError } from '../errors.ts';
import defaultPreset from './presets/default.json' with { type: 'json' };
import sprintPreset from './presets/sprint.json' with { type: 'json' };
import { completeRecipe, type Recipe } from './recipe.ts';

const PRESETS: Record<string, object> = { default: defaultPreset, sprint: sprintPreset };

export function presetNames(): string[] {
  return Object.keys(PRESETS);
}

/** The recipe of a preset, complete. */
export function preset(name: string): Recipe {
  if (!Object.hasOwn(PRESETS, name)) {
    throw new UsageError(`There is no preset "${name}"; there are ${presetNames().join(', ')}.`);
  }
  const { description, ...recipe } = structuredClone(PRESETS[name]) as { description: string } & Recipe;
  return completeRecipe(recipe);
}
