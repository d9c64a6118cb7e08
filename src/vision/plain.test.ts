/** What could be two digits though it looks like one. */
import { expect, it } from 'vitest';
import type { AtomLine } from './atoms.ts';
import type { Group } from './candidates.ts';
import { around } from './components.ts';
import { halvesOf } from './plain.ts';
import { atomLine } from './testing/look.ts';

const cutBefore = { crossed: 0.1, strokes: 1, left: 0, top: 0, columns: new Int32Array(0) };
const parted = (part: Partial<AtomLine['atoms'][number]>) =>
  atomLine([{ component: 9 }, { component: 9, cutBefore, ...part }]);
const wholeOf = ({ atoms }: AtomLine): Group => ({ line: 0, first: 0, last: 1, extent: around(atoms) });
const halves = (line: AtomLine) =>
  halvesOf([line], [wholeOf(line)]).map(({ first, last, extent }) => ({ first, last, extent }));

it('cuts what is as wide as two digits into halves as high as it is', () => {
  const line = parted({});
  const [left, right] = line.atoms.map((atom) => around([atom]));
  expect(halves(line)).toEqual([
    { first: 0, last: 0, extent: left },
    { first: 1, last: 1, extent: right },
  ]);
});

it.each([
  ['has a low half', parted({ bottom: 22 })],
  ['only hangs together because it is near', parted({ cutBefore: { ...cutBefore, strokes: 0 } })],
  ['is narrow', parted({ left: 5, right: 12 })],
])('leaves whole what %s', (_, line) => expect(halves(line)).toEqual([]));
