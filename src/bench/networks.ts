/** Timing whole networks: a training step, or the answers for a batch. */
import { chooseKernels } from '../engine/wasm/choose.ts';
import type { Level } from '../engine/wasm/module.ts';
import { NETWORKS } from '../model/networks.ts';
import { summarise, trainingFlops } from '../model/summary.ts';
import { measurePeak, type Peak } from './peak.ts';
import type { Rival } from './rivals/catalogue.ts';
import { type Contender, Contest, type Declined } from './rivals/contest.ts';
import { compileSubject, drawSubject, runSubject, type Subject, type Workload } from './subject.ts';
import { type LocalContestant, type Timing, takeTurns } from './timing.ts';

export type { Workload } from './subject.ts';

/** One row of a benchmark. */
export interface BenchResult {
  /** Such as `train/deep/128`: workload, network, batch. */
  case: string;
  engine: string;
  /** A rival's. */
  version?: string;
  threads: number;
  milliseconds: number;
  fastest: number;
  slowest: number;
  repeats: number;
  /** Effective rate: what the mathematics asks for, over the time taken. */
  gflops: number;
  /** Of the measured peak of so many threads, 0 to 1; a rival with wider instructions than ours may pass 1. */
  shareOfPeak: number;
  imagesPerSecond: number;
  /** Its time over ours on as many threads: above 1 we are faster. 1 for us; left out where there is no such time. */
  ratio?: number;
  /** How far a rival's results are from ours, relative to their size. */
  difference?: number;
}

/** A row that could not be measured. */
export interface BenchSkip {
  case: string;
  engine: string;
  threads: number;
  /** Why. */
  skipped: string;
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
  /** Whom to time beside us; nobody by default. */
  rivals?: readonly Rival[];
  /** The longest step of a rival that is waited for. */
  stepLimitSeconds?: number;
  onResult?(result: BenchResult): void;
  onSkip?(skip: BenchSkip): void;
}

const TURN_MILLISECONDS = 20;
const STEP_LIMIT_SECONDS = 60;
const OUR_NAME = 'inkling-wasm';

/** Times networks, for every network and batch with all engines and numbers of threads in turn. */
export async function benchNetworks(
  options: NetworkBenchOptions,
): Promise<{ peak: Peak; results: BenchResult[] }> {
  const { workload, networks, batches, level, rivals = [], onResult, onSkip } = options;
  const { kernels } = await chooseKernels(level);
  const peak = measurePeak(kernels);
  const results: BenchResult[] = [];
  const contest = new Contest(rivals, options.stepLimitSeconds ?? STEP_LIMIT_SECONDS);
  try {
    for (const network of networks) {
      for (const batch of batches) {
        const model = NETWORKS[network as keyof typeof NETWORKS];
        const subject = await drawSubject(model, workload, batch);
        const flops = workload === 'train' ? trainingFlops(model, batch) : summarise(model).flops * batch;
        const { timed, declined } = await timeCase(subject, contest, options);
        const name = `${workload}/${network}/${batch}`;
        for (const { engine, version, threads, timing, difference } of timed) {
          const { name: _, ...times } = timing;
          const ours = timed.find((other) => other.engine === OUR_NAME && other.threads === threads);
          const gflops = flops / times.milliseconds / 1e6;
          const result: BenchResult = {
            ...{ case: name, engine, ...(version !== undefined && { version }), threads, ...times, gflops },
            shareOfPeak: gflops / (peak.gflops * threads),
            imagesPerSecond: (batch / times.milliseconds) * 1000,
            ...(ours && { ratio: times.milliseconds / ours.timing.milliseconds }),
            ...(difference !== undefined && { difference }),
          };
          results.push(result);
          onResult?.(result);
        }
        for (const skip of declined) onSkip?.({ case: name, ...skip });
      }
    }
  } finally {
    contest.close();
  }
  return { peak, results };
}

interface Timed extends Partial<Pick<Contender, 'version' | 'difference'>> {
  engine: string;
  threads: number;
  timing: Timing;
}

async function timeCase(
  subject: Subject,
  contest: Contest,
  options: NetworkBenchOptions,
): Promise<{ timed: Timed[]; declined: Declined[] }> {
  const { threads, level, repeats, secondsEach } = options;
  const entries = await contest.enter(subject, threads);
  const contenders = entries.filter((entry) => 'time' in entry);
  const declined = entries.filter((entry) => 'skipped' in entry);
  const executables = await Promise.all(
    threads.map((count) => compileSubject(subject, { threads: count, level })),
  );
  const ours = executables.map((executable): LocalContestant => {
    let step = 0;
    return { name: OUR_NAME, run: () => runSubject(executable, subject.workload, step++) };
  });
  const timings = await takeTurns([...ours, ...contenders], {
    repeats,
    secondsEach,
    turn: TURN_MILLISECONDS,
  });
  for (const executable of executables) await executable.dispose();
  const timed = timings.map((timing, i): Timed => {
    if (i < threads.length) return { engine: OUR_NAME, threads: threads[i], timing };
    const { engine, version, threads: used, difference } = contenders[i - threads.length];
    return { engine, version, threads: used, difference, timing };
  });
  return { timed, declined };
}
