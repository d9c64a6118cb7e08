/** A benchmark's results, arranged for people: what the Markdown and the HTML page have in common. */
import type { KernelResult } from './kernels/measure.ts';
import type { BenchResult, BenchSkip } from './networks.ts';
import type { Peak } from './peak.ts';
import type { ScalingResult } from './scaling/measure.ts';

export interface BenchRun {
  machine: string;
  peak: Peak;
  results: readonly BenchResult[];
  skips: readonly BenchSkip[];
  kernels?: readonly KernelResult[];
  scaling?: readonly ScalingResult[];
}

/** All engines that ran one case on as many threads, or on a graphics card. */
export interface Comparison {
  workload: string;
  network: string;
  batch: number;
  /** `2 threads` or `graphics card`. */
  place: string;
  results: BenchResult[];
}

export const WORKLOAD_TITLES: Record<string, string> = { train: 'A training step', infer: 'Inference' };

/** Groups results by case and threads, in the order they came. */
export function comparisons(results: readonly BenchResult[]): Comparison[] {
  const groups = new Map<string, Comparison>();
  for (const result of results) {
    const [workload, network, batch] = result.case.split('/');
    const place = placeOf(result);
    const key = `${result.case} ${place}`;
    const group = groups.get(key) ?? {
      ...{ workload, network, batch: Number(batch), place, results: [] },
    };
    group.results.push(result);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** `2 threads`, or `graphics card` where one computes. */
export function placeOf({ threads, device }: { threads: number; device?: string }): string {
  if (device !== undefined) return 'graphics card';
  return `${threads} ${threads === 1 ? 'thread' : 'threads'}`;
}

/** What a run was measured on, and what can be had there at most. */
export function headingOf({ machine, peak: { device, gflops } }: BenchRun): string {
  const most = `does at most ${gflops.toFixed(0)} GFLOPS there.`;
  return device === undefined
    ? `Measured on ${machine}; a thread of ours ${most}`
    : `Measured on ${machine}, on the graphics card ${device}, which ${most}`;
}

/** Engines with their versions, ours first. */
export function engines(results: readonly BenchResult[]): Map<string, string | undefined> {
  return new Map(results.map(({ engine, version }) => [engine, version]));
}

/** Why engines were left out, each reason once, with the cases it concerns. */
export function reasons(skips: readonly BenchSkip[]): string[] {
  const cases = new Map<string, Set<string>>();
  for (const skip of skips) {
    const key = `${skip.engine}: ${skip.skipped}`;
    cases.set(key, (cases.get(key) ?? new Set()).add(skip.case));
  }
  return [...cases].map(([reason, concerned]) => `${reason} (${[...concerned].join(', ')}).`);
}

/** Milliseconds with three digits that count. */
export function milliseconds(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3);
}

/** 0.42 as `0.42×`, 31.4 as `31×`. */
export function times(ratio: number): string {
  return `${ratio >= 10 ? Math.round(ratio).toLocaleString('en-US') : ratio.toFixed(ratio >= 1 ? 1 : 2)}×`;
}
