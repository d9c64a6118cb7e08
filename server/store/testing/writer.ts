/**
 * A process that writes until it is killed, for tests. What the store has promised to keep it says on standard output
 * at once, a line each: `add ID`, `correct ID TEXT`, `fail NAME` where a promise was rejected.
 *
 *     node writer.ts '{"file": "…"}'
 */
import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { openStore } from '../open.ts';
import { writtenPrediction } from './written.ts';

const AT_ONCE = 12;

const store = await openStore(JSON.parse(process.argv[2]));
say('ready');
await Promise.all(Array.from({ length: AT_ONCE }, write));

async function write(): Promise<never> {
  for (let number = 0; ; number++) {
    const id = randomUUID();
    try {
      await store.add(writtenPrediction(id));
      say(`add ${id}`);
      if (number % 3 > 0) continue;
      await store.correct('me', id, `${number}`, 5);
      say(`correct ${id} ${number}`);
    } catch (error) {
      say(`fail ${(error as Error).name}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Through to the pipe before anything else happens, so that a kill cannot lose it. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}
