/** The worker that trains, and the threads that the page lends it. */
import { lendThreads } from 'inkling/browser';
import type { Report, Request } from './messages.ts';

export class Trainer {
  readonly #worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  readonly #threads = lendThreads();

  /** @param hear is told of everything, what there is to compute on first. */
  constructor(hear: (report: Report) => void) {
    this.#worker.onmessage = ({ data }: MessageEvent<Report>) => hear(data);
    this.#worker.onerror = ({ message }) =>
      hear({ type: 'failed', sentence: message || 'The worker did not start.' });
    const { port } = this.#threads;
    this.#worker.postMessage({ type: 'survey', threads: port } satisfies Request, [port]);
  }

  ask(request: Exclude<Request, { type: 'survey' }>): void {
    this.#worker.postMessage(request);
  }

  /** At once, whatever it is doing. */
  terminate(): void {
    this.#worker.terminate();
    this.#threads.terminate();
  }
}
