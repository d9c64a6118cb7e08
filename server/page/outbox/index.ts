/** The page's outbox: it sends to the server, and again whenever the browser is back online. */
import { ApiError, correct, predict } from '../api.ts';
import { openDrawer } from './drawers.ts';
import { type Letter, Outbox, type Send } from './outbox.ts';

const send: Send = async (letter: Letter, onProgress, signal) => {
  if (letter.kind === 'prediction') return predict(letter, onProgress, signal);
  await correct(letter.id, letter.text);
  return undefined;
};

export async function startOutbox(): Promise<Outbox> {
  const outbox = new Outbox(await openDrawer(), send, (error) =>
    error instanceof ApiError && error.isPassing ? error.retryAfter : undefined,
  );
  // A browser says so before what it sends arrives anywhere.
  addEventListener('online', () => void outbox.hurry());
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) void outbox.hurry();
  });
  return outbox;
}
