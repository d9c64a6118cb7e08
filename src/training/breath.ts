/** How long work keeps its thread to itself before timers and signals have their turn, in milliseconds. */
const INTERVAL = 50;

/** Long loops take a breath now and then, so that a process still hears Ctrl-C and a worker its messages. */
export class Breath {
  #last = performance.now();

  /** Gives others their turn, if it is time. */
  async take(): Promise<void> {
    if (performance.now() - this.#last < INTERVAL) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.#last = performance.now();
  }
}
