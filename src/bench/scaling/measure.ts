/**
 * How time grows: with the batch, with the channels of a convolution, and how it shrinks with threads. Where a curve
 * leaves the line that is in proportion to the work, something else than the work takes the time.
 */
import { chooseKernels } from '../../engine/wasm/choose.ts';
import type { Level } from '../../engine/wasm/module.ts';
import { NETWORKS } from '../../model/networks.ts';
import { summarise, trainingFlops } from '../../model/summary.ts';
import { convolution } from '../kernels/cases.ts';
import { timeKernels } from '../kernels/measure.ts';
import { measurePeak, type Peak } from '../peak.ts';
import { compileSubject, drawSubject, type Workload } from '../subject.ts';
import { type Timing, takeTurns } from '../timing.ts';

export type Curve = 'batch' | 'channels' | 'threads';

/** A point of a curve. */
export interface ScalingResult extends Omit<Timing, 'name'> {
  /** Such as `scaling/batch/train/deep/64`. */
  case: string;
  engine: string;
  curve: Curve;
  /** Which of a curve's lines: `train/deep`, `infer/deep`, or the direction of a convolution. */
  line: string;
  /** Where on the curve: pictures, channels or threads. */
  x: number;
  threads: number;
  gflops: number;
  shareOfPeak: number;
}

export interface ScalingOptions {
  network: keyof typeof NETWORKS;
  level?: Level;
  repeats: number;
  secondsEach: number;
  /** Cores of this machine, by default. */
  cores?: number;
  batches?: readonly number[];
  channels?: readonly number[];
  onResult?(result: ScalingResult): void;
}

const WORKLOADS: readonly Workload[] = ['train', 'infer'];
/** Of the curve over threads. */
const BATCH = { train: 128, infer: 256 };
/** The convolution's pictures: as large as in the middle of a network for digits. */
const SIDE = 14;
const PICTURES = 32;
const TURN_MILLISECONDS = 10;
const SEED = 1;
/** With more threads than cores there is nothing to gain; how much is lost is shown where it is quickly measured. */
const MOST_TOO_MANY = 4;

/** 1, 2, 4, … `last`. */
const doubling = (first: number, last: number) =>
  Array.from({ length: Math.floor(Math.log2(last / first)) + 1 }, (_, i) => first * 2 ** i);

export async function benchScaling(
  options: ScalingOptions,
): Promise<{ peak: Peak; results: ScalingResult[] }> {
  const { level, cores = navigator.hardwareConcurrency } = options;
  const { batches = doubling(1, 1024), channels = doubling(8, 256) } = options;
  const peak = measurePeak((await chooseKernels(level)).kernels);
  const results: ScalingResult[] = [];
  const add = (point: Point) => {
    const { curve, line, x, threads, timing, flops } = point;
    const gflops = flops / timing.milliseconds / 1e6;
    const result: ScalingResult = {
      ...{ case: `scaling/${curve}/${line}/${x}`, engine: 'inkling-wasm', curve, line, x, threads },
      ...timing,
      ...{ gflops, shareOfPeak: gflops / (peak.gflops * Math.min(threads, cores)) },
    };
    results.push(result);
    options.onResult?.(result);
  };
  for (const workload of WORKLOADS) {
    for (const batch of batches) add(await networkPoint('batch', workload, batch, cores, options));
  }
  for (const count of channels) {
    const kernelCase = { ...convolution(SIDE, count, count), batch: PICTURES };
    for (const { direction, timing, amount } of await timeKernels(kernelCase, {
      ...options,
      threads: [cores],
    })) {
      add({ curve: 'channels', line: direction, x: count, threads: cores, timing, flops: amount.count });
    }
  }
  for (const workload of WORKLOADS) {
    for (const threads of threadCounts(cores)) {
      add(await networkPoint('threads', workload, BATCH[workload], threads, options));
    }
  }
  return { peak, results };
}

/** All numbers up to a few, then in doubling steps up to the cores; and twice the cores where those are few. */
export function threadCounts(cores: number): number[] {
  const steps = cores <= MOST_TOO_MANY ? Array.from({ length: cores }, (_, i) => i + 1) : doubling(1, cores);
  const tooMany = 2 * cores <= MOST_TOO_MANY ? [2 * cores] : [];
  return [...new Set([...steps, cores, ...tooMany])];
}

interface Point extends Pick<ScalingResult, 'curve' | 'line' | 'x' | 'threads'> {
  timing: Omit<Timing, 'name'>;
  flops: number;
}

async function networkPoint(
  curve: 'batch' | 'threads',
  workload: Workload,
  batch: number,
  threads: number,
  { network, level, repeats, secondsEach }: ScalingOptions,
): Promise<Point> {
  const model = NETWORKS[network];
  const executable = await compileSubject(await drawSubject(model, workload, batch), { threads, level });
  let step = 0;
  // Without learning: a network that knows its few pictures by heart has gradients so small that arithmetic slows down.
  const run = () => (workload === 'train' ? executable.train(SEED, step++, 0) : executable.infer());
  const [{ name, ...timing }] = await takeTurns([{ name: workload, run }], {
    ...{ repeats, secondsEach, turn: TURN_MILLISECONDS },
  });
  await executable.dispose();
  const flops = workload === 'train' ? trainingFlops(model, batch) : summarise(model).flops * batch;
  const x = curve === 'batch' ? batch : threads;
  return { curve, line: `${name}/${network}`, x, threads, timing, flops };
}
