import { describe, expect, test } from 'vitest';
import type { KernelResult } from './kernels/measure.ts';
import { renderMarkdown, replaceBetweenMarkers, withMarkers } from './markdown.ts';
import type { BenchResult } from './networks.ts';
import { renderReport } from './report.ts';
import type { ScalingResult } from './scaling/measure.ts';
import { type BenchRun, milliseconds, reasons, times } from './summary.ts';

const row = (engine: string, time: number, threads: number, ratio?: number): BenchResult => ({
  ...{
    case: 'infer/keras/256',
    engine,
    threads,
    milliseconds: time,
    fastest: time,
    slowest: time,
    repeats: 5,
  },
  ...{ gflops: 10, shareOfPeak: 0.5, imagesPerSecond: 256_000 / time, ratio },
});

const RUN: BenchRun = {
  machine: '2 cores of <Test>',
  peak: { gflops: 136.2, gigabytes: 20 },
  results: [
    row('inkling-wasm', 20, 1, 1),
    row('inkling-wasm', 10, 2, 1),
    { ...row('ort-node', 8, 2, 0.8), version: '1.30.0' },
    { ...row('tfjs-cpu', 3000, 1, 150), version: '4.22.0' },
  ],
  skips: [
    { case: 'train/keras/128', engine: 'ort-node', threads: 1, skipped: 'does not train' },
    { case: 'train/keras/128', engine: 'ort-node', threads: 2, skipped: 'does not train' },
  ],
};

const times3 = (time: number) => ({ milliseconds: time, fastest: time, slowest: time, repeats: 3 });

const kernel = (name: string, threads: number, rate: Partial<KernelResult>): KernelResult => ({
  ...{ case: name, engine: 'inkling-wasm', operation: 'any', direction: 'forward', batch: 128, threads },
  ...{ ...times3(2), roof: 100, shareOfPeak: 0.5, ...rate },
});

const KERNELS = [
  kernel('gemm/<512>', 1, { gflops: 50 }),
  kernel('gemm/<512>', 2, { gflops: 90, shareOfPeak: 1.25 }),
  kernel('kernel/relu/forward/28x28x32', 1, { gigabytes: 12.34 }),
];

const MORE_DIRECTIONS = [
  kernel('gemm/<512>/inputGradient', 1, { direction: 'inputGradient', gflops: 40, shareOfPeak: 0.4 }),
  kernel('kernel/adam/update/4096', 2, { direction: 'update', gigabytes: 20 }),
];

const SCALING = [1, 2, 4].flatMap((x): ScalingResult[] =>
  (['batch', 'threads'] as const).map((curve) => ({
    ...{ case: `scaling/${curve}/train/deep/${x}`, engine: 'inkling-wasm', curve, line: 'train/deep', x },
    ...{ threads: 2, ...times3(3 * x), gflops: 10, shareOfPeak: 0.1 },
  })),
);

/** Whether every tag of a page is closed where it should be. */
function isWellFormed(page: string): boolean {
  const open: string[] = [];
  for (const [, slash, name, rest] of page.matchAll(/<(\/?)(\w+)((?:[^<>"]|"[^"<]*")*)>/g)) {
    if (name === 'meta' || rest.endsWith('/')) continue;
    if (!slash) open.push(name);
    else if (open.pop() !== name) return false;
  }
  return open.length === 0;
}

describe('Markdown', () => {
  test('has a table for each number of threads, with ratios', () => {
    const text = renderMarkdown(RUN);
    expect(text).toContain('**Inference, 1 thread**');
    expect(text).toContain('| network | batch | inkling-wasm | tfjs-cpu 4.22.0 |');
    expect(text).toContain('| keras | 256 | 20.0 | 3,000 (150×) |');
    expect(text).toContain('| keras | 256 | 10.0 | 8.00 (0.80×) |');
    expect(text).toContain('- ort-node: does not train (train/keras/128).');
  });

  test('has a row for each operation and shape, with the shares of its directions', () => {
    const text = renderMarkdown({ ...RUN, results: [], kernels: [...KERNELS, ...MORE_DIRECTIONS] });
    expect(text).not.toContain('in brackets');
    expect(text).toContain(
      "| kernel | forward, 1 thread | forward, 2 threads | input's gradient, 1 thread |",
    );
    expect(text).toContain('| gemm <512> | 50 % | 125 % | 40 % | – | – | – |');
    expect(text).toContain('| relu 28x28x32 | 50 % | – | – | – | – | – |');
    expect(text).toContain('| adam 4096 | – | – | – | – | – | 50 % |');
  });

  test('goes between markers, again and again, and nowhere else', () => {
    const file = `# Title\n\n${withMarkers('old')}\nThe rest.\n`;
    const once = replaceBetweenMarkers(file, 'new\n')!;
    expect(once).toContain('new');
    expect(once).not.toContain('old');
    expect(once.startsWith('# Title\n')).toBe(true);
    expect(once.endsWith('The rest.\n')).toBe(true);
    expect(replaceBetweenMarkers(once, 'new\n')).toBe(once);
    expect(replaceBetweenMarkers('no markers', 'new')).toBeUndefined();
  });

  test('of kernels alone has markers of its own', () => {
    const file = withMarkers('networks') + withMarkers('old', 'kernels');
    const once = replaceBetweenMarkers(file, 'new\n', 'kernels')!;
    expect(once).toContain('networks');
    expect(once).toContain('new');
    expect(once).not.toContain('old');
    expect(replaceBetweenMarkers(withMarkers('networks'), 'new', 'kernels')).toBeUndefined();
  });
});

test('the page draws a bar for each engine, as long as it is fast', () => {
  const page = renderReport(RUN);
  expect(page).toContain('2 cores of &#60;Test&#62;');
  const charts = page.match(/<svg[\s\S]*?<\/svg>/g)!;
  expect(charts).toHaveLength(2);
  const widths = (svg: string) =>
    [...svg.matchAll(/<rect[^>]* width="([\d.]+)"/g)].map((match) => Number(match[1]));
  const [fastest, slower] = widths(charts[1]);
  expect(slower / fastest).toBeCloseTo(0.8, 2);
  expect(charts[1]).toContain('8.00 ms, 0.80× our time');
  expect(page).not.toMatch(/https?:|<script/);
});

test('the page has kernels beside their roofs, and curves', () => {
  const page = renderReport({ ...RUN, results: [], kernels: KERNELS, scaling: SCALING });
  expect(isWellFormed(page)).toBe(true);
  expect(isWellFormed(renderReport(RUN))).toBe(true);
  expect(isWellFormed(page.replace('</svg>', ''))).toBe(false);
  expect(page).toContain('gemm/&#60;512&#62;');
  const widths = [...page.matchAll(/style="width: ([\d.]+)%"/g)].map((match) => Number(match[1]));
  expect(widths).toEqual([50, 100, 50]);
  expect(page).toContain('<b>125 %</b>');
  expect(page.match(/<svg class="plot"/g)).toHaveLength(2);
  expect(page).not.toMatch(/https?:|<script|undefined|NaN/);
});

test('numbers are short and reasons are given once', () => {
  expect([0.0213, 3.456, 34.56, 345.6, 34567.8].map(milliseconds)).toEqual([
    ...['0.021', '3.46', '34.6', '346', '34,568'],
  ]);
  expect([0.042, 1.25, 31.4, 5000].map(times)).toEqual(['0.04×', '1.3×', '31×', '5,000×']);
  expect(reasons(RUN.skips)).toEqual(['ort-node: does not train (train/keras/128).']);
});
