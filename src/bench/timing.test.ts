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
    expect(turns.slice(-4)).toEqual(['slow', 'quick', 'slow', 'quick']);
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
});
