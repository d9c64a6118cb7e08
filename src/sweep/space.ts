/**
 * Search spaces: what may be varied, and between which values.
 *
 * Every dimension has an inner scale on which it is searched evenly: the value itself, its logarithm, or the number
 * of a choice. Samplers and the parameter importance work there and need not know the kinds.
 */

export type Scalar = string | number | boolean | null;
/** A value of a dimension: of a choice, any JSON, since whole optimisers or augmentations may be chosen. */
export type Value = Scalar | Value[] | { [key: string]: Value };

export interface IntDimension {
  type: 'int';
  from: number;
  /** Reached by whole steps. */
  to: number;
  /** Between neighbours; 1 by default. */
  step: number;
}

export interface RealDimension {
  /** `log` is searched evenly by orders of magnitude. */
  type: 'float' | 'log';
  from: number;
  to: number;
  /** Points of a grid, both ends among them. */
  steps?: number;
}

export interface ChoiceDimension {
  type: 'choice';
  values: Value[];
}

export type Dimension = IntDimension | RealDimension | ChoiceDimension;

/** Dimensions by the path of the setting they change, such as `optimizer.type`. */
export type Space = Record<string, Dimension>;

/** A value of each dimension. */
export type Parameters = Record<string, Value>;

/** The ends of a dimension's inner scale: an int's reach half a step beyond its values. */
export function bounds(dimension: Exclude<Dimension, ChoiceDimension>): [low: number, high: number] {
  const { from, to } = dimension;
  if (dimension.type === 'int') return [from - dimension.step / 2, to + dimension.step / 2];
  return dimension.type === 'log' ? [Math.log(from), Math.log(to)] : [from, to];
}

/** A value's place on the inner scale; of a choice, its number, or -1 where it is none of the values. */
export function inner(dimension: Dimension, value: Value): number {
  if (dimension.type === 'choice') {
    const text = JSON.stringify(value);
    return dimension.values.findIndex((one) => JSON.stringify(one) === text);
  }
  return dimension.type === 'log' ? Math.log(Number(value)) : Number(value);
}

/** The value at a place of the inner scale. Rounding never leads out of the range. */
export function outer(dimension: Dimension, place: number): Value {
  if (dimension.type === 'choice') return dimension.values[place];
  const { from, to } = dimension;
  let value = dimension.type === 'log' ? Math.exp(place) : place;
  if (dimension.type === 'int') value = from + Math.round((place - from) / dimension.step) * dimension.step;
  return Math.min(to, Math.max(from, value));
}

/** A value drawn evenly from the inner scale, by a number from 0 to below 1. */
export function drawn(dimension: Dimension, uniform: number): Value {
  if (dimension.type === 'choice') return dimension.values[Math.floor(uniform * dimension.values.length)];
  const [low, high] = bounds(dimension);
  return outer(dimension, low + uniform * (high - low));
}

/** The values that a grid has of a dimension, in order. */
export function gridValues(dimension: Dimension): Value[] {
  if (dimension.type === 'choice') return dimension.values;
  if (dimension.type === 'int') {
    const { from, to, step } = dimension;
    return Array.from({ length: (to - from) / step + 1 }, (_, index) => from + index * step);
  }
  const [low, high] = bounds(dimension);
  const { steps = 1 } = dimension;
  return Array.from({ length: steps }, (_, index) => {
    if (index === 0) return dimension.from;
    if (index === steps - 1) return dimension.to;
    // Such points as 0.01 are meant to be 0.01, and not a last bit more.
    return Number(Number(outer(dimension, low + (index / (steps - 1)) * (high - low))).toPrecision(12));
  });
}

/** How many points a grid has. */
export function gridSize(space: Space): number {
  return Object.values(space).reduce((size, dimension) => size * pointsOf(dimension), 1);
}

function pointsOf(dimension: Dimension): number {
  if (dimension.type === 'choice') return dimension.values.length;
  return dimension.type === 'int'
    ? (dimension.to - dimension.from) / dimension.step + 1
    : (dimension.steps ?? 1);
}

/** The point of a grid with this number: the last dimension changes fastest. */
export function gridPoint(space: Space, index: number): Parameters {
  const point: [string, Value][] = [];
  let rest = index;
  for (const [path, dimension] of Object.entries(space).reverse()) {
    const values = gridValues(dimension);
    point.unshift([path, values[rest % values.length]]);
    rest = Math.floor(rest / values.length);
  }
  return Object.fromEntries(point);
}
