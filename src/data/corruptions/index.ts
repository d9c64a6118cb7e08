/** Corruptions by name, and data sets whose every picture is corrupted: see corruption.ts for the source. */
import { Purpose, RandomStream } from '../../../kernels/random/reference.ts';
import { InklingError, UsageError } from '../../errors.ts';
import { nearest } from '../../suggestion.ts';
import type { Dataset } from '../dataset.ts';
import { gaussianBlur, glassBlur, motionBlur } from './blur.ts';
import type { Corruption } from './corruption.ts';
import { cannyEdges } from './edges.ts';
import { brightness, fog, spatter, stripe } from './light.ts';
import { dottedLine, zigzag } from './lines.ts';
import { impulseNoise, shotNoise } from './noise.ts';
import { rotate, scale, shear, translate } from './place.ts';

/** In the order of their random numbers: a new one goes to the end. */
const CORRUPTIONS = {
  shotNoise,
  impulseNoise,
  glassBlur,
  motionBlur,
  shear,
  scale,
  rotate,
  brightness,
  translate,
  stripe,
  fog,
  spatter,
  dottedLine,
  zigzag,
  cannyEdges,
  gaussianBlur,
} as const satisfies Record<string, Corruption>;

export type CorruptionName = keyof typeof CORRUPTIONS;

export const CORRUPTION_NAMES = Object.keys(CORRUPTIONS) as CorruptionName[];

export interface CorruptOptions {
  /** 0 by default. */
  seed?: number;
  /** From 0, which changes nothing, to 5; MNIST-C's by default. */
  severity?: number;
}

/** What a corruption is called in a table. */
export function corruptionTitle(name: CorruptionName): string {
  return CORRUPTIONS[name].title;
}

/** A data set of grey pictures with each of them corrupted, the same way for the same seed and position. */
export function corrupt(
  dataset: Dataset,
  name: CorruptionName,
  { seed = 0, severity }: CorruptOptions = {},
): Dataset {
  const index = CORRUPTION_NAMES.indexOf(name);
  if (index < 0) {
    const near = nearest(name, CORRUPTION_NAMES);
    throw new UsageError(
      `There is no corruption "${name}"; ${near ? `did you mean ${near}?` : `there are ${CORRUPTION_NAMES.join(', ')}.`}`,
    );
  }
  const corruption: Corruption = CORRUPTIONS[name];
  const level = severity ?? corruption.severity;
  if (!(Number.isInteger(level) && level >= 0 && level <= 5)) {
    throw new UsageError(`A severity is a whole number from 0 to 5, not ${level}.`);
  }
  const [height, width, channels] = dataset.shape;
  if (channels !== 1 || height < 8 || width < 8) {
    throw new InklingError(
      `Corruptions are for grey pictures of at least 8×8; those of ${dataset.name} are ${dataset.shape.join('×')}.`,
    );
  }
  const images = dataset.images.slice();
  const size = height * width;
  for (let position = 0; level > 0 && position < dataset.labels.length; position++) {
    const bytes = images.subarray(position * size, (position + 1) * size);
    const pixels = Float64Array.from(bytes, (byte) => byte / 255);
    const random = new RandomStream(seed, Purpose.corruption, index, position);
    const corrupted = corruption.apply({ width, height, pixels }, level, random);
    for (let i = 0; i < size; i++) bytes[i] = Math.round(255 * Math.min(1, Math.max(0, corrupted[i])));
  }
  return { ...dataset, name: `${dataset.name}/${name}`, images };
}
