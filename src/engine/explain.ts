/** Errors of operations, said about the layer or optimiser that they concern. */
import { OperationError } from '../../kernels/operation.ts';
import { InklingError } from '../errors.ts';

/** Turns the sentence part of an `OperationError` into a sentence about `owner`. */
export function explain<Result>(owner: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    throw new InklingError(`${owner}: ${error.message}.`, { cause: error });
  }
}
