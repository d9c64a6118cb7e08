/** Timing whole networks: a training step, or the answers for a batch. */
import { chooseKernels } from '../engine/wasm/choose.ts';
import type { Level } from '../engine/wasm/module.ts';
import { openCard } from '../engine/webgpu/device.ts';
import { InklingError } from '../errors.ts';
import { NETWORKS } from '../model/networks.ts';
import { summarise, trainingFlops } from '../model/summary.ts';
import { cardPeak } from './kernels/cardRoof.ts';
import { measurePeak, type Peak } from './peak.ts';
import { type Rival, withOurs } from './rivals/catalogue.ts';
import { type Contender, Contest, type Declined } from './rivals/contest.ts';
import { drawSubject, type Subject, SubjectRun, type Where, type Workload } from './subject.ts';
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
  /** The graphics card that computes, if one does. */
  device?: string;
  milliseconds: number;
  fastest: number;
  slowest: number;
  repeats: number;
  /** Effective rate: what the mathematics asks for, over the time taken. */
  gflops: number;
  /** Of the measured peak of so many threads or of the card, 0 to 1; wider instructions than ours may pass 1. */
  shareOfPeak: number;
  imagesPerSecond: number;
  /** Its time over ours in the same place: above 1 we are faster. 1 for us; left out where there is no such time. */
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
  /** `wasm` by default. */
  backend?: 'wasm' | 'webgpu';
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

/** After a pause the system may wake two threads on one core, and takes some milliseconds to see it. */
const TURN_MILLISECONDS = 100;
const STEP_LIMIT_SECONDS = 60;

/** Times networks, for every network and batch with all engines and numbers of threads in turn. */
export async function benchNetworks(
  options: NetworkBenchOptions,
): Promise<{ peak: Peak; results: BenchResult[] }> {
  const { workload, networks, batches, rivals = [], onResult, onSkip } = options;
  const place = await openPlace(options);
  let { peak } = place;
  const results: BenchResult[] = [];
  const contest = new Contest(withOurs(rivals), options.stepLimitSeconds ?? STEP_LIMIT_SECONDS);
  try {
    for (const network of networks) {
      for (const batch of batches) {
        const model = NETWORKS[network as keyof typeof NETWORKS];
        const subject = await drawSubject(model, workload, batch);
        const flops = workload === 'train' ? trainingFlops(model, batch) : summarise(model).flops * batch;
        const { timed, declined } = await timeCase(subject, contest, place, options);
        const name = `${workload}/${network}/${batch}`;
        for (const { engine, version, threads, device, timing, difference, beside, ...more } of timed) {
          peak ??= more.peak;
          const { name: _, ...times } = timing;
          const ours = timed.find(
            (other) => other.engine === (beside ?? place.engine) && other.threads === threads,
          );
          const gflops = flops / times.milliseconds / 1e6;
          const result: BenchResult = {
            ...{ case: name, engine, ...(version && { version }), threads, ...(device && { device }) },
            ...{ ...times, gflops },
            shareOfPeak: peak ? gflops / (peak.gflops * threads) : 0,
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
  return { peak: peak ?? { gflops: 0, gigabytes: 0, device: 'a graphics card' }, results };
}

/** Where our engine runs in this process, and what can be had there at most. */
interface Place {
  engine: string;
  /** One entry of options for each of our contestants. */
  runs: readonly (Where & { threads: number })[];
  device?: string;
  peak?: Peak;
  /** Why we do not run here. */
  skipped?: string;
}

async function openPlace({ backend, threads, level, rivals = [] }: NetworkBenchOptions): Promise<Place> {
  if (backend !== 'webgpu') {
    const { kernels } = await chooseKernels(level);
    const runs = threads.map((count) => ({ threads: count, level }));
    return { engine: 'inkling-wasm', runs, peak: measurePeak(kernels) };
  }
  const engine = 'inkling-webgpu';
  try {
    const card = await openCard();
    const runs = [{ backend, threads: 1 }];
    return { engine, runs, device: card.description, peak: await cardPeak(card) };
  } catch (error) {
    if (!(error instanceof InklingError) || rivals.length === 0) throw error;
    return { engine, runs: [], skipped: error.message };
  }
}

interface Timed extends Partial<Pick<Contender, 'version' | 'difference' | 'device' | 'peak' | 'beside'>> {
  engine: string;
  threads: number;
  timing: Timing;
}

async function timeCase(
  subject: Subject,
  contest: Contest,
  { engine, runs, device, skipped }: Place,
  { threads, repeats, secondsEach }: NetworkBenchOptions,
): Promise<{ timed: Timed[]; declined: Declined[] }> {
  const entries = await contest.enter(subject, threads);
  const isOurs = ({ engine, beside }: Contender) => Number(engine === beside);
  const contenders = entries.filter((entry) => 'time' in entry).sort((a, b) => isOurs(b) - isOurs(a));
  const declined = entries.filter((entry) => 'skipped' in entry);
  if (skipped) declined.unshift({ engine, threads: 1, skipped });
  const own = await Promise.all(runs.map((where) => SubjectRun.create(subject, where)));
  const ours = own.map(
    (run): LocalContestant => ({ name: engine, run: () => run.step(), settle: run.settle }),
  );
  const timings = await takeTurns([...ours, ...contenders], {
    repeats,
    secondsEach,
    turn: TURN_MILLISECONDS,
  });
  for (const { executable } of own) await executable.dispose();
  const timed = timings.map((timing, i): Timed => {
    if (i < runs.length) return { engine, threads: runs[i].threads, device, timing };
    const { time: _, name: __, ...contender } = contenders[i - runs.length];
    return { ...contender, timing };
  });
  return { timed, declined };
}
