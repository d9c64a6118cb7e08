/** What hangs together, and its measures. */
import { expect, test } from 'vitest';
import { around, findComponents, thicknessOf } from './components.ts';
import { planeBy, planeOf } from './testing/draw.ts';

test('pixels hang together at sides and corners, and are measured', () => {
  const { components, labels } = findComponents(
    planeOf(
      '##....', //
      '.#..#.',
      '...#..',
      '......',
      '####.#',
    ),
  );
  expect(components).toHaveLength(4);
  expect(components[0]).toEqual({
    label: 1,
    left: 0,
    top: 0,
    right: 2,
    bottom: 2,
    area: 3,
    outline: 5,
    contacts: [1, 2, 0, 0],
  });
  expect(components[1]).toMatchObject({ left: 3, top: 1, right: 5, bottom: 3, area: 2, outline: 8 });
  expect(components[2]).toMatchObject({ area: 4, contacts: [1, 0, 0, 4] });
  expect(components[3]).toMatchObject({ area: 1, contacts: [0, 0, 1, 1] });
  expect([...labels].filter((label) => label === 0)).toHaveLength(30 - 10);
});

test('arms that meet only below, or in a spiral, are one', () => {
  expect(findComponents(planeOf('#.#.#', '#.#.#', '#####')).components).toHaveLength(1);
  expect(
    findComponents(planeOf('#######', '......#', '#####.#', '#...#.#', '#.###.#', '#.....#', '#######'))
      .components,
  ).toHaveLength(1);
});

test('with a reach, what is near hangs together too, and no ink is added', () => {
  const ink = planeOf('##..##....#', '##..##....#');
  expect(findComponents(ink).components).toHaveLength(3);
  expect(findComponents(ink, 1).components.map(({ area }) => area)).toEqual([8, 2]);
  expect(findComponents(ink, 2).components.map(({ area }) => area)).toEqual([10]);
});

test('turned upside down there are as many, with the same areas', () => {
  const ink = planeBy(40, 30, (x, y) => ((x * 7 + y * 13 + ((x * y) % 5)) % 9 < 4 ? 1 : 0));
  const upsideDown = { ...ink, data: ink.data.toReversed() };
  const areas = (plane: typeof ink) =>
    findComponents(plane)
      .components.map(({ area, outline }) => `${area} ${outline}`)
      .sort();
  expect(areas(upsideDown)).toEqual(areas(ink));
});

test('strips and single pixels', () => {
  expect(findComponents(planeOf('#')).components[0]).toMatchObject({ area: 1, contacts: [1, 1, 1, 1] });
  expect(findComponents(planeOf('.')).components).toEqual([]);
  expect(findComponents(planeOf('#.##.#')).components).toHaveLength(3);
  expect(findComponents(planeOf('#', '.', '#')).components).toHaveLength(2);
});

test('a bar is as thick as it is', () => {
  const [bar] = findComponents(
    planeBy(100, 20, (x, y) => (x > 5 && x < 95 && y > 7 && y < 12 ? 1 : 0)),
  ).components;
  // The outline of a level bar is no staircase, so that its thickness is overrated by 4/π.
  expect(thicknessOf(bar) / (4 / Math.PI)).toBeCloseTo(4, 0);
  expect(thicknessOf({ ...bar, outline: 0 })).toBe(Infinity);
});

test('an extent around several holds them all', () => {
  expect(
    around([
      { left: 3, top: 4, right: 5, bottom: 6 },
      { left: 1, top: 5, right: 2, bottom: 9 },
    ]),
  ).toEqual({ left: 1, top: 4, right: 5, bottom: 9 });
});
