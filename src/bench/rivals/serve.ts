/** The loop of a rival's process in Node: requests on standard input, replies on standard output. */
import { createInterface } from 'node:readline';
import { Answerer, type Engine } from './answer.ts';
import type { Reply, Request } from './protocol.ts';

/** Answers requests with engines of this process; `start` loads one, by its name, when it is first needed. */
export async function serve(start: (name: string) => Promise<Engine>): Promise<void> {
  const answerer = new Answerer(start);
  await converse((request) => answerer.answer(request));
  // Engines may keep threads that would hold the process.
  process.exit();
}

/** Answers requests until standard input ends. */
export async function converse(answer: (request: Request) => Promise<Reply>): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
  }
}
