/**
 * A vitest reporter that ends the run with what was left out and one line of totals:
 *
 *     Left out: 3 tests that need MNIST (set INKLING_DATA to a folder with its four files)
 *     214 passed, 0 failed, 3 skipped
 *
 * Test files that could not be loaded, and errors outside any test, count as failed.
 */

import type { SerializedError } from 'vitest';
import type { Reporter, TestModule } from 'vitest/node';
import { NEEDS } from './requirements.ts';

export default class LeftOutReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    const leftOut = new Map<string, number>();
    for (const module of modules) {
      const failedBefore = count.failed;
      for (const test of module.children.allTests()) {
        const result = test.result();
        // A run that was interrupted leaves tests pending: they were not run either.
        count[result.state === 'pending' ? 'skipped' : result.state]++;
        if (result.state !== 'skipped' || !result.note?.startsWith(NEEDS)) continue;
        const what = result.note.slice(NEEDS.length);
        leftOut.set(what, (leftOut.get(what) ?? 0) + 1);
      }
      if (module.state() === 'failed' && count.failed === failedBefore) count.failed++;
    }
    const lines = [...leftOut].map(
      ([what, tests]) =>
        `Left out: ${tests === 1 ? '1 test that needs' : `${tests} tests that need`} ${what}\n`,
    );
    process.stdout.write(
      `${lines.join('')}${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`,
    );
  }
}
