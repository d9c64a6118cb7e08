/** Where digits that touch could be told apart. */
import { describe, expect, it } from 'vitest';
import { cutIntoAtoms, labelEdges } from './atoms.ts';
import { findComponents } from './components.ts';
import { type Cut, findCuts } from './cuts.ts';
import { digitAt, inkOf, planeBy } from './testing/draw.ts';
import { linesOf } from './testing/look.ts';

const PEN = 6;
/** Two sevens that touch in one place, near column 68. */
const touching = inkOf(170, 100, [...digitAt(7, 30, 20, 60), ...digitAt(7, 67, 20, 60)], PEN);
const alone = inkOf(100, 100, digitAt(1, 30, 20, 60), PEN);

describe('cuts', () => {
  const labelled = findComponents(touching);
  const [component] = labelled.components;
  const cuts = findCuts(labelled, component, 60);

  it('are offered where strokes touch, each from top to bottom and none across another', () => {
    expect(labelled.components).toHaveLength(1);
    expect(cuts.length).toBeGreaterThan(0);
    for (const [i, { columns, crossed, strokes }] of cuts.entries()) {
      expect(columns).toHaveLength(component.bottom - component.top);
      expect(crossed).toBeGreaterThanOrEqual(0);
      expect(crossed).toBeLessThanOrEqual(0.42);
      expect(Number.isInteger(strokes)).toBe(true);
      const before = cuts[i - 1]?.columns;
      expect(columns.every((column, y) => before === undefined || column >= before[y])).toBe(true);
    }
    const best = cuts.reduce((a, b) => (b.crossed < a.crossed ? b : a));
    const mean = best.columns.reduce((a, b) => a + b) / best.columns.length + component.left;
    expect(Math.abs(mean - 68)).toBeLessThan(8);
    expect(best.strokes).toBe(1);
  });

  it('go between two round digits, not through their hollows', () => {
    const zeros = findComponents(
      inkOf(170, 100, [...digitAt(0, 30, 20, 60), ...digitAt(0, 69, 20, 60)], PEN),
    );
    expect(zeros.components).toHaveLength(1);
    const offered = findCuts(zeros, zeros.components[0], 60);
    const middle = 67.5 - zeros.components[0].left;
    const isBetween = ({ columns }: Cut) => columns.every((column) => Math.abs(column - middle) < 8);
    expect(offered.filter(isBetween)).toHaveLength(1);
  });

  it('are the same for the same ink elsewhere', () => {
    const moved = planeBy(190, 130, (x, y) =>
      x >= 20 && y >= 30 ? touching.data[(y - 30) * 170 + x - 20] : 0,
    );
    const there = findComponents(moved);
    expect(findCuts(there, there.components[0], 60)).toEqual(cuts);
  });

  it('are not offered in what is too narrow', () => {
    const one = findComponents(alone);
    expect(findCuts(one, one.components[0], 60)).toEqual([]);
    const dot = findComponents(planeBy(3, 3, (x, y) => (x === 1 && y === 1 ? 1 : 0)));
    expect(findCuts(dot, dot.components[0], 1)).toEqual([]);
  });
});

describe('atoms', () => {
  it('have all ink of their component, each pixel once, from left to right', () => {
    const { labelled, lines } = linesOf(touching);
    const area = labelled.components[0].area;
    const [{ atoms }] = cutIntoAtoms(labelled, lines, 100);
    expect(atoms.length).toBeGreaterThan(1);
    expect(atoms.reduce((sum, atom) => sum + atom.area, 0)).toBe(area);
    expect(new Set(atoms.map(({ label }) => label)).size).toBe(atoms.length);
    for (const { label, area, left, top, right, bottom, component } of atoms) {
      expect(component).toBe(1);
      let seen = 0;
      labelled.labels.forEach((own, i) => {
        if (own !== label) return;
        seen++;
        const [x, y] = [i % 170, Math.floor(i / 170)];
        if (x < left || x >= right || y < top || y >= bottom) seen = Number.NaN;
      });
      expect(seen).toBe(area);
    }
    const middles = atoms.map(({ left, right }) => left + right);
    expect(middles).toEqual(middles.toSorted((a, b) => a - b));
    expect(atoms[0].cutBefore).toBeUndefined();
    expect(atoms[1].cutBefore!.strokes).toBeGreaterThanOrEqual(1);
  });

  it('are whole components where there is nothing to cut, or no cut left', () => {
    const one = linesOf(alone);
    expect(cutIntoAtoms(one.labelled, one.lines, 100)[0].atoms).toHaveLength(1);
    const many = linesOf(touching);
    expect(cutIntoAtoms(many.labelled, many.lines, 0)[0].atoms).toHaveLength(1);
  });

  it('take the grey edges of their strokes, no further than the reach', () => {
    const { labelled } = linesOf(alone);
    const before = labelled.labels.slice();
    const faint = planeBy(100, 100, (x, y) => Math.max(alone.data[y * 100 + x], x >= 51 && x < 60 ? 0.2 : 0));
    labelEdges(labelled, faint, 2);
    const isAsItWas = labelled.labels.map((label, i) =>
      label === before[i] || (before[i] === 0 && faint.data[i] >= 0.1) ? 1 : 0,
    );
    expect(isAsItWas).not.toContain(0);
    const row = labelled.labels.subarray(50 * 100, 51 * 100);
    expect(row.lastIndexOf(1)).toBe(before.subarray(50 * 100, 51 * 100).lastIndexOf(1) + 2);
  });
});
