/** The mixup part of a recipe: see kernels/mixup for what it does. */
import { type Mixup, type MixupSpec, parseMixup } from '../../kernels/mixup/index.ts';
import { OperationError } from '../../kernels/operation.ts';
import { UsageError } from '../errors.ts';

/** Checks and completes a specification that people wrote. */
export function checkMixup(spec: MixupSpec): Mixup {
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec)) {
    throw new UsageError('mixup must be an object with alpha, or {}.');
  }
  try {
    return parseMixup({ ...spec });
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    throw new UsageError(`mixup: ${error.message}.`, { cause: error });
  }
}
