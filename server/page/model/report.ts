/**
 * What a model's file tells of its training, for people. A file may hold much or little of it; each part is looked
 * at before it is shown.
 */
import { count, messages, percent } from '../messages.ts';

/** How it was after a pass over its pictures. */
export interface CurvePoint {
  epoch: number;
  /** On validation digits, 0 to 1. */
  accuracy: number;
  /** On the pictures it learned from, as it saw them. */
  trainAccuracy?: number;
  loss?: number;
  trainLoss?: number;
}

type Unknown = Record<string, unknown>;

const record = (value: unknown): Unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Unknown) : {};
const number = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

/** Where it comes from, as pairs of a name and a value. */
export function origin(provenance: Unknown): [string, string][] {
  const recipe = record(provenance.recipe);
  const optimizer = record(recipe.optimizer);
  const schedule = record(recipe.schedule);
  const accuracy = number(provenance.testAccuracy);
  const epochs = number(recipe.epochs);
  const rows: [string, string | undefined][] = [
    ['Test accuracy', accuracy === undefined ? undefined : percent(accuracy, 2)],
    ['Learned from', text(provenance.dataset)],
    ['Pictures', counted(provenance.examples)],
    ['Validated on', counted(provenance.validation)],
    ['Training', epochs === undefined ? undefined : messages.model.passes(epochs)],
    ['Batch', counted(recipe.batch)],
    ['Optimiser', text(optimizer.type)],
    [
      'Learning rate',
      [text(recipe.learningRate), text(schedule.type)].filter(Boolean).join(', ') || undefined,
    ],
    ['Augmentation', Object.keys(record(recipe.augmentation)).join(', ') || undefined],
    ['Seed', text(recipe.seed)],
    [
      'Trained with',
      [text(provenance.engine), text(provenance.backend)].filter(Boolean).join(', ') || undefined,
    ],
  ];
  return rows.filter((row): row is [string, string] => row[1] !== undefined && row[1] !== '');
}

/** How it was after each pass, where the file or the server tells it. */
export function curve(...sources: Unknown[]): CurvePoint[] {
  for (const source of sources) {
    const found = Array.isArray(source.history) ? source.history : [];
    const points = found.flatMap((entry: unknown, i): CurvePoint[] => {
      const { epoch, validationAccuracy, accuracy, trainAccuracy, validationLoss, trainLoss } = record(entry);
      const value = number(validationAccuracy) ?? number(accuracy);
      if (value === undefined) return [];
      return [
        {
          ...{ epoch: number(epoch) ?? i + 1, accuracy: value },
          ...{ trainAccuracy: number(trainAccuracy), trainLoss: number(trainLoss) },
          loss: number(validationLoss),
        },
      ];
    });
    if (points.length > 1) return points;
  }
  return [];
}

/** Counts by what it is and what was read, where somebody tells them. */
export function confusion(...sources: Unknown[]): number[][] | undefined {
  for (const source of sources) {
    const found = source.confusion ?? record(source.test).confusion ?? record(source.results).confusion;
    const isMatrix =
      Array.isArray(found) &&
      found.length > 1 &&
      found.every(
        (row) =>
          Array.isArray(row) && row.length === found.length && row.every((n) => number(n) !== undefined),
      );
    if (isMatrix) return found as number[][];
  }
  return undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function counted(value: unknown): string | undefined {
  const whole = Number(text(value) ?? Number.NaN);
  return Number.isFinite(whole) ? count(whole) : undefined;
}
