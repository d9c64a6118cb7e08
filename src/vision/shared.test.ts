/** A doubtful part is shown once more with the stroke that it shares with its neighbour. */
import { expect, it } from 'vitest';
import { findCandidates, findGroups } from './candidates.ts';
import type { Opinion } from './choose.ts';
import { lookAt } from './find.ts';
import { sharingGroups } from './shared.ts';
import { digitAt, greyPicture, inkOf } from './testing/draw.ts';

const [WIDTH, HEIGHT] = [220, 110];
// A 4, and another whose left stroke touches a 0.
const strokes = [...digitAt(4, 20, 25, 60), ...digitAt(0, 90, 25, 60), ...digitAt(4, 127, 25, 60)];
const [view] = lookAt(greyPicture(inkOf(WIDTH, HEIGHT, strokes, 6)));
const [{ atoms }] = view.lines;
const candidates = findCandidates(view, findGroups(view.lines, 100));
const indexOf = (first: number, last: number) =>
  candidates.findIndex((one) => one.first === first && one.last === last);
/** All of the first component, and the two sides of a cut through the second. */
const second = atoms.findIndex(({ component }) => component !== atoms[0].component);
const cut = atoms.findIndex(({ left }, i) => i > second && left > 115);
const [first, left, right] = [
  indexOf(0, second - 1),
  indexOf(second, cut - 1),
  indexOf(cut, atoms.length - 1),
];

function groupsWhere(isSure: (i: number) => boolean, read = [first, left, right]) {
  const opinions = candidates.map((_, i): Opinion => {
    return { probabilities: [0, 0, 0, 0, 1], best: 4, notDigit: isSure(i) ? 0 : 0.5 };
  });
  const choice = { candidates: read.map((i) => candidates[i]), cost: 0, costs: read.map(() => 0) };
  return sharingGroups(view, candidates, opinions, [choice]);
}

it('shares what is just beyond a cut', () => {
  expect(Math.min(first, left, right)).toBeGreaterThanOrEqual(0);
  const groups = groupsWhere((i) => i !== right);
  expect(groups).toHaveLength(1);
  const [{ shared, extent, ...group }] = groups;
  expect(group).toEqual({ line: 0, first: cut, last: atoms.length - 1 });
  const own = candidates[right].extent;
  expect(extent.left).toBeLessThan(own.left);
  expect(own.left - extent.left).toBeLessThan(12);
  expect(extent.right).toBe(own.right);
  const { labels } = view.labelled;
  expect(shared!.size).toBeGreaterThan(20);
  expect(new Set([...shared!].map((pixel) => labels[pixel]))).toEqual(new Set([atoms[cut - 1].label]));
  // What the network sees has the stroke in it.
  const [image] = findCandidates(view, groups).map((candidate) => candidate.image);
  expect(image).not.toEqual(candidates[right].image);
});

it('shares on either side', () => {
  const groups = groupsWhere((i) => i !== left);
  expect(groups.map(({ first: from, last: to }) => [from, to])).toEqual([[second, cut - 1]]);
  expect(groups[0].extent.right).toBeGreaterThan(candidates[left].extent.right);
});

it.each<[string, (i: number) => boolean, number[]?]>([
  ['where all is sure', () => true],
  ['of what no cut parts from another', (i) => i !== first],
  ['where nothing is sure', () => false],
  ['through what is surely a digit', (i) => i !== right, [first, indexOf(second, atoms.length - 1)]],
])('shares nothing %s', (_, isSure, read) => expect(groupsWhere(isSure, read)).toHaveLength(0));
