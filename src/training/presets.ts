/** Recipes by name: JSON files in presets/, to read, copy and change. */
import { UsageError } from '../errors.ts';
import defaultPreset from './presets/default.json' with { type: 'json' };
import sprintPreset from './presets/sprint.json' with { type: 'json' };
import { completeRecipe, type Recipe } from './recipe.ts';

const PRESETS: Record<string, object> = { default: defaultPreset, sprint: sprintPreset };

export function presetNames(): string[] {
  return Object.keys(PRESETS);
}

/** What a preset's file holds besides its recipe. */
interface PresetFile {
  description: string;
  /** Whether its runs end with a page; true by default. */
  report?: boolean;
}

/** The recipe of a preset, complete. */
export function preset(name: string): Recipe {
  const { description, report, ...recipe } = structuredClone(presetFile(name)) as PresetFile & Recipe;
  return completeRecipe(recipe);
}

/** Whether runs of a preset end with a page. */
export function presetReports(name: string): boolean {
  return (presetFile(name) as PresetFile).report ?? true;
}

function presetFile(name: string): object {
  if (!Object.hasOwn(PRESETS, name)) {
    throw new UsageError(`There is no preset "${name}"; there are ${presetNames().join(', ')}.`);
  }
  return PRESETS[name];
}
