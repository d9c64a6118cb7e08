/**
 * Makes a thread that reads do what a "picture" tells it, for tests: `DIE` ends the thread, `ONCE path` ends it unless the
 * file is there, which it then makes, `SPIN` never comes back, `WAIT n` keeps the thread from doing anything for n
 * milliseconds.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import type { ToWorker } from '../messages.ts';

/** To be called before the worker itself listens: the first listener hears a message first. */
export function misbehaveWhenTold(): void {
  parentPort!.on('message', (message: ToWorker) => {
    if (message.kind !== 'read') return;
    for (const { bytes } of message.questions) obey(Buffer.from(bytes).toString('latin1', 0, 300));
  });
}

function obey(text: string): void {
  const [word, argument] = text.split(' ');
  if (word === 'DIE') process.exit(1);
  if (word === 'SPIN') for (;;);
  if (word === 'WAIT') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(argument));
  if (word === 'ONCE' && !existsSync(argument)) {
    writeFileSync(argument, '');
    process.exit(1);
  }
}
