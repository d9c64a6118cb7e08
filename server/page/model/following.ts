/**
 * Follows what the server tells as it happens. Where that does not come through, as behind a proxy that holds answers
 * back until they are whole, it is asked every so often instead.
 */
import type { ServerEvent } from '../../client/eventStream.ts';

export interface Followed {
  /** Opens the stream. */
  listen(signal: AbortSignal): AsyncGenerator<ServerEvent>;
  onEvent(event: string, data: unknown): void;
  /** Asks instead, once. */
  ask(): Promise<void>;
}

/** A stream that has said nothing after so long, in milliseconds, is held back by something. */
const FIRST_WORD_WITHIN = 5000;
const ASK_EVERY = 2000;
/** How often is asked before a stream is tried again. */
const ASKS = 15;

/** Goes on until the signal is aborted, also through times when the server is away. */
export async function follow(followed: Followed, signal: AbortSignal): Promise<void> {
  for (let asks = 0; !signal.aborted; ) {
    // A stream that ends, since the server stops or a proxy has had enough, is opened anew.
    if (asks % ASKS === 0 && (await hear(followed, signal))) asks = 0;
    else {
      asks++;
      await followed.ask().catch(() => undefined);
    }
    await pause(ASK_EVERY, signal);
  }
}

/** Listens to the end of a stream; false where it never said anything. */
async function hear({ listen, onEvent }: Followed, signal: AbortSignal): Promise<boolean> {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), FIRST_WORD_WITHIN);
  let isHeard = false;
  try {
    for await (const { event, data } of listen(AbortSignal.any([signal, silence.signal]))) {
      clearTimeout(timer);
      isHeard = true;
      onEvent(event, JSON.parse(data));
    }
  } catch {
    // The server has gone, or does not answer; what asks instead finds out.
  } finally {
    clearTimeout(timer);
  }
  return isHeard;
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
