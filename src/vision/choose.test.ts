/** The likeliest reading of a line. */
import { describe, expect, it } from 'vitest';
import type { AtomCut, AtomLine } from './atoms.ts';
import type { Candidate } from './candidates.ts';
import { chooseReading, leftOutCost, type Opinion, readingCost, readingCosts } from './choose.ts';
import { around } from './components.ts';
import { chooseLines } from './context.ts';
import { SKIP_COST } from './settings.ts';
import { atomLine } from './testing/look.ts';

/** 14 pixels wide and 20 high: what an 8 may be. */
const image = Uint8Array.from({ length: 784 }, (_, i) => {
  const [x, y] = [i % 28, Math.floor(i / 28)];
  return x >= 7 && x < 21 && y >= 4 && y < 24 ? 255 : 0;
});

function candidate({ atoms }: AtomLine, first: number, last: number, line = 0): Candidate {
  return { line, first, last, extent: around(atoms.slice(first, last + 1)), image };
}

function opinion(best: number, sure: number, notDigit = 0): Opinion {
  const probabilities = new Array(10).fill((1 - sure) / 9);
  probabilities[best] = sure;
  return { probabilities, best, notDigit };
}

function cutOf(crossed: number, strokes: number): AtomCut {
  return { crossed, strokes, left: 0, top: 0, columns: new Int32Array(0) };
}

const chosen = (line: AtomLine, candidates: Candidate[], costs: number[]) =>
  chooseReading(line, candidates, costs).candidates.map(({ first, last }) => [first, last]);

describe('leftOutCost', () => {
  const line = atomLine([{}, {}]);
  const read = [candidate(line, 0, 0), candidate(line, 1, 1)];
  const pieceAt = (top: number, width: number, height: number) => ({
    ...{ left: 2, top, right: 2 + width, bottom: top + height },
  });
  const costOf = (top: number, width: number, height: number) =>
    leftOutCost([pieceAt(top, width, height)], read);

  it('is what a digit costs for a piece as large as one, and next to nothing for a speck', () => {
    expect(costOf(32, 30, 8)).toBe(SKIP_COST);
    expect(costOf(32, 90, 8)).toBe(SKIP_COST);
    expect(costOf(32, 15, 8)).toBeCloseTo(SKIP_COST * 1.4 * 0.25, 9);
    expect(costOf(32, 3, 3)).toBeLessThan(0.03);
  });

  it('is for pieces right at a digit, each once', () => {
    expect(costOf(37, 15, 8)).toBe(costOf(32, 15, 8));
    expect(costOf(38, 15, 8)).toBe(0);
    expect(leftOutCost([pieceAt(32, 15, 8), pieceAt(-10, 15, 8)], read)).toBeCloseTo(
      2 * costOf(32, 15, 8),
      9,
    );
    expect(leftOutCost([pieceAt(32, 15, 8)], [])).toBe(0);
  });
});

describe('chooseReading', () => {
  it('takes what reads well, each atom once', () => {
    const line = atomLine([{}, {}, {}]);
    const all = [candidate(line, 0, 0), candidate(line, 1, 1), candidate(line, 2, 2), candidate(line, 0, 1)];
    expect(chosen(line, all, [0.01, 0.01, 0.01, 0.01])).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
    ]);
  });

  it('joins near strokes that read better together, and not far ones', () => {
    for (const [gap, expected] of [
      [2, [[0, 1]]],
      [
        25,
        [
          [0, 0],
          [1, 1],
        ],
      ],
    ] as const) {
      const line = atomLine([{}, {}], gap);
      const all = [candidate(line, 0, 0), candidate(line, 1, 1), candidate(line, 0, 1)];
      expect(chosen(line, all, [1.2, 1.2, 0.02])).toEqual(expected);
    }
  });

  it('takes pieces that were bridged for several digits where each reads as one', () => {
    const bridged = { component: 9, cutBefore: cutOf(0, 0) };
    const line = atomLine([{ component: 9 }, bridged]);
    const all = [candidate(line, 0, 0), candidate(line, 1, 1), candidate(line, 0, 1)];
    expect(chosen(line, all, [0.02, 0.02, 0.01])).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });

  it('cuts where both parts read well, and not through many strokes', () => {
    for (const [strokes, expected] of [
      [
        1,
        [
          [0, 0],
          [1, 1],
        ],
      ],
      [4, [[0, 1]]],
    ] as const) {
      const line = atomLine([{ component: 9 }, { component: 9, cutBefore: cutOf(0.1, strokes) }]);
      const all = [candidate(line, 0, 0), candidate(line, 1, 1), candidate(line, 0, 1)];
      expect(chosen(line, all, [0.02, 0.02, 2])).toEqual(expected);
    }
  });

  it('leaves out what reads as nothing, and specks first', () => {
    const line = atomLine([{}, { top: 12, bottom: 17, right: 33 }, {}]);
    const all = [candidate(line, 0, 0), candidate(line, 1, 1), candidate(line, 2, 2)];
    expect(chosen(line, all, [0.02, 0.4, 9])).toEqual([[0, 0]]);
  });

  it('costs what its parts cost; an empty line costs nothing', () => {
    const line = atomLine([{}, {}]);
    const all = [candidate(line, 0, 0), candidate(line, 1, 1)];
    expect(chooseReading(line, all, [0.25, 0.5]).cost).toBeCloseTo(0.75, 9);
    expect(chooseReading({ atoms: [], height: 30 }, [], [])).toEqual({ candidates: [], cost: 0 });
    expect(chooseReading(line, [], []).candidates).toEqual([]);
  });
});

describe('readingCost', () => {
  const line = atomLine([{}, {}]);

  it('is the negative logarithm of both probabilities where the shape is ordinary', () => {
    expect(readingCost(candidate(line, 0, 0), opinion(8, 0.9, 0.2), line)).toBeCloseTo(
      -Math.log(0.9 * 0.8),
      9,
    );
  });

  it('is finite for what cannot be', () => {
    expect(Number.isFinite(readingCost(candidate(line, 0, 0), opinion(8, 0, 1), line))).toBe(true);
  });

  it('is more for a 1 as wide as an 8, for what is too low, and for a low part of a narrow whole', () => {
    const plain = readingCost(candidate(line, 0, 0), opinion(8, 0.9), line);
    const wide = image.map((_, i) => (Math.floor(i / 28) > 9 && Math.floor(i / 28) < 18 ? 255 : 0));
    expect(readingCost({ ...candidate(line, 0, 0), image: wide }, opinion(1, 0.9), line)).toBeGreaterThan(
      plain + 0.5,
    );
    const low = atomLine([{ top: 20 }, {}]);
    expect(readingCost(candidate(low, 0, 0), opinion(8, 0.9), low)).toBeGreaterThan(plain + 0.5);
    const part = { component: 5, componentAspect: 0.6 };
    const parts = atomLine([{ ...part, top: 10 }, part]);
    expect(readingCost(candidate(parts, 0, 0), opinion(8, 0.9), parts)).toBeCloseTo(plain + 1.5, 9);
  });
});

describe('a whole that falls into two digits', () => {
  const costsWith = (strokes: number, doubt: number, lower = 30, read = 2) => {
    const part = { component: 9, cutBefore: cutOf(0.2, strokes), bottom: lower };
    const line = atomLine([{ component: 9 }, part]);
    const all = [candidate(line, 0, 0), candidate(line, 1, 1), candidate(line, 0, 1)];
    return readingCosts([line], all, [opinion(2, 0.999), opinion(1, 0.999 - doubt), opinion(read, 0.999)]);
  };

  it('costs more where there is no doubt about either, and each is as high as it is', () => {
    const [left, right, whole] = costsWith(1, 0);
    expect(Math.max(left, right)).toBeLessThan(0.02);
    expect(whole).toBeGreaterThan(0.5);
  });

  it('is read as two', () => {
    const line = atomLine([{ component: 9 }, { component: 9, cutBefore: cutOf(0.2, 1) }]);
    const all = [candidate(line, 0, 0), candidate(line, 1, 1), candidate(line, 0, 1)];
    const sure = opinion(6, 0.99);
    expect(chooseLines([line], all, [sure, sure, sure])[0].candidates).toHaveLength(2);
  });

  it.each([
    ['one of them is doubtful', costsWith(1, 0.1)],
    ['one of them is lower', costsWith(1, 0, 24)],
    ['they only hang together because they are near', costsWith(0, 0)],
    ['it is a 0, which may be open above', costsWith(1, 0, 30, 0)],
  ])('costs no more where %s', (_, costs) => expect(costs[2]).toBeLessThan(0.3));
});

describe('company', () => {
  it('makes a doubtful digit one among sure ones, and nothing where it stands alone', () => {
    const row = atomLine([{}, {}, {}, {}]);
    const alone = atomLine([{}]);
    const candidates = [...row.atoms.map((_, i) => candidate(row, i, i)), candidate(alone, 0, 0, 1)];
    const sure = opinion(8, 0.999);
    const doubtful = opinion(8, 0.9, 0.75);
    const [inRow, byItself] = chooseLines([row, alone], candidates, [sure, sure, doubtful, sure, doubtful]);
    expect(inRow.candidates).toHaveLength(4);
    expect(byItself.candidates).toEqual([]);
    expect(inRow.costs).toHaveLength(4);
  });

  it('of many that are sure keeps what alone would rather be none', () => {
    const row = atomLine(Array.from({ length: 7 }, () => ({})));
    const candidates = row.atoms.map((_, i) => candidate(row, i, i));
    const readOf = (sure: number) => {
      const opinions = row.atoms.map((_, i) => (i === 3 ? opinion(8, 0.49, 0.94) : opinion(8, sure)));
      return chooseLines([row], candidates, opinions)[0].candidates.length;
    };
    expect([readOf(0.999), readOf(0.7), readOf(0.5)]).toEqual([7, 7, 6]);
  });

  it('of two that are sure cuts what it would not cut alone', () => {
    const pair = [{ component: 9 }, { component: 9, cutBefore: cutOf(0.1, 2) }];
    const readOf = (beside: number) => {
      const line = atomLine([...pair, ...Array.from({ length: beside }, () => ({}))]);
      const candidates = [candidate(line, 0, 1), ...line.atoms.map((_, i) => candidate(line, i, i))];
      // Halves without a doubt would be cut in any company.
      const opinions = candidates.map((_, i) => opinion(8, i === 0 ? 0.4 : 0.97));
      return chooseLines([line], candidates, opinions)[0].candidates.length - beside;
    };
    expect([readOf(0), readOf(1), readOf(2)]).toEqual([1, 1, 2]);
  });

  it('turns away what is far higher than all that is sure', () => {
    const line = atomLine([{}, {}, {}, { bottom: 130, componentHeight: 130 }]);
    const candidates = line.atoms.map((_, i) => candidate(line, i, i));
    const opinions = line.atoms.map((_, i) => opinion(8, i < 3 ? 0.999 : 0.6));
    const lone = chooseLines([line], candidates, opinions)[0].candidates;
    expect(lone.map(({ first }) => first)).toEqual([0, 1, 2]);
  });

  it('turns away a 1 that is much thinner than all that was written, as a line of the paper is', () => {
    const narrow = image.map((_, i) => (i % 28 > 11 && i % 28 < 16 ? image[i] : 0));
    const digit = atomLine([{ area: 2_000, componentThickness: 12 }]);
    const readOf = (thickness: number, best: number) => {
      const line = atomLine([{ componentThickness: thickness }]);
      const candidates = [
        candidate(digit, 0, 0),
        { ...candidate(line, 0, 0, 1), image: best === 1 ? narrow : image },
      ];
      const [, other] = chooseLines([digit, line], candidates, [opinion(5, 0.9), opinion(best, 0.999)]);
      return other.candidates.length;
    };
    expect([readOf(3, 1), readOf(8, 1), readOf(3, 7)]).toEqual([0, 1, 1]);
  });
});

describe('what is alone in a picture', () => {
  const pair = [{ component: 9 }, { component: 9, cutBefore: cutOf(0.4, 3) }];
  const readOf = (line: AtomLine, ...sure: number[]) => {
    const candidates = [candidate(line, 0, 1), candidate(line, 0, 0), candidate(line, 1, 1)];
    const opinions = sure.map((one) => opinion(8, 0.999, 1 - one));
    return chooseLines([line], candidates, opinions)[0].candidates.map(({ first, last }) => [first, last]);
  };

  it('is two digits that touch if both surely are, however much lies between them', () => {
    const both = [
      [0, 0],
      [1, 1],
    ];
    expect(readOf(atomLine(pair), 0.1, 0.99, 0.99)).toEqual(both);
    expect(readOf(atomLine(pair), 0.1, 0.99, 0.9)).toEqual([]);
    expect(readOf(atomLine([pair[0], { ...pair[1], component: 10 }]), 0.1, 0.1, 0.1)).toEqual([]);
  });

  it('is not, where a part of it is neither, or something is beside it', () => {
    const line = atomLine([...pair, { component: 9, cutBefore: cutOf(0.4, 3) }]);
    expect(readOf(line, 0.1, 0.99, 0.99)).toEqual([]);
    expect(readOf(atomLine([...pair, {}]), 0.1, 0.99, 0.99)).toEqual([]);
  });
});
