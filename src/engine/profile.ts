/** Where the time of a step goes. */

/** What one kernel call is there for. */
export interface CallSource {
  /** The layer, or nothing in an update, which is for all parameters at once. */
  layer: string;
  /** The operation, or the optimiser. */
  operation: string;
  phase: 'forward' | 'backward' | 'update';
  /** The exported function; the reference has one for each operation and phase. */
  kernel: string;
}

/** How much a call does: operations, where arithmetic bounds it, or else bytes that it must read or write at least once. */
export interface Amount {
  unit: 'flops' | 'bytes';
  count: number;
}

/** How long a call took, from when all threads had finished the one before until all had finished this one. */
export interface CallTime extends CallSource {
  milliseconds: number;
  /** Known on a graphics card. */
  amount?: Amount;
}

/** Told after each call of a program that it is done; `index` counts them from 0. */
export type Lap = (index: number) => void;

/** A lap that adds a row to `times` for each call. The first call begins now. */
export function stopwatch(calls: readonly CallSource[], times: CallTime[]): Lap {
  let last = performance.now();
  return (index) => {
    const milliseconds = performance.now() - last;
    const { layer, operation, phase, kernel } = calls[index];
    times.push({ layer, operation, phase, kernel, milliseconds });
    last = performance.now();
  };
}
