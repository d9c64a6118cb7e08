/**
 * Where the time of training steps goes: some steps of a run are timed kernel by kernel, and what they took is added
 * up. Timing each kernel slows a step, on a graphics card most, so only one in a few is timed.
 */
import type { Executable } from '../engine/executable.ts';
import type { Amount, CallSource, CallTime } from '../engine/profile.ts';

/** One kernel of one layer, in one direction. */
export interface KernelShare extends CallSource {
  /** Of a step, on average; a kernel that is called several times is counted together. */
  milliseconds: number;
  /** Of all kernels' time, 0 to 1. */
  share: number;
  /** Thousand million operations a second, of kernels on a graphics card that arithmetic bounds. */
  gflops?: number;
  /** And of the others what they must read or write at least once, in thousand million bytes a second. */
  gigabytes?: number;
}

export interface StepProfile {
  /** Steps that were timed. */
  steps: number;
  /** Of a step, in all kernels together. */
  milliseconds: number;
  /** The longest first. */
  kernels: KernelShare[];
}

/** The first steps find cold caches, and some compilers still at work. */
const WARM_UP_STEPS = 2;
const INTERVAL = 8;

export class StepProfiler {
  readonly #sums = new Map<string, CallTime>();
  #seen = 0;
  #timed = 0;

  /** Takes a training step, and times it if it is time. */
  async step(executable: Executable, train: () => void): Promise<void> {
    const position = this.#seen++ - WARM_UP_STEPS;
    if (position < 0 || position % INTERVAL > 0) {
      train();
      return;
    }
    this.#timed++;
    for (const call of await executable.profile(train)) {
      const { layer, operation, phase, kernel, milliseconds } = call;
      const key = [layer, operation, phase, kernel].join();
      const sum = this.#sums.get(key);
      if (!sum) this.#sums.set(key, { ...call, amount: call.amount && { ...call.amount } });
      else {
        sum.milliseconds += milliseconds;
        if (sum.amount && call.amount) sum.amount.count += call.amount.count;
      }
    }
  }

  /** What was found; nothing where the run was too short. */
  get result(): StepProfile | undefined {
    if (this.#timed === 0) return undefined;
    const sums = [...this.#sums.values()];
    const whole = sums.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
    const kernels = sums
      .sort((a, b) => b.milliseconds - a.milliseconds)
      .map(({ amount, ...sum }) => ({
        ...sum,
        milliseconds: sum.milliseconds / this.#timed,
        share: sum.milliseconds / Math.max(whole, Number.MIN_VALUE),
        ...rateOf(amount, sum.milliseconds),
      }));
    return { steps: this.#timed, milliseconds: whole / this.#timed, kernels };
  }
}

function rateOf(amount: Amount | undefined, milliseconds: number): Pick<KernelShare, 'gflops' | 'gigabytes'> {
  // So little that the clock does not see it has no rate.
  if (!amount || milliseconds === 0) return {};
  const rate = amount.count / milliseconds / 1e6;
  return amount.unit === 'flops' ? { gflops: rate } : { gigabytes: rate };
}
