/** Timing whole networks: a training step, or the answers for a batch. */
import { Purpose, RandomStream } from '../../kernels/random/reference.ts';
import { compile } from '../engine/compile.ts';
import type { Executable } from '../engine/executable.ts';
import { chooseKernels } from '../engine/wasm/choose.ts';
import type { Level } from '../engine/wasm/module.ts';
import type { ModelSpec } from '../model/layers.ts';
import { NETWORKS } from '../model/networks.ts';
import { summarise, trainingFlops } from '../model/summary.ts';
import { measurePeak, type Peak } from './peak.ts';
import { type Contestant, takeTurns } from './timing.ts';

export type Workload = 'train' | 'infer';

/** One row of a benchmark. */
export interface BenchResult {
  /** Such as `train/deep/128`: workload, network, batch. */
  case: string;
  engine: string;
  threads: number;
  milliseconds: number;
  fastest: number;
  slowest: number;
  repeats: number;
  /** Effective rate: what the mathematics asks for, over the time taken. */
  gflops: number;
  /** Of the measured peak of so many threads, 0 to 1. */
  shareOfPeak: number;
  imagesPerSecond: number;
}

export interface NetworkBenchOptions {
  workload: Workload;
  networks: readonly string[];
  batches: readonly number[];
  threads: readonly number[];
  level?: Level;
  /** Turns of each case, and the most seconds they may take together. */
  repeats: number;
  secondsEach: number;
  onResult?(result: BenchResult): void;
}

/** Times networks on our engine, for every network and batch with all numbers of threads in turn. */
export async function benchNetworks(
  options: NetworkBenchOptions,
): Promise<{ peak: Peak; results: BenchResult[] }> {
  const { workload, networks, batches, threads, level, onResult } = options;
  const { kernels } = await chooseKernels(level);
  const peak = measurePeak(kernels);
  const results: BenchResult[] = [];
  for (const network of networks) {
    for (const batch of batches) {
      const model = NETWORKS[network as keyof typeof NETWORKS];
      const flops = workload === 'train' ? trainingFlops(model, batch) : summarise(model).flops * batch;
      const executables = await Promise.all(
        threads.map((count) => prepare(model, workload, batch, count, level)),
      );
      const contestants = executables.map((executable, i) => contestant(executable, workload, threads[i]));
      const timings = await takeTurns(contestants, options);
      for (const [i, { name: _, ...timing }] of timings.entries()) {
        const gflops = flops / timing.milliseconds / 1e6;
        const result: BenchResult = {
          case: `${workload}/${network}/${batch}`,
          engine: 'inkling-wasm',
          threads: threads[i],
          ...timing,
          gflops,
          shareOfPeak: gflops / (peak.gflops * threads[i]),
          imagesPerSecond: (batch / timing.milliseconds) * 1000,
        };
        results.push(result);
        onResult?.(result);
      }
      for (const executable of executables) await executable.dispose();
    }
  }
  return { peak, results };
}

async function prepare(
  model: ModelSpec,
  workload: Workload,
  batch: number,
  threads: number,
  level?: Level,
): Promise<Executable> {
  const executable = await compile(model, {
    ...{ batch, threads, level, mode: workload },
    loss: { type: 'softmaxCrossEntropy' },
    optimizer: { type: 'adam' },
  });
  executable.initialise(1);
  const random = new RandomStream(1, Purpose.synthetic);
  const { input } = executable;
  for (let i = 0; i < input.length; i++) input[i] = random.uniform();
  if (workload === 'train') {
    for (let i = 0; i < batch; i++) executable.labels[i] = random.below(10);
  }
  return executable;
}

function contestant(executable: Executable, workload: Workload, threads: number): Contestant {
  let step = 0;
  return {
    name: `inkling-wasm on ${threads}`,
    run: () => (workload === 'train' ? executable.train(1, step++, 1e-3) : executable.infer()),
  };
}
