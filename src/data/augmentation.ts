/** The augmentation part of a recipe: see kernels/augmentation for what it does. */
import {
  AUGMENTATION_KEYS,
  type Augmentation,
  type AugmentationSpec,
  parseAugmentation,
} from '../../kernels/augmentation/spec.ts';
import { OperationError } from '../../kernels/operation.ts';
import { UsageError } from '../errors.ts';
import { nearest } from '../suggestion.ts';

/** Checks and completes a specification that people wrote. */
export function checkAugmentation(spec: AugmentationSpec): Augmentation {
  const unknown = Object.keys(spec).find((key) => !AUGMENTATION_KEYS.some((known) => known === key));
  if (unknown !== undefined) {
    const near = nearest(unknown, AUGMENTATION_KEYS);
    const advice = near ? `did you mean ${near}?` : `it takes ${AUGMENTATION_KEYS.join(', ')}.`;
    throw new UsageError(`Augmentation has no "${unknown}"; ${advice}`);
  }
  try {
    return parseAugmentation({ ...spec });
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    throw new UsageError(`Augmentation: ${error.message}.`, { cause: error });
  }
}
