/** A worker thread, in Node and in pages alike: a message goes there, an answer or an error comes back. */
import { InklingError } from '../../errors.ts';
import type { TeamMessage } from './worker.ts';

export interface Thread {
  /** Sends a message and waits for the answer. Fails if the thread has ended or ends meanwhile. */
  ask(message: TeamMessage): Promise<void>;
  terminate(): void;
  /** Whether the thread has ended or runs, if that can be told. May be asked while no event arrives. */
  state(): 'running' | 'ended' | 'unknown';
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

/** @param whenEnded is told that the thread has ended, whenever that is. */
export function startThread(whenEnded: () => void): Thread {
  const threads = globalThis.process?.getBuiltinModule?.('node:worker_threads');
  const answers = new Answers(whenEnded);
  if (threads) return startInNode(threads.Worker, answers);
  return lender ? startLent(lender, answers) : startInPage(answers);
}

function startInNode(Worker: typeof import('node:worker_threads').Worker, answers: Answers): Thread {
  // Not in one expression, which bundlers for pages would take for an asset.
  const file = './worker.ts';
  // Flags such as --input-type are not for the worker, and V8's own hold for the whole process anyway.
  const worker = new Worker(new URL(file, import.meta.url), { execArgv: [] });
  worker.on('message', () => answers.arrived());
  worker.on('error', (cause) => answers.ended(cause));
  worker.on('exit', () => answers.ended(undefined));
  worker.unref();
  // Once a thread has ended there is no loop whose times could be told. Where they never are, nothing follows from it.
  const hasTimes = () => {
    const { active, idle } = worker.performance.eventLoopUtilization();
    return active > 0 && idle >= 0;
  };
  let hadTimes = false;
  return {
    async ask(message) {
      // Only while an answer is due does the thread keep the process alive.
      worker.ref();
      worker.postMessage(message);
      await answers.next().finally(() => worker.unref());
      hadTimes ||= hasTimes();
    },
    terminate: () => void worker.terminate(),
    state() {
      if (!hadTimes) return 'unknown';
      return hasTimes() ? 'running' : 'ended';
    },
  };
}

function startInPage(answers: Answers): Thread {
  const worker = newWorker();
  worker.onmessage = () => answers.arrived();
  worker.onerror = (event) => answers.ended(event.message);
  return {
    ask(message) {
      worker.postMessage(message);
      return answers.next();
    },
    terminate: () => worker.terminate(),
    state: () => 'unknown',
  };
}

function newWorker(): Worker {
  return new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
}

/** Threads that a page makes for one of its workers. */
export interface ThreadLender {
  /** To be transferred to the worker, which gives it to `borrowThreads`. */
  port: MessagePort;
  /** Ends all of them, as ending the worker would end those that it made itself. */
  terminate(): void;
}

/** To a lent thread, by the page that made it. */
type LentMessage = TeamMessage | 'terminate';
/** From a lent thread, by the page that made it. */
type LentReport = { type: 'answered' } | { type: 'ended'; reason: string };

/**
 * Makes the threads on which a worker of this page computes. A worker can make its own; but in Firefox, as late as 153, a
 * worker's `new Worker` now and then does not return, and a page's does.
 */
export function lendThreads(): ThreadLender {
  const { port1: requests, port2: port } = new MessageChannel();
  const lent = new Set<Worker>();
  requests.onmessage = ({ data: borrower }: MessageEvent<MessagePort>) => {
    const report = (message: LentReport) => borrower.postMessage(message);
    const worker = newWorker();
    lent.add(worker);
    worker.onmessage = () => report({ type: 'answered' });
    worker.onerror = (event) => report({ type: 'ended', reason: event.message });
    borrower.onmessage = ({ data: message }: MessageEvent<LentMessage>) => {
      if (message !== 'terminate') {
        worker.postMessage(message);
        return;
      }
      worker.terminate();
      lent.delete(worker);
    };
  };
  return {
    port,
    terminate() {
      requests.close();
      for (const worker of lent) worker.terminate();
    },
  };
}

let lender: MessagePort | undefined;

/** In a worker: from now on threads are those that its page lends (`lendThreads`). */
export function borrowThreads(port: MessagePort): void {
  lender = port;
}

function startLent(lender: MessagePort, answers: Answers): Thread {
  const { port1: own, port2: borrower } = new MessageChannel();
  lender.postMessage(borrower, [borrower]);
  own.onmessage = ({ data: report }: MessageEvent<LentReport>) => {
    if (report.type === 'answered') answers.arrived();
    else answers.ended(report.reason);
  };
  const send = (message: LentMessage) => own.postMessage(message);
  return {
    ask(message) {
      send(message);
      return answers.next();
    },
    terminate: () => send('terminate'),
    state: () => 'unknown',
  };
}

/** The one answer that may be due from a thread, and the end of the thread, which may come at any time. */
class Answers {
  #due?: PromiseWithResolvers<void>;
  #end?: InklingError;
  readonly #whenEnded: () => void;

  constructor(whenEnded: () => void) {
    this.#whenEnded = whenEnded;
  }

  next(): Promise<void> {
    if (this.#end) return Promise.reject(this.#end);
    this.#due = Promise.withResolvers();
    return this.#due.promise;
  }

  arrived(): void {
    this.#due?.resolve();
  }

  ended(cause: unknown): void {
    if (this.#end) return;
    this.#end = new InklingError('A worker thread could not start or has ended; run with one thread.', {
      cause,
    });
    this.#due?.reject(this.#end);
    this.#whenEnded();
  }
}
