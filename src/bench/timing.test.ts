import { describe, expect, test } from 'vitest';
import { takeTurns } from './timing.ts';

const busy = (milliseconds: number) => () => {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
};

describe('takeTurns', () => {
  test('lets contestants run in turn and orders them rightly', async () => {
    const turns: string[] = [];
    const contestants = [
      { name: 'slow', run: busy(4) },
      { name: 'quick', run: busy(1) },
    ].map(({ name, run }) => ({
      name,
      run() {
        turns.push(name);
        run();
      },
    }));
    const [slow, quick] = await takeTurns(contestants, { repeats: 5, secondsEach: 0.3 });
    // Warm-ups change hands once; three turns each, the least there are, five times more.
    const changes = turns.filter((name, i) => i > 0 && name !== turns[i - 1]).length;
    expect(changes).toBeGreaterThanOrEqual(6);
    expect(slow.milliseconds).toBeGreaterThan(quick.milliseconds);
    for (const { fastest, milliseconds, slowest } of [slow, quick]) {
      expect(fastest).toBeLessThanOrEqual(milliseconds);
      expect(milliseconds).toBeLessThanOrEqual(slowest);
    }
  });

  test('waits for contestants that take their time, and gives each at least three turns', async () => {
    const later = { name: 'later', run: () => new Promise<void>((resolve) => setTimeout(resolve, 30)) };
    const [timing] = await takeTurns([later], { repeats: 50, secondsEach: 0.01 });
    expect(timing.repeats).toBe(3);
    expect(timing.fastest).toBeGreaterThan(25);
  });

  test('fills a turn with runs, and tells the time of one', async () => {
    const asked: number[] = [];
    const remote = {
      name: 'remote',
      async time(runs: number) {
        asked.push(runs);
        return runs * 2;
      },
    };
    const [timing] = await takeTurns([remote], { repeats: 4, secondsEach: 1, turn: 20 });
    expect(asked.slice(-4)).toEqual([10, 10, 10, 10]);
    expect(timing).toMatchObject({ milliseconds: 2, repeats: 4 });
  });

  test('runs what is known to be slow once, unless it turns out to be quick', async () => {
    const asked: number[] = [];
    const slow = {
      name: 'slow',
      expected: 900,
      async time(runs: number) {
        asked.push(runs);
        return 1000;
      },
    };
    const [timing] = await takeTurns([slow], { repeats: 9, secondsEach: 2, turn: 20 });
    expect(asked).toEqual([1]);
    expect(timing).toMatchObject({ milliseconds: 1000, repeats: 1 });
    const misjudged = { name: 'misjudged', expected: 900, time: async (runs: number) => 100 * runs };
    const [second] = await takeTurns([misjudged], { repeats: 9, secondsEach: 2, turn: 20 });
    expect(second).toMatchObject({ milliseconds: 100, repeats: 9 });
  });
});
