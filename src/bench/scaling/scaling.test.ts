import { expect, test } from 'vitest';
import { benchScaling, threadCounts } from './measure.ts';
import { renderPlot, ticks } from './plot.ts';
import { renderScaling } from './report.ts';

test('each curve has its points, and a plot', { timeout: 60_000 }, async () => {
  const { results } = await benchScaling({
    ...{ network: 'tfjs', repeats: 3, secondsEach: 0.001, cores: 1, batches: [1, 4], channels: [4, 8] },
  });
  const lines = ['forward', 'weightGradient', 'inputGradient'];
  expect(results.map((result) => result.case).sort()).toEqual(
    [
      ...['train', 'infer'].flatMap((kind) => [1, 4].map((batch) => `scaling/batch/${kind}/tfjs/${batch}`)),
      ...lines.flatMap((line) => [4, 8].map((channels) => `scaling/channels/${line}/${channels}`)),
      ...['train', 'infer'].flatMap((kind) => [1, 2].map((count) => `scaling/threads/${kind}/tfjs/${count}`)),
    ].sort(),
  );
  for (const { milliseconds, gflops, shareOfPeak } of results) {
    for (const value of [milliseconds, gflops, shareOfPeak]) expect(value).toBeGreaterThan(0);
  }
  const page = renderScaling(results);
  expect(page.match(/<svg/g)).toHaveLength(3);
  expect(page).not.toMatch(/NaN|Infinity|undefined/);
  expect(page).toContain('weight gradient');
});

test('threads go up to the cores, and past them where there are few', () => {
  expect([1, 2, 4, 6, 16].map(threadCounts)).toEqual([
    ...[
      [1, 2],
      [1, 2, 4],
      [1, 2, 3, 4],
      [1, 2, 4, 6],
      [1, 2, 4, 8, 16],
    ],
  ]);
});

test('what is in proportion is drawn straight', () => {
  const points = [1, 4, 16, 64].map((x) => [x, 3 * x] as const);
  const svg = renderPlot({ title: 't', xLabel: 'x', yLabel: 'y', lines: [{ name: 'n', points }] });
  const [, drawn] = /<polyline points="([^"]*)"/.exec(svg) as RegExpExecArray;
  const places = drawn.split(' ').map((pair) => pair.split(',').map(Number));
  const slopes = places.slice(1).map(([x, y], i) => (y - places[i][1]) / (x - places[i][0]));
  for (const slope of slopes) expect(slope).toBeCloseTo(slopes[0], 2);
});

test('ticks are round numbers within the range', () => {
  expect(ticks(0.3, 30)).toEqual([0.5, 1, 2, 5, 10, 20]);
  expect(ticks(1, 100_000)).toEqual([1, 10, 100, 1000, 10_000, 100_000]);
});
