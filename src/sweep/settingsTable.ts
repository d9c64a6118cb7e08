/** What differs between the trials of a study, as flat as a table. */
import type { Recipe } from '../training/recipe.ts';
import type { Dimension, Parameters, Scalar, Space, Value } from './space.ts';
import type { Study } from './study.ts';

/** A number, a word, or the JSON of something longer. */
type Flat = Record<string, Scalar>;

/** Values of one sign that differ by more than this are laid out by their logarithm. */
const LOG_RATIO = 10;

/** The dimensions of a study: those of its space, or those in which its arms differ. */
export function dimensionsOf(study: Study, base: Recipe): Space {
  if (study.search.type !== 'arms') return study.search.space;
  const rows = study.search.arms.map((arm) => armSettings(study, base, arm.set));
  const paths = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const varied = paths.filter((path) => new Set(rows.map((row) => row[path])).size > 1);
  return Object.fromEntries(varied.map((path) => [path, dimensionOf(rows.map((row) => row[path] ?? null))]));
}

/** A trial's values of these dimensions. */
export function placeOf(study: Study, base: Recipe, space: Space, parameters: Parameters): Parameters {
  const row = study.search.type === 'arms' ? armSettings(study, base, parameters) : parameters;
  return Object.fromEntries(Object.keys(space).map((path) => [path, row[path] ?? null]));
}

/** For people: numbers with four digits, mappings as JSON without its quotation marks. */
export function valueText(value: Value): string {
  if (typeof value === 'number') return String(Number(value.toPrecision(4)));
  if (value === null) return '–';
  if (typeof value !== 'object') return String(value);
  const hasTypeOnly = !Array.isArray(value) && Object.keys(value).join() === 'type';
  return hasTypeOnly ? String((value as { type: Value }).type) : JSON.stringify(value).replaceAll('"', '');
}

/** The settings of an arm. What only other arms set is as the preset has it. */
function armSettings(study: Study, base: Recipe, set: Parameters): Flat {
  const { search } = study;
  const own = flattened({ ...study.set, ...set });
  const all = search.type === 'arms' ? search.arms.flatMap((arm) => Object.keys(flattened(arm.set))) : [];
  const preset = flattened(base as unknown as Parameters);
  // An arm that replaces a mapping has nothing of what the preset has in it.
  const replaces = (path: string) =>
    Object.keys({ ...study.set, ...set }).some((key) => path.startsWith(`${key}.`));
  const missing = all.filter((path) => !(path in own) && !replaces(path) && path in preset);
  return { ...Object.fromEntries(missing.map((path) => [path, preset[path]])), ...own };
}

function flattened(parameters: Parameters): Flat {
  const flat: Flat = {};
  const walk = (value: Value, path: string) => {
    if (Array.isArray(value)) flat[path] = JSON.stringify(value);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, one] of Object.entries(value)) walk(one, `${path}.${key}`);
    } else flat[path] = value;
  };
  for (const [path, value] of Object.entries(parameters)) walk(value, path);
  return flat;
}

function dimensionOf(values: readonly Scalar[]): Dimension {
  const numbers = values.filter((value) => typeof value === 'number');
  if (numbers.length < values.length) return { type: 'choice', values: [...new Set(values)] };
  const [from, to] = [Math.min(...numbers), Math.max(...numbers)];
  if (numbers.every(Number.isInteger)) return { type: 'int', from, to, step: 1 };
  return { type: from > 0 && to / from > LOG_RATIO ? 'log' : 'float', from, to };
}
