/** Groups form of what comes meanwhile, and hold nobody up. */
import { expect, test, vi } from 'vitest';
import { Gathering } from './gathering.ts';

/** Serves groups when told to, and notes them. */
function counter(lanes = 1) {
  const groups: { ids: string[]; finish: (error?: Error) => void }[] = [];
  const gathering = new Gathering<{ id: string }, string>(
    (items) =>
      new Promise((resolve, reject) => {
        const ids = items.map(({ id }) => id);
        groups.push({ ids, finish: (error) => (error ? reject(error) : resolve(ids.map((id) => `${id}!`))) });
      }),
    { lanes, sizes: [1, 2, 4] },
  );
  const add = (...ids: string[]) => ids.map((id) => gathering.add({ id }));
  return { groups, add, idsOf: () => groups.map(({ ids }) => ids.join('')) };
}

test('who comes alone is served at once, and those who come meanwhile together', async () => {
  const { groups, add, idsOf } = counter();
  const answers = add('a', 'b', 'c', 'd', 'e', 'f', 'g');
  expect(idsOf()).toEqual(['a']);
  groups[0].finish();
  await vi.waitFor(() => expect(idsOf()).toEqual(['a', 'bcde']));
  groups[1].finish();
  await vi.waitFor(() => expect(idsOf()).toEqual(['a', 'bcde', 'fg']));
  groups[2].finish();
  expect(await Promise.all(answers)).toEqual(['a!', 'b!', 'c!', 'd!', 'e!', 'f!', 'g!']);
});

test('as many groups at a time as there are lanes', () => {
  const { add, idsOf } = counter(3);
  add('a', 'b', 'c', 'd', 'e');
  expect(idsOf()).toEqual(['a', 'b', 'c']);
});

test('the same id is never twice in a group, and its turns stay in order', async () => {
  const { groups, add, idsOf } = counter();
  add('x', 'a', 'b', 'a', 'c');
  groups[0].finish();
  await vi.waitFor(() => expect(idsOf()).toEqual(['x', 'ab']));
  groups[1].finish();
  await vi.waitFor(() => expect(idsOf()).toEqual(['x', 'ab', 'ac']));
});

test('a group that fails takes no other along', async () => {
  const { groups, add } = counter();
  const [first, second] = add('a', 'b');
  groups[0].finish(new Error('gone'));
  await expect(first).rejects.toThrow('gone');
  await vi.waitFor(() => expect(groups).toHaveLength(2));
  groups[1].finish();
  expect(await second).toBe('b!');
});
