/** Ends a run whose loss is no longer a finite number, after the step in which that happens, as Keras's does. */
import type { Callback } from './callback.ts';

export function terminateOnNaN(): Callback {
  return {
    name: 'terminateOnNaN',
    onStepEnd({ loss, step, epoch }, run) {
      if (!Number.isFinite(loss)) {
        run.stop(`terminateOnNaN: the loss became ${loss} in step ${step} of epoch ${epoch}.`);
      }
    },
  };
}
