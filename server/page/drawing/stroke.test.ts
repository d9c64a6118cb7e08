/** Lines are smooth, gapless, the same drawn at once or bit by bit, and end where the pen did. */
import { describe, expect, it } from 'vitest';
import { extend, finish, type InkPoint, type Piece, pieces, type Stroke, widthAt } from './stroke.ts';

const at = (x: number, y: number, pressure = 0.5): InkPoint => ({ x, y, pressure });

/** A stroke through these points, as far apart as a quick hand leaves them. */
function drawn(points: readonly InkPoint[]): Stroke {
  const stroke: Stroke = { points: [], width: 10, isEraser: false };
  for (const point of points) extend(stroke, point);
  finish(stroke, points.at(-1)!);
  return stroke;
}

const zigzag = Array.from({ length: 30 }, (_, i) => at(10 + 8 * i, 100 + (i % 2) * 6));
const whole = (stroke: Stroke): Piece[] => [...pieces(stroke, 0, true)];

describe('a stroke', () => {
  it('begins and ends where the pen did', () => {
    const line = whole(drawn(zigzag));
    expect(line[0].from).toEqual(zigzag[0]);
    expect(line.at(-1)!.to).toEqual(zigzag.at(-1));
  });

  it('has no gaps and no long straight pieces', () => {
    const line = whole(drawn(zigzag));
    for (const [i, { from, to }] of line.slice(1, -1).entries()) {
      expect(from).toEqual(line[i].to);
      expect(Math.hypot(to.x - from.x, to.y - from.y)).toBeLessThan(1.5);
    }
  });

  it('trembles less than the hand', () => {
    const heights = whole(drawn(zigzag)).map(({ to }) => to.y);
    expect(Math.max(...heights.slice(20, -20)) - Math.min(...heights.slice(20, -20))).toBeLessThan(4);
  });

  it('is the same line drawn bit by bit', () => {
    const stroke: Stroke = { points: [], width: 10, isEraser: false };
    const line: Piece[] = [];
    let known = 0;
    for (const [i, point] of zigzag.entries()) {
      extend(stroke, point);
      // Now and then several points come between two frames.
      if (i % 3 === 1) continue;
      line.push(...pieces(stroke, known, false));
      known = stroke.points.length;
    }
    finish(stroke, zigzag.at(-1)!);
    line.push(...pieces(stroke, known, true));
    expect(line).toEqual(whole(stroke));
  });

  it('is a dot where the pen only touched', () => {
    const dot = at(5, 6);
    expect(whole(drawn([dot]))).toEqual([{ from: dot, to: dot }]);
    expect(whole(drawn([dot, at(5.1, 6)]))).toHaveLength(1);
  });

  it('is wider under pressure', () => {
    const stroke = drawn([at(0, 0)]);
    expect(widthAt(stroke, 0.5)).toBe(stroke.width);
    expect(widthAt(stroke, 1)).toBeGreaterThan(widthAt(stroke, 0.2));
  });
});
