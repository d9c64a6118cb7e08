/** One worker thread, as the pool sees it. */
import { Worker } from 'node:worker_threads';
import { InklingError } from '../../src/index.ts';
import type { FromWorker, ModelFile, Question, ToWorker, WorkerSettings } from './messages.ts';

export interface Thread {
  ask(questions: Question[]): void;
  /** Resolves when the model is ready; throws an `InklingError` where the thread finds fault with it. */
  load(model: ModelFile): Promise<void>;
  forget(version: string): void;
  stop(): Promise<unknown>;
}

export interface ThreadEvents {
  onMessage(message: FromWorker): void;
  /** The thread has ended, however it came to that. Not called for one that never got ready. */
  onEnd(reason: string): void;
}

/** Starts a thread and resolves when its model is ready. */
export async function startThread(
  settings: WorkerSettings,
  events: ThreadEvents,
  script = new URL('./worker.ts', import.meta.url),
): Promise<Thread> {
  const worker = new Worker(script, { workerData: settings });
  const loads = new Map<string, { resolve(): void; reject(error: Error): void }>();
  let isReady = false;
  let reason = 'it ended';
  const expectLoad = (version: string) =>
    new Promise<void>((resolve, reject) => loads.set(version, { resolve, reject }));
  const tell = (message: ToWorker) => worker.postMessage(message);

  worker.on('message', (message: FromWorker) => {
    if (message.kind === 'loaded') loads.get(message.version)?.resolve();
    else if (message.kind === 'notLoaded') {
      loads.get(message.version)?.reject(new InklingError(message.message));
    } else events.onMessage(message);
  });
  worker.on('error', (error) => {
    reason = error.message;
  });
  worker.on('exit', () => {
    for (const { reject } of loads.values()) {
      reject(new InklingError(`A thread that reads pictures ended: ${reason}.`));
    }
    if (isReady) events.onEnd(reason);
  });

  try {
    await expectLoad(settings.model.version);
  } catch (error) {
    await worker.terminate();
    throw error;
  }
  isReady = true;
  return {
    ask: (questions) => tell({ kind: 'read', questions }),
    load: (model) => {
      const loaded = expectLoad(model.version);
      tell({ kind: 'load', model });
      return loaded;
    },
    forget: (version) => tell({ kind: 'forget', version }),
    stop: () => worker.terminate(),
  };
}
