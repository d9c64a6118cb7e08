/**
 * A worker with nothing to train, for tests. Jobs of the kind `steps` take so many steps, keep each with the job, and go
 * on behind those that are kept. What happens it says on standard output at once, a line each: `ready`, `begin ID`,
 * `step ID NUMBER`, `done ID`, `paused`, `resumed` and the like.
 *
 *     node worker.ts '{"file": "…"}' 2
 */
import { writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { openDatabase } from '../../store/open.ts';
import { openQueue } from '../open.ts';
import { type JobContext, JobWorker } from '../worker.ts';

export interface Steps {
  steps: number;
  milliseconds: number;
}

/** Seconds until a silent worker counts as dead; PostgreSQL takes its least. */
const HEARTBEAT = 1;

if (import.meta.main) {
  const [where, jobs = '1'] = process.argv.slice(2);
  const place = JSON.parse(where);
  const database = await openDatabase(place);
  const queue = await openQueue(database, place.databaseUrl, { heartbeat: HEARTBEAT, retryDelay: 1 });
  const stopping = new AbortController();
  process.once('SIGTERM', () => stopping.abort());
  const worker = new JobWorker(queue, {
    name: `${process.pid}`,
    jobs: Number(jobs),
    runners: { steps },
    beatEvery: (1000 * HEARTBEAT) / 4,
    pollEvery: 100,
    onJob: ({ id }, what) => say(`${what} ${id}`),
    onTrouble: (message) => say(message === undefined ? 'resumed' : 'paused'),
  });
  say('ready');
  await worker.run(stopping.signal);
  await queue.close();
  await database.close();
  say('ended');
}

async function steps({ job, signal, get, put, progress }: JobContext): Promise<number[]> {
  const payload = job.payload as Steps;
  const kept = await get('steps');
  const done: number[] = kept ? JSON.parse(new TextDecoder().decode(kept)) : [];
  while (done.length < payload.steps) {
    await pause(payload.milliseconds, undefined, { signal });
    done.push(done.length + 1);
    await put('steps', new TextEncoder().encode(JSON.stringify(done)));
    progress({ step: done.length });
    say(`step ${job.id} ${done.length}`);
  }
  return done;
}

/** Through to the pipe before anything else happens, so that a kill cannot lose it. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}
