/** Sheets that lie in a picture are cut out of it. */
import { describe, expect, it } from 'vitest';
import type { Plane } from './plane.ts';
import { sheetsIn } from './sheets.ts';
import { digitAt, inkOf, planeBy } from './testing/draw.ts';

const [WIDTH, HEIGHT] = [400, 300];
const DESK = 60;
const PAPER = 210;
const INK = 30;
const digit = inkOf(WIDTH, HEIGHT, digitAt(4, 205, 120, 50), 5);

type Place = (x: number, y: number) => boolean;
const isCard: Place = (x, y) => x >= 160 && x < 280 && y >= 90 && y < 200;
/** The same about (220, 145), turned by an angle. */
function leaning(angle: number): Place {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return (x, y) => {
    const [across, down] = [x - 220, y - 145];
    return Math.abs(cos * across + sin * down) < 60 && Math.abs(cos * down - sin * across) < 55;
  };
}

function scene(isPaper: Place, [desk, paper, ink] = [DESK, PAPER, INK]): Plane {
  return planeBy(WIDTH, HEIGHT, (x, y) => {
    const ground = isPaper(x, y) ? paper : desk;
    return isPaper(x, y) ? ground + (ink - ground) * digit.data[y * WIDTH + x] : ground;
  });
}
const sheetsOf = (plane: Plane, scale = 1) => sheetsIn({ plane, scale, isLight: true });

describe('sheetsIn', () => {
  it.each([
    ['a card', isCard, 115],
    ['a card that leans', leaning(Math.PI / 12), 140],
    ['a card that stands on its corner', leaning(Math.PI / 4), 160],
  ])('cuts out %s, with paper to its corners', (_, isPaper, side) => {
    const [{ seen, left, top }, ...others] = sheetsOf(scene(isPaper));
    expect(others).toEqual([]);
    const { width, height, data } = seen.plane;
    expect(Math.max(width, height) - side).toBeLessThan(20);
    const darkest = data.filter((value) => value < (INK + DESK) / 2).length;
    const ofDigit = digit.data.filter((value) => value > 0.9).length;
    expect(darkest / ofDigit, 'the digit is all there').toBeCloseTo(1, 0);
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        if (digit.data[(top + y) * WIDTH + left + x] === 0) expect(data[i]).toBeGreaterThan(0.9 * PAPER);
      }
    }
  });

  it('finds a dark card on a light desk', () => {
    expect(sheetsOf(scene(isCard, [230, 140, 20]))).toHaveLength(1);
  });

  it.each([1, 2, 3])('finds a card as bright as the desk by another plane, 1/%i as detailed', (detail) => {
    const grey = { plane: scene(isCard, [PAPER, PAPER, INK]), scale: 2, isLight: true };
    const width = Math.ceil(WIDTH / detail);
    const hue = planeBy(width, Math.ceil(HEIGHT / detail), (x, y) =>
      isCard(detail * x, detail * y) ? 160 : 120,
    );
    expect(sheetsIn(grey)).toEqual([]);
    const [{ seen, left, top }, ...others] = sheetsIn(grey, {
      plane: hue,
      scale: 2 * detail,
      isLight: false,
    });
    expect(others).toEqual([]);
    expect(Math.abs(left / 2 - 160)).toBeLessThan(8);
    expect(Math.abs(top / 2 - 90)).toBeLessThan(8);
    expect(Math.abs(seen.plane.width - 120)).toBeLessThan(14);
    expect(seen.plane.data.some((value) => value < INK + 10)).toBe(true);
    expect(Math.max(...seen.plane.data), 'what is seen of it is its brightness').toBeCloseTo(PAPER, 3);
  });

  it('says in pixels of the picture where a sheet is', () => {
    const [{ left, top, seen }] = sheetsOf(scene(isCard), 3);
    expect(Math.abs(left / 3 - 160)).toBeLessThan(8);
    expect(Math.abs(top / 3 - 90)).toBeLessThan(8);
    expect(seen.scale).toBe(3);
  });

  it.each<[string, 'inside' | 'outside' | 'across', [number, number, number, number]]>([
    ['what is written on it', 'inside', [600, 360, 90, 150]],
    ['what is beside it', 'outside', [60, 60, 90, 150]],
    ['its upper edge', 'across', [480, 264, 360, 12]],
    ['its left edge', 'across', [474, 270, 12, 330]],
    ['all of it', 'across', [470, 260, 380, 350]],
    ['what goes beyond the picture', 'outside', [1100, -30, 200, 60]],
  ])('tells %s to be %s', (_, place, box) => {
    expect(sheetsOf(scene(isCard), 3)[0].placeOf(box)).toBe(place);
  });

  it.each<[string, Plane]>([
    ['bare paper', scene(() => true)],
    ['what hardly differs', scene(isCard, [200, 212, 195])],
    ['a blank', planeBy(WIDTH, HEIGHT, () => 128)],
    ['a shadow over half of the picture', scene((x, y) => x + 0.3 * y > 200)],
    ['a disc', scene((x, y) => (x - 220) ** 2 + (y - 150) ** 2 < 60 ** 2)],
    ['a ring', scene((x, y) => Math.abs(Math.hypot((x - 220) / 0.6, y - 150) - 60) < 9)],
    ['what is small', scene((x, y) => x >= 200 && x < 216 && y >= 120 && y < 136)],
  ])('leaves %s alone', (_, plane) => expect(sheetsOf(plane)).toEqual([]));
});
