/** How much memory the process takes beyond what it needs. */
import { setFlagsFromString } from 'node:v8';

/** Of each half of the young generation of a thread that starts after `boundYoungGenerations`, in megabytes. */
const YOUNG_HALF_MEGABYTES = 4;

/**
 * Keeps V8 from widening the young generation (the space of new objects) of this thread any further, and gives that of
 * later ones a fixed size.
 *
 * By default V8 doubles it under load, in each thread, up to 128 MB on a machine with plenty of memory, and does not
 * give it back: an app whose objects live no longer than a request grows by hundreds of megabytes in its first minutes,
 * for which it gets nothing (`test/load/load.ts` tells the same number of answers with and without).
 */
export function boundYoungGenerations(): void {
  // This thread's has the size that it has; a factor of one leaves it at that.
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString(`--min-semi-space-size=${YOUNG_HALF_MEGABYTES}`);
  setFlagsFromString(`--max-semi-space-size=${YOUNG_HALF_MEGABYTES}`);
}
