/**
 * From a preset and settings by path to the recipe of a trial.
 *
 * A path names a place in a recipe: `learningRate`, `optimizer.type`, `model.layers.0.filters`. A value that is a
 * mapping replaces all that is there; `null` takes a setting away, so that a default holds or none.
 */
import { UsageError } from '../errors.ts';
import { nearest } from '../suggestion.ts';
import { parsePreset } from '../training/presets.ts';
import { RECIPE_KEYS, type Recipe } from '../training/recipe.ts';
import type { Parameters, Value } from './space.ts';
import { modelFromTemplate, TEMPLATE_KEYS } from './template.ts';

type Place = { [key: string]: Value };

/** Parts of a recipe that may be missing, and are made when a path leads into them. */
const OPTIONAL = ['augmentation', 'mixup', 'weightAveraging'];

/**
 * The recipe with settings, checked as a preset is.
 *
 * @param where begins the sentence of an error.
 * @throws UsageError where a path leads nowhere, or where the settings do not go together.
 */
export function recipeWith(recipe: Recipe, settings: Parameters, where: string): Recipe {
  const json = structuredClone(recipe) as unknown as Place;
  for (const [path, value] of Object.entries(settings)) setAt(json, path, value, where);
  const { model } = json;
  if (isTemplate(model)) json.model = modelFromTemplate(model, `${where}: model`) as unknown as Value;
  try {
    return parsePreset(json, where).recipe;
  } catch (error) {
    // The kernels have errors of their own, since they stand below everything else.
    if (error instanceof UsageError || !(error instanceof Error) || error.name !== 'OperationError')
      throw error;
    throw new UsageError(`${where}: ${error.message}`, { cause: error });
  }
}

function setAt(recipe: Place, path: string, value: Value, where: string): void {
  const keys = path.split('.');
  if (!RECIPE_KEYS.includes(keys[0] as keyof Recipe)) {
    const near = nearest(keys[0], RECIPE_KEYS);
    throw new UsageError(
      `${where}: no preset has a setting "${path}"; ${near ? `did you mean ${[near, ...keys.slice(1)].join('.')}?` : `settings begin with ${RECIPE_KEYS.join(', ')}.`}`,
    );
  }
  let place = recipe;
  for (const [depth, key] of keys.slice(0, -1).entries()) {
    if (depth === 0 && place[key] === undefined && OPTIONAL.includes(key)) place[key] = {};
    place = inside(place, key, keys, depth, where);
  }
  const last = keys[keys.length - 1];
  if (keys[0] === 'model' && keys.length > 1) requireKnown(place, last, keys, where);
  else if (!/^[A-Za-z]\w*$/.test(last) || last === '__proto__') throw leadsNowhere(place, last, keys, where);
  if (value === null && keys[0] !== 'model') delete place[last];
  else place[last] = structuredClone(value);
}

function inside(place: Place, key: string, keys: readonly string[], depth: number, where: string): Place {
  const next = Object.hasOwn(place, key) ? place[key] : undefined;
  if (typeof next === 'object' && next !== null) return next as Place;
  throw leadsNowhere(place, key, keys.slice(0, depth + 1), where);
}

/** What models and layers may have is known by what they have, or by the template. */
function requireKnown(place: Place, key: string, keys: readonly string[], where: string): void {
  if (Object.hasOwn(place, key) || (isTemplate(place) && TEMPLATE_KEYS.includes(key))) return;
  throw leadsNowhere(place, key, keys, where);
}

function leadsNowhere(place: Place, key: string, keys: readonly string[], where: string): UsageError {
  const known = isTemplate(place) ? TEMPLATE_KEYS : Object.keys(place);
  const near = nearest(key, known);
  const there = Array.isArray(place) ? `there are 0 to ${place.length - 1}` : `there is ${known.join(', ')}`;
  return new UsageError(
    `${where}: the path ${keys.join('.')} leads nowhere; ${near && !Array.isArray(place) ? `did you mean ${[...keys.slice(0, -1), near].join('.')}?` : `${there}.`}`,
  );
}

function isTemplate(value: Value | undefined): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'template');
}
