/** What is taken back comes back, clearing included, until something new is drawn. */
import { expect, test } from 'vitest';
import type { Stroke } from './stroke.ts';
import { Undo } from './undo.ts';

const stroke = (width: number, isEraser = false): Stroke => ({ points: [], width, isEraser });
const widths = (undo: Undo) => undo.strokes.map(({ width }) => width);

test('strokes go and come back in their order', () => {
  const undo = new Undo();
  undo.add([stroke(1)]);
  undo.add([stroke(2), stroke(3)]);
  expect(widths(undo)).toEqual([1, 2, 3]);
  expect(undo.undo()).toBe(true);
  expect(widths(undo)).toEqual([1]);
  expect(undo.redo()).toBe(true);
  expect(widths(undo)).toEqual([1, 2, 3]);
  expect(undo.redo()).toBe(false);
});

test('clearing is a step like others', () => {
  const undo = new Undo();
  undo.add([stroke(1)]);
  undo.add('clear');
  undo.add([stroke(2)]);
  expect(widths(undo)).toEqual([2]);
  undo.undo();
  expect(undo.isEmpty).toBe(true);
  undo.undo();
  expect(widths(undo)).toEqual([1]);
});

test('a new stroke ends what could come back', () => {
  const undo = new Undo();
  undo.add([stroke(1)]);
  undo.undo();
  undo.add([stroke(2)]);
  expect(undo.canRedo).toBe(false);
  expect(widths(undo)).toEqual([2]);
});

test('an eraser alone leaves the sheet empty', () => {
  const undo = new Undo();
  expect(undo.canUndo).toBe(false);
  undo.add([stroke(1, true)]);
  expect(undo.isEmpty).toBe(true);
  expect(undo.undo()).toBe(true);
  expect(undo.undo()).toBe(false);
});
