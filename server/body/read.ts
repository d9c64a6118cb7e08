/**
 * Bodies of requests, never more of one than is allowed, whatever its headers say, and never more of all together
 * than there is memory for.
 */
import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import { busy, HttpProblem } from '../problem.ts';

/** Memory that bodies on their way in may take, all together. */
export class BodyBudget {
  readonly #most: number;
  #used = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get used(): number {
    return this.#used;
  }

  take(bytes: number): void {
    if (this.#used + bytes > this.#most) {
      throw busy('Too many pictures are being sent at once; try again in a moment.');
    }
    this.#used += bytes;
  }

  give(bytes: number): void {
    this.#used -= bytes;
  }
}

const tooLarge = (limit: number) =>
  new HttpProblem(413, `The body is larger than the ${limit} bytes that are allowed; send a smaller one.`);
const cutOff = () => new HttpProblem(400, 'The body ended before it was whole; send it again.');

/**
 * The whole body of a request, in an array of exactly its size.
 *
 * @throws HttpProblem 413 where it is larger than the limit, 400 where it breaks off or its length is no number, 503
 *   where the budget is used up.
 */
export async function readBody(
  c: Context,
  limit: number,
  budget: BodyBudget,
): Promise<Uint8Array<ArrayBuffer>> {
  const announced = c.req.header('content-length');
  if (announced !== undefined) {
    if (!/^\d{1,15}$/.test(announced)) throw new HttpProblem(400, 'The Content-Length is not a number.');
    if (Number(announced) > limit) throw tooLarge(limit);
  }
  const incoming = (c.env as { incoming?: IncomingMessage } | undefined)?.incoming;
  const gathered = new Gathered(limit, budget);
  try {
    if (incoming) await gatherIncoming(incoming, gathered);
    else for await (const chunk of c.req.raw.body ?? []) gathered.add(chunk);
    return gathered.whole();
  } finally {
    gathered.release();
  }
}

class Gathered {
  readonly #limit: number;
  readonly #budget: BodyBudget;
  readonly #chunks: Uint8Array[] = [];
  #length = 0;
  #taken = 0;

  constructor(limit: number, budget: BodyBudget) {
    this.#limit = limit;
    this.#budget = budget;
  }

  add(chunk: Uint8Array): void {
    if (this.#length + chunk.length > this.#limit) throw tooLarge(this.#limit);
    this.#budget.take(chunk.length);
    this.#taken += chunk.length;
    this.#length += chunk.length;
    this.#chunks.push(chunk);
  }

  whole(): Uint8Array<ArrayBuffer> {
    const whole = new Uint8Array(this.#length);
    let position = 0;
    for (const chunk of this.#chunks) {
      whole.set(chunk, position);
      position += chunk.length;
    }
    return whole;
  }

  release(): void {
    this.#budget.give(this.#taken);
    this.#taken = 0;
  }
}

function gatherIncoming(incoming: IncomingMessage, gathered: Gathered): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (done: () => void) => {
      incoming.off('data', onData);
      incoming.off('end', onEnd);
      incoming.off('error', onBreak);
      incoming.off('close', onBreak);
      done();
    };
    const onData = (chunk: Buffer) => {
      try {
        gathered.add(chunk);
      } catch (error) {
        // What still comes is let run dry by the server, which closes the connection if it takes too long.
        settle(() => reject(error));
      }
    };
    const onEnd = () => settle(resolve);
    const onBreak = () => settle(() => reject(cutOff()));
    incoming.on('data', onData);
    incoming.on('end', onEnd);
    incoming.on('error', onBreak);
    incoming.on('close', onBreak);
    if (incoming.readableEnded) onEnd();
    else if (incoming.destroyed) onBreak();
  });
}
