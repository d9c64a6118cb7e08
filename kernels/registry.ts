/** Every operation the engine knows, by name. A new one is registered here and nowhere else. */
import { conv2d } from './conv2d/index.ts';
import { dense } from './dense/index.ts';
import { add } from './elementwise/index.ts';
import type { Operation } from './operation.ts';

// biome-ignore lint/suspicious/noExplicitAny: a list of operations cannot name each one's attributes
const OPERATIONS: readonly Operation<any>[] = [conv2d, dense, add];

const BY_NAME = new Map(OPERATIONS.map((operation) => [operation.name, operation]));

// biome-ignore lint/suspicious/noExplicitAny: see above
export function findOperation(name: string): Operation<any> | undefined {
  return BY_NAME.get(name);
}

export function operationNames(): string[] {
  return [...BY_NAME.keys()];
}
