/** A worker thread, in Node and in pages alike: a message goes there, an answer or an error comes back. */
import { InklingError } from '../../errors.ts';
import type { TeamMessage } from './worker.ts';

export interface Thread {
  /** Sends a message and waits for the answer. Fails if the thread has ended or ends meanwhile. */
  ask(message: TeamMessage): Promise<void>;
  terminate(): void;
}

/** Why there can be no threads but this one, or undefined where there can. */
export function whyAlone(): string | undefined {
  if (globalThis.crossOriginIsolated === false) return 'the page is not cross-origin isolated';
  if (typeof SharedArrayBuffer === 'undefined') return 'there is no SharedArrayBuffer';
  return undefined;
}

/** A page's main thread may not block; Node's and every worker may. */
export function maySleep(): boolean {
  return !('window' in globalThis);
}

export function startThread(): Thread {
  const threads = globalThis.process?.getBuiltinModule?.('node:worker_threads');
  return threads ? startInNode(threads.Worker) : startInPage();
}

function startInNode(Worker: typeof import('node:worker_threads').Worker): Thread {
  // Not in one expression, which bundlers for pages would take for an asset.
  const file = './worker.ts';
  // Flags such as --input-type are not for the worker, and V8's own hold for the whole process anyway.
  const worker = new Worker(new URL(file, import.meta.url), { execArgv: [] });
  const answers = new Answers();
  worker.on('message', () => answers.arrived());
  worker.on('error', (cause) => answers.ended(cause));
  worker.on('exit', () => answers.ended(undefined));
  worker.unref();
  return {
    async ask(message) {
      // Only while an answer is due does the thread keep the process alive.
      worker.ref();
      worker.postMessage(message);
      await answers.next().finally(() => worker.unref());
    },
    terminate: () => void worker.terminate(),
  };
}

function startInPage(): Thread {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  const answers = new Answers();
  worker.onmessage = () => answers.arrived();
  worker.onerror = (event) => answers.ended(event.message);
  return {
    ask(message) {
      worker.postMessage(message);
      return answers.next();
    },
    terminate: () => worker.terminate(),
  };
}

/** The one answer that may be due from a thread, and the end of the thread, which may come at any time. */
class Answers {
  #due?: PromiseWithResolvers<void>;
  #end?: InklingError;

  next(): Promise<void> {
    if (this.#end) return Promise.reject(this.#end);
    this.#due = Promise.withResolvers();
    return this.#due.promise;
  }

  arrived(): void {
    this.#due?.resolve();
  }

  ended(cause: unknown): void {
    this.#end ??= new InklingError('A worker thread could not start or has ended; run with one thread.', {
      cause,
    });
    this.#due?.reject(this.#end);
  }
}
