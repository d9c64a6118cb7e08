/** How pictures may be changed before a network is trained on them: the part of a recipe that people write. */
import { onlyKnown } from '../attributes.ts';
import { OperationError } from '../operation.ts';

/** Each is the largest change to either side, drawn anew for every picture of every step; 0 by default. */
export interface AugmentationSpec {
  /** Degrees, to 180. */
  rotation?: number;
  /** Share of the size, apart for width and height; below 1. */
  scale?: number;
  /** Horizontal shift per row, to 1. */
  shear?: number;
  /** Pixels. */
  shift?: number;
  /** Pixels by which the paper is stretched at most; a third of it is typical. 5 is as much as Simard et al. did. */
  elastic?: number;
  /** Pixels from one point that is moved by chance to the next, 7 by default: more bends slower. A whole number. */
  elasticSpacing?: number;
  /** Pixels by which a stroke's edge moves out or in, to 1. */
  thickness?: number;
  /** Share of the pictures of which the outlines of the strokes are left alone, to 1. */
  outline?: number;
  /** Thin straight lines drawn across, as of a ruled page or a pen that slipped. A whole number, to 4. */
  lines?: number;
  /** Share by which differences to middle grey grow or shrink, to 1. */
  contrast?: number;
  /** Of 1 for the whole way from paper to ink. */
  brightness?: number;
  /** Standard deviation, of 1 for the whole way from paper to ink. */
  noise?: number;
  /** Share of the pictures of which a rectangle, or all but that, is shown in negative, to 1. */
  negative?: number;
  /** Share of the pictures that outline, lines, contrast, brightness, noise and negative are for; 1 by default. */
  spoiled?: number;
  /** Pixels of the side of a square that is wiped out. A whole number. */
  cutOut?: number;
}

export type Augmentation = Required<AugmentationSpec>;

interface Range {
  maximum: number;
  minimum?: number;
  fallback?: number;
  isWhole?: boolean;
}

/** As many lines may be drawn across a picture. */
export const MOST_LINES = 4;

/** Beyond this many pixels there is no picture. */
const FAR = 65_535;

const RANGES: Record<keyof AugmentationSpec, Range> = {
  rotation: { maximum: 180 },
  scale: { maximum: 0.99 },
  shear: { maximum: 1 },
  shift: { maximum: FAR },
  elastic: { maximum: FAR },
  elasticSpacing: { minimum: 2, maximum: 1024, fallback: 7, isWhole: true },
  thickness: { maximum: 1 },
  outline: { maximum: 1 },
  lines: { maximum: MOST_LINES, isWhole: true },
  contrast: { maximum: 1 },
  brightness: { maximum: 1 },
  noise: { maximum: 1 },
  negative: { maximum: 1 },
  spoiled: { maximum: 1, fallback: 1 },
  cutOut: { maximum: FAR - 1, isWhole: true },
};

export const AUGMENTATION_KEYS = Object.keys(RANGES) as (keyof AugmentationSpec)[];

/** Checks and completes a specification; throws an `OperationError`. */
export function parseAugmentation(raw: Record<string, unknown>): Augmentation {
  onlyKnown(raw, AUGMENTATION_KEYS);
  const values = AUGMENTATION_KEYS.map((key) => [key, numberIn(raw[key], key, RANGES[key])]);
  return Object.fromEntries(values);
}

function numberIn(value: unknown, key: string, range: Range): number {
  const { minimum = 0, maximum, fallback = 0, isWhole = false } = range;
  const number = value ?? fallback;
  const isRight = isWhole ? Number.isInteger(number) : typeof number === 'number';
  if (isRight && (number as number) >= minimum && (number as number) <= maximum) return number as number;
  throw new OperationError(
    `${key} must be a ${isWhole ? 'whole ' : ''}number from ${minimum} to ${maximum}, not ${typeof value === 'number' ? value : JSON.stringify(value)}`,
  );
}
