/** A web worker that runs tasks for the page. */
import { tasks } from './suite.ts';

globalThis.onmessage = async ({ data: { name, argument } }) => {
  try {
    globalThis.postMessage({ value: await tasks[name as keyof typeof tasks](argument) });
  } catch (error) {
    globalThis.postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
};
