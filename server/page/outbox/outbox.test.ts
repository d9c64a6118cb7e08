/** Nothing is lost or overtaken between the page and the server, whatever happens in between. */
import { expect, test, vi } from 'vitest';
import { memoryDrawer, withSpare } from './drawers.ts';
import { type Letter, type News, Outbox, type Send } from './outbox.ts';

class Away extends Error {}

const picture = (text = 'x') => new Blob([text]);
const drawing = (id: string, text?: string): Letter => ({
  ...{ kind: 'prediction', id, source: 'drawing' },
  picture: picture(text),
});
const correction = (id: string, text: string): Letter => ({ kind: 'correction', id, text });

function started(send: Send, drawer = memoryDrawer()) {
  const news: News[] = [];
  const outbox = new Outbox(drawer, send, (error) => (error instanceof Away ? 0 : undefined));
  outbox.listen((one) => news.push(one));
  return { outbox, news, drawer };
}

const kinds = (news: readonly News[]) => news.map(({ type }) => type).filter((type) => type !== 'waiting');

test('what is added is sent and forgotten', async () => {
  const sent: Letter[] = [];
  const { outbox, news } = started(async (letter) => void sent.push(letter));
  await outbox.add(drawing('a'));
  await vi.waitFor(() => expect(kinds(news)).toEqual(['sent']));
  expect(sent.map(({ id }) => id)).toEqual(['a']);
  expect(await outbox.waiting()).toEqual([]);
});

test('without a server everything stays, in its order, and goes when it is back', async () => {
  let isAway = true;
  const sent: string[] = [];
  const { outbox, news } = started(async (letter) => {
    if (isAway) throw new Away('away');
    sent.push(`${letter.kind} ${letter.id}`);
    return undefined;
  });
  await outbox.add(drawing('a'));
  await outbox.add(correction('a', '7'));
  await outbox.add(drawing('b'));
  await outbox.flush();
  expect(sent).toEqual([]);
  expect(kinds(news)).toContain('delayed');
  expect(await outbox.waiting()).toHaveLength(3);
  isAway = false;
  await outbox.flush();
  expect(sent).toEqual(['prediction a', 'correction a', 'prediction b']);
});

test('after long without a server it is tried again soon when it may be back', async () => {
  vi.useFakeTimers();
  try {
    let isAway = true;
    const sent: string[] = [];
    const { outbox } = started(async ({ id }) => {
      if (isAway) throw new Away('away');
      sent.push(id);
      return undefined;
    });
    await outbox.add(drawing('a'));
    await vi.advanceTimersByTimeAsync(300_000);
    // It is back a moment after the browser says so.
    await outbox.hurry();
    isAway = false;
    await vi.advanceTimersByTimeAsync(2_000);
    expect(sent).toEqual(['a']);
  } finally {
    vi.useRealTimers();
  }
});

test('a drawing that goes on takes the place of the one that waits, before its correction', async () => {
  let isAway = true;
  const sent: string[] = [];
  const { outbox } = started(async (letter) => {
    if (isAway) throw new Away('away');
    sent.push(letter.kind === 'prediction' ? await letter.picture.text() : `${letter.text}`);
    return undefined;
  });
  await outbox.add(drawing('a', 'half'));
  await outbox.add(correction('a', '7'));
  await outbox.add(drawing('a', 'whole'));
  isAway = false;
  await outbox.flush();
  expect(sent).toEqual(['whole', '7']);
});

test('a version that comes while the one before is on its way is sent too', async () => {
  const sent: string[] = [];
  let arrive: () => void = () => {};
  const { outbox } = started(async (letter) => {
    sent.push(letter.kind === 'prediction' ? await letter.picture.text() : '');
    if (sent.length === 1) await new Promise<void>((resolve) => (arrive = resolve));
    return undefined;
  });
  await outbox.add(drawing('a', 'half'));
  await vi.waitFor(() => expect(sent).toHaveLength(1));
  await outbox.add(drawing('a', 'whole'));
  arrive();
  await vi.waitFor(() => expect(sent).toEqual(['half', 'whole']));
  await vi.waitFor(async () => expect(await outbox.waiting()).toEqual([]));
});

test('what the server refuses is told and does not hold up the rest', async () => {
  const { outbox, news } = started(async ({ id }) => {
    if (id === 'bad') throw new Error('no picture');
    return undefined;
  });
  await outbox.add(drawing('bad'));
  await outbox.add(drawing('good'));
  await vi.waitFor(() => expect(kinds(news)).toEqual(['refused', 'sent']));
  expect(await outbox.waiting()).toEqual([]);
});

test('what is cancelled on its way is neither sent again nor told of', async () => {
  const { outbox, news } = started(
    (_, __, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new DOMException('cancelled', 'AbortError')));
      }),
  );
  await outbox.add(drawing('a'));
  await outbox.cancel('a');
  await outbox.flush();
  expect(kinds(news)).toEqual([]);
  expect(await outbox.waiting()).toEqual([]);
});

test('of several that are cancelled together none is sent once the first has stopped', async () => {
  const begun: string[] = [];
  const { outbox } = started(
    ({ id }, __, signal) =>
      new Promise((_resolve, reject) => {
        begun.push(id);
        signal.addEventListener('abort', () => reject(new DOMException('cancelled', 'AbortError')));
      }),
  );
  for (const id of ['a', 'b', 'c']) await outbox.add(drawing(id));
  await vi.waitFor(() => expect(begun).toEqual(['a']));
  await outbox.cancel('a', 'b', 'c');
  await outbox.flush();
  expect(begun).toEqual(['a']);
  expect(await outbox.waiting()).toEqual([]);
});

test('what waits is there for the page that opens next', async () => {
  const drawer = memoryDrawer();
  const before = started(async () => {
    throw new Away('away');
  }, drawer);
  await before.outbox.add(drawing('a'));
  await before.outbox.flush();
  const sent: string[] = [];
  const after = started(async ({ id }) => void sent.push(id), drawer);
  await after.outbox.flush();
  expect(sent).toEqual(['a']);
});

test('what the browser does not store is sent from memory', async () => {
  const stored = memoryDrawer();
  const refusing = withSpare({
    ...stored,
    put: (entry) =>
      entry.letter.kind === 'prediction' ? Promise.reject(new Error('No pictures here')) : stored.put(entry),
  });
  let isAway = true;
  const sent: string[] = [];
  const { outbox } = started(async ({ kind, id }) => {
    if (isAway) throw new Away('away');
    sent.push(`${kind} ${id}`);
    return undefined;
  }, refusing);
  await outbox.add(drawing('a'));
  await outbox.add(correction('a', '7'));
  await outbox.add(drawing('a', 'newer'));
  expect(await outbox.waiting()).toHaveLength(2);
  isAway = false;
  await outbox.flush();
  expect(sent).toEqual(['prediction a', 'correction a']);
  expect(await outbox.waiting()).toEqual([]);
});
