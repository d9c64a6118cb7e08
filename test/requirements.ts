/**
 * Tests that need something not every machine has: MNIST, a browser, a GPU.
 *
 * Where it is missing they are skipped, and `leftOut.ts` says so at the end of the run, so that a green run never
 * hides how much it did not look at. With `REQUIRE_ALL=1` a missing requirement fails the test instead.
 */

import { type TestFunction, test } from 'vitest';

/** How the note on a skipped test begins; the rest is what it needs. */
export const NEEDS = 'needs ';

/**
 * Registers a test like vitest's `test`, if its requirement is there.
 *
 * @param condition whether it is.
 * @param what the requirement and how to meet it, such as
 *   `MNIST (set INKLING_DATA to a folder with its four files)`. Tests are counted together where it is the same.
 */
export function needs(
  condition: boolean,
  what: string,
): (name: string, run: TestFunction, timeoutMilliseconds?: number) => void {
  if (condition) return test;
  if (process.env.REQUIRE_ALL === '1') {
    return (name) =>
      test(name, () => {
        throw new Error(`REQUIRE_ALL=1 leaves nothing out, and this test needs ${what}`);
      });
  }
  return (name) => test(name, (context) => context.skip(`${NEEDS}${what}`));
}
