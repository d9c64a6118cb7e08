/** The benchmark on a graphics card: kernels, and whole networks in this process and in a page of Chromium. */
import { expect } from 'vitest';
import { findChromium } from '../src/bench/browser/chromium.ts';
import { KERNEL_CASES } from '../src/bench/kernels/cases.ts';
import { benchKernels } from '../src/bench/kernels/measure.ts';
import { renderMarkdown } from '../src/bench/markdown.ts';
import { type BenchSkip, benchNetworks } from '../src/bench/networks.ts';
import { RIVALS } from '../src/bench/rivals/catalogue.ts';
import { onCard } from './adapter.ts';
import { needs } from './requirements.ts';

const inChromium = needs(findChromium() !== undefined, 'Chromium (Debian package chromium)');
const TIMEOUT = 120_000;
const QUICK = { backend: 'webgpu', threads: [1], repeats: 3, secondsEach: 0.1 } as const;

onCard(
  'every direction of a kernel is timed by the clock of the card, beside its roof',
  async () => {
    const cases = KERNEL_CASES.filter(
      ({ operation, square, shape }) => square === 256 || operation === 'adamw' || shape === '14x14x64',
    ).map((kernelCase) => ({ ...kernelCase, batch: kernelCase.square ?? Math.min(2, kernelCase.batch) }));
    const { results, peak } = await benchKernels({ ...QUICK, turn: 0, cases });
    expect(peak.device).toBeTruthy();
    expect(results).toHaveLength(cases.flatMap(({ directions }) => Object.keys(directions)).length);
    for (const result of results) {
      expect(result).toMatchObject({ engine: 'inkling-webgpu', device: peak.device, repeats: 3 });
      for (const value of [result.milliseconds, result.gflops ?? result.gigabytes, result.shareOfPeak]) {
        expect(value, result.case).toBeGreaterThan(0);
        expect(value, result.case).toBeLessThan(Number.POSITIVE_INFINITY);
      }
    }
  },
  TIMEOUT,
);

for (const workload of ['train', 'infer'] as const) {
  inChromium(
    `a network is timed in a page too, where it computes the same (${workload})`,
    async () => {
      const skips: BenchSkip[] = [];
      const run = await benchNetworks({
        ...{ ...QUICK, workload, networks: ['tfjs'], batches: [4], onSkip: (skip) => skips.push(skip) },
        // Timed where it is installed, and otherwise said to be missing; our page is there either way.
        rivals: RIVALS.filter(({ name }) => name === 'tfjs-webgpu'),
      });
      const [page] = run.results.filter(({ engine }) => engine === 'inkling-webgpu-chromium');
      expect(skips.map(({ engine }) => engine)).not.toContain('inkling-webgpu-chromium');
      expect(page).toMatchObject({ case: `${workload}/tfjs/4`, ratio: 1, device: expect.any(String) });
      expect(page.difference).toBeLessThan(1e-3);
      expect(renderMarkdown({ ...run, machine: 'this', skips })).toContain(', graphics card**');
    },
    TIMEOUT,
  );
}
