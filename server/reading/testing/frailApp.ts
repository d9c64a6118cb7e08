/** Put before the app with `--import`: its threads that read misbehave when they are told to. */
import { isMainThread, workerData } from 'node:worker_threads';
import type { WorkerSettings } from '../messages.ts';
import { misbehaveWhenTold } from './misbehave.ts';

const isReading = !isMainThread && (workerData as Partial<WorkerSettings> | undefined)?.model !== undefined;
if (isReading) misbehaveWhenTold();
