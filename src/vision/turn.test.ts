/** Planes that are turned, and the way back. */
import { expect, test } from 'vitest';
import { planeBy } from './testing/draw.ts';
import { noTurn, sourceOf, turned } from './turn.ts';

const level = planeBy(60, 40, (x, y) => (x >= 10 && x < 50 && y >= 18 && y < 22 ? 1 : 0));

test('no turn leads back to the same place', () => {
  expect(sourceOf(noTurn(level), 3, 4)).toEqual([3, 4]);
});

test.each([-0.4, -0.1, 0.2, 0.5])('ink turned by %f is found where it came from', (angle) => {
  const { ink, turn } = turned(level, angle);
  let mass = 0;
  ink.data.forEach((value, i) => {
    mass += value;
    if (value < 0.99) return;
    const [x, y] = sourceOf(turn, (i % ink.width) + 0.5, Math.floor(i / ink.width) + 0.5);
    expect(level.data[Math.floor(y) * level.width + Math.floor(x)]).toBe(1);
  });
  expect(mass / level.data.reduce((a, b) => a + b)).toBeCloseTo(1, 1);
});

test('there and back again is where one was', () => {
  const { ink, turn } = turned(level, 0.3);
  const back = turned(ink, -0.3);
  for (const [x, y] of [
    [12, 20],
    [30, 19],
    [45, 21],
  ]) {
    const [dx, dy] = [x - level.width / 2, y - level.height / 2];
    const at = Math.floor(back.ink.height / 2 + dy) * back.ink.width + Math.floor(back.ink.width / 2 + dx);
    expect(back.ink.data[at]).toBeGreaterThan(0.6);
  }
  expect(sourceOf(turn, turn.width / 2, turn.height / 2)).toEqual([30, 20]);
});

test('a strip of one pixel turns without a trace of anything that is no number', () => {
  for (const plane of [planeBy(1, 50, () => 1), planeBy(50, 1, () => 1), planeBy(1, 1, () => 1)]) {
    expect(turned(plane, 0.3).ink.data.some(Number.isNaN)).toBe(false);
  }
});
