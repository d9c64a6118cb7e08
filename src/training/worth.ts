/** Reading what training steps were worth, without making a graphics card wait for it. */
import type { StepWorth } from '../../kernels/metrics/index.ts';
import type { Executable } from '../engine/executable.ts';

export class WorthReader {
  readonly #executable: Executable;
  /** On its way back since the last look. */
  #awaited?: Promise<StepWorth[]>;

  constructor(executable: Executable) {
    this.#executable = executable;
  }

  /** Waits for the steps that were done at the last look and were not told of yet, or for all of them. */
  async look(atAll: boolean): Promise<StepWorth[]> {
    const latest = this.#executable.takeWorth();
    // Whoever awaits it hears of an error; until then nobody may be listening.
    latest.catch(() => {});
    const earlier = (await this.#awaited) ?? [];
    this.#awaited = atAll ? undefined : latest;
    return atAll ? [...earlier, ...(await latest)] : earlier;
  }
}
