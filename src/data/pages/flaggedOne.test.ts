import { expect, test } from 'vitest';
import { Purpose, RandomStream } from '../../../kernels/random/reference.ts';
import { Hand } from '../synthetic/hand.ts';
import { flaggedOne } from './flaggedOne.ts';

const drawn = Array.from({ length: 300 }, (_, i) =>
  flaggedOne(new Hand(new RandomStream(5, Purpose.pages, i), 0)),
);

test('a flag is short or falls, since a long flat one makes a 7', () => {
  for (const [[[[x, y]]]] of drawn) {
    expect(x).toBeLessThan(0);
    expect(y).toBeGreaterThan(x > -0.2 ? -1e-9 : -0.34 * x);
  }
});

test.each([
  ['with a corner', '2'],
  ['bent', '1'],
  ['with a foot', '2+1'],
])('some are %s, and all end at the foot', (_way, structure) => {
  const structures = drawn.map((strokes) => strokes.map((runs) => runs.length).join('+'));
  expect(structures.filter((one) => one === structure).length).toBeGreaterThan(30);
  for (const [stem] of drawn) expect(stem.at(-1)!.at(-1)![1]).toBe(1);
});
