/** The script of the test's page: runs tasks on the main thread or in a worker. */
import { tasks } from './suite.ts';

export type RunTask = (
  place: 'main' | 'worker',
  name: keyof typeof tasks,
  argument: unknown,
) => Promise<unknown>;

declare global {
  interface Window {
    runTask: RunTask;
  }
}

window.runTask = (place, name, argument) => {
  if (place === 'main') return tasks[name](argument as never);
  const worker = new Worker(new URL('./thread.ts', import.meta.url), { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data: { value, error } }) => {
      worker.terminate();
      if (error) reject(new Error(error));
      else resolve(value);
    };
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage({ name, argument });
  });
};
