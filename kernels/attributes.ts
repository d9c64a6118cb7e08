/**
 * Checking the attributes of a layer spec.
 *
 * Specs come from model files and JSON that strangers wrote, so each attribute is read through one of these
 * functions, and a spec with attributes nobody reads is refused.
 */
import { OperationError } from './operation.ts';

/** Largest size of anything in a spec: enough for every network here, small enough that products stay exact. */
const MAXIMUM_SIZE = 1 << 16;

/** Rows before and after, columns before and after. */
export type BorderSizes = readonly [readonly [number, number], readonly [number, number]];

/** `same`: output size is input size over stride, rounded up; `valid`: no border; or explicit zero borders. */
export type Padding = 'same' | 'valid' | BorderSizes;

type Raw = Record<string, unknown>;

/** Refuses attributes that are not among `known`. */
export function onlyKnown(raw: Raw, known: readonly string[]): void {
  for (const key of Object.keys(raw)) {
    if (!known.includes(key)) {
      const list = known.length > 0 ? `it takes ${known.join(', ')}` : 'it takes none';
      throw new OperationError(`has no attribute "${key}": ${list}`);
    }
  }
}

/** A whole number from `minimum` up. */
export function integer(raw: Raw, key: string, minimum: number, fallback?: number): number {
  const value = raw[key] ?? fallback;
  if (!isInteger(value, minimum)) {
    throw new OperationError(
      `${key} must be a whole number from ${minimum} to ${MAXIMUM_SIZE}, not ${show(value)}`,
    );
  }
  return value;
}

/** A finite number from `minimum` (inclusive) to `maximum` (exclusive). */
export function real(raw: Raw, key: string, minimum: number, maximum: number, fallback?: number): number {
  const value = raw[key] ?? fallback;
  if (typeof value !== 'number' || !(value >= minimum && value < maximum)) {
    throw new OperationError(
      `${key} must be a number from ${minimum} to below ${maximum}, not ${show(value)}`,
    );
  }
  return value;
}

export function boolean(raw: Raw, key: string, fallback: boolean): boolean {
  const value = raw[key] ?? fallback;
  if (typeof value !== 'boolean') {
    throw new OperationError(`${key} must be true or false, not ${show(value)}`);
  }
  return value;
}

/** One whole number for both directions, or a pair [height, width]. */
export function pair(
  raw: Raw,
  key: string,
  minimum: number,
  fallback?: number | readonly [number, number],
): [number, number] {
  const value = raw[key] ?? fallback;
  if (isInteger(value, minimum)) return [value, value];
  if (isPair(value, minimum)) return [value[0], value[1]];
  throw new OperationError(
    `${key} must be a whole number from ${minimum} or a pair [height, width] of them, not ${show(value)}`,
  );
}

/** Padding as `same`, `valid`, one number for all sides, or [[top, bottom], [left, right]]. */
export function padding(raw: Raw, key: string, fallback: Padding): Padding {
  const value = raw[key] ?? fallback;
  if (value === 'same' || value === 'valid') return value;
  return borderSizes(value, key, '"same", "valid", ');
}

/** Explicit borders: one number for all sides, or [[top, bottom], [left, right]]. */
export function border(raw: Raw, key: string): BorderSizes {
  return borderSizes(raw[key], key, '');
}

function borderSizes(value: unknown, key: string, others: string): BorderSizes {
  if (isInteger(value, 0)) {
    return [
      [value, value],
      [value, value],
    ];
  }
  if (Array.isArray(value) && value.length === 2 && isPair(value[0], 0) && isPair(value[1], 0)) {
    return [
      [value[0][0], value[0][1]],
      [value[1][0], value[1][1]],
    ];
  }
  throw new OperationError(
    `${key} must be ${others}a whole number or [[top, bottom], [left, right]], not ${show(value)}`,
  );
}

function isInteger(value: unknown, minimum: number): value is number {
  return Number.isInteger(value) && (value as number) >= minimum && (value as number) <= MAXIMUM_SIZE;
}

function isPair(value: unknown, minimum: number): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every((item) => isInteger(item, minimum));
}

function show(value: unknown): string {
  return value === undefined ? 'missing' : (JSON.stringify(value) ?? String(value)).slice(0, 60);
}

/** What a window does along one direction: zeros before and after, and the number of positions it takes. */
export interface WindowExtent {
  before: number;
  after: number;
  output: number;
}

/**
 * Positions of a sliding window along one direction. With `same` the border is split evenly and the odd one goes
 * after, as in TensorFlow.
 */
export function windowExtent(
  size: number,
  window: number,
  stride: number,
  padding: Padding,
  direction: 0 | 1,
): WindowExtent {
  let [before, after] = [0, 0];
  if (padding === 'same') {
    const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + window - size);
    before = Math.floor(total / 2);
    after = total - before;
  } else if (padding !== 'valid') {
    [before, after] = padding[direction];
  }
  const output = Math.floor((size + before + after - window) / stride) + 1;
  if (output < 1) {
    const side = direction === 0 ? 'height' : 'width';
    throw new OperationError(
      `a window of ${window} does not fit the ${side} ${size + before + after} of its input`,
    );
  }
  return { before, after, output };
}
