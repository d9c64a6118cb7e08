/** Put before the app (`--expose-gc --import`): collects garbage in the main thread when SIGUSR2 comes. */
import { isMainThread } from 'node:worker_threads';

if (isMainThread) process.on('SIGUSR2', () => globalThis.gc?.());
