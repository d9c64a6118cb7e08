/** Checks of what a study's file holds: each throws one sentence that names the place. */
import { UsageError } from '../errors.ts';
import { nearest } from '../suggestion.ts';

export type Fields = Record<string, unknown>;

/** @param where begins the sentence of an error, such as `mine.yaml: search`. */
export function fieldsOf(value: unknown, where: string, keys?: readonly string[]): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UsageError(`${where} must be a mapping of keys to values, not ${shown(value)}.`);
  }
  const unknown = keys && Object.keys(value).find((key) => !keys.includes(key));
  if (unknown !== undefined) {
    const near = nearest(unknown, keys!);
    throw new UsageError(
      `${where} has an unknown key "${unknown}"; ${near ? `did you mean ${near}?` : `it may have ${keys!.join(', ')}.`}`,
    );
  }
  return value as Fields;
}

export function listOf(value: unknown, where: string): unknown[] {
  if (Array.isArray(value) && value.length > 0) return value;
  throw new UsageError(`${where} must be a list with at least one entry, not ${shown(value)}.`);
}

export function textOf(value: unknown, where: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new UsageError(`${where} must be a text, not ${shown(value)}.`);
}

export function wordOf<Word extends string>(value: unknown, where: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  const near = typeof value === 'string' ? nearest(value, words) : undefined;
  throw new UsageError(
    `${where} must be one of ${words.join(', ')}, not ${shown(value)}${near ? `; did you mean ${near}?` : '.'}`,
  );
}

export function numberOf(value: unknown, where: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new UsageError(`${where} must be a number, not ${shown(value)}.`);
}

export function wholeOf(value: unknown, where: string, least: number, most: number): number {
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) {
    return value as number;
  }
  throw new UsageError(`${where} must be a whole number from ${least} to ${most}, not ${shown(value)}.`);
}

export function flagOf(value: unknown, where: string): boolean {
  if (typeof value === 'boolean') return value;
  throw new UsageError(`${where} must be true or false, not ${shown(value)}.`);
}

/** As it would stand in JSON, shortened. */
export function shown(value: unknown): string {
  if (typeof value === 'number') return String(value);
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
