/**
 * Timing kernels as the engine runs them: a layer is compiled alone, its step runs forward and backward over and over,
 * and the times of its own calls are added up, each with the barrier where threads meet.
 */
import { type Shape, sizeOf } from '../../../kernels/operation.ts';
import { Purpose, RandomStream } from '../../../kernels/random/reference.ts';
import { compile } from '../../engine/compile.ts';
import type { Executable } from '../../engine/executable.ts';
import type { PlanStep } from '../../engine/plan.ts';
import type { CallTime } from '../../engine/profile.ts';
import { chooseKernels } from '../../engine/wasm/choose.ts';
import type { Level } from '../../engine/wasm/module.ts';
import { openCard } from '../../engine/webgpu/device.ts';
import { measurePeak, type Peak } from '../peak.ts';
import { type RemoteContestant, summarise, type Timing, takeTurns } from '../timing.ts';
import { CardRoofs, cardPeak } from './cardRoof.ts';
import { type Bound, caseName, type Direction, type KernelCase } from './cases.ts';
import { type Roof, Roofs } from './roof.ts';

/** One row: with `gflops` where arithmetic bounds a kernel, with `gigabytes` a second where memory does. */
export interface KernelResult extends Omit<Timing, 'name'> {
  /** Such as `gemm/1024` or `kernel/relu/backward/28x28x32`. */
  case: string;
  engine: string;
  operation: string;
  direction: Direction;
  batch: number;
  threads: number;
  /** The graphics card that computes, if one does. */
  device?: string;
  gflops?: number;
  /** What must be read or written at least once, over the time taken. */
  gigabytes?: number;
  /** What as many threads could do, in the same unit: see roof.ts. */
  roof: number;
  shareOfPeak: number;
}

export interface KernelBenchOptions extends KernelTimingOptions {
  cases: readonly KernelCase[];
  onResult?(result: KernelResult): void;
}

export interface KernelTimingOptions {
  /** `wasm` by default. On a graphics card there is one number of threads, 1, that says nothing. */
  backend?: 'wasm' | 'webgpu';
  threads: readonly number[];
  level?: Level;
  /** Turns of each case, and the most seconds they may take together. */
  repeats: number;
  secondsEach: number;
  /** Milliseconds that a turn should fill. */
  turn?: number;
}

const SEED = 1;
const TURN_MILLISECONDS = 10;
const LEARNING_RATE = 1e-6;
const WEIGHT_GRADIENT =
  /WeightGradient$|AddPartials$|^dense(Product|Transpose|BiasGradient)$|^sum(Columns|Partials)$/;

/** Times kernels, each with all numbers of threads in turn. */
export async function benchKernels(
  options: KernelBenchOptions,
): Promise<{ peak: Peak; results: KernelResult[] }> {
  const { cases, backend = 'wasm' } = options;
  const { peak, roofs } = backend === 'webgpu' ? await openCardRoofs() : await openRoofs(options);
  const device = peak.device;
  const results: KernelResult[] = [];
  for (const kernelCase of cases) {
    for (const timed of await timeKernels(kernelCase, options, roofs)) {
      const { direction, threads, timing, amount, roof } = timed;
      const rate = amount.count / timing.milliseconds / 1e6;
      const isArithmetic = amount.unit === 'flops';
      const { operation, batch } = kernelCase;
      const result: KernelResult = {
        ...{
          case: caseName(kernelCase, direction),
          engine: `inkling-${backend}`,
          operation,
          direction,
          batch,
        },
        ...{
          threads,
          ...(device && { device }),
          ...timing,
          ...(isArithmetic ? { gflops: rate } : { gigabytes: rate }),
        },
        ...{ roof, shareOfPeak: rate / roof },
      };
      results.push(result);
      options.onResult?.(result);
    }
  }
  for (const some of roofs) await some.close();
  return { peak, results };
}

/** What kernels are held against, on each number of threads or on a graphics card. */
interface OpenRoofs {
  peak: Peak;
  roofs: readonly RoofsAbove[];
}

/** The roofs of one place. */
interface RoofsAbove {
  arithmetic: Roof;
  copy(bytes: number): Roof | Promise<Roof>;
  close(): Promise<void>;
}

async function openRoofs({ threads, level }: KernelBenchOptions): Promise<OpenRoofs> {
  const { kernels } = await chooseKernels(level);
  const peak = measurePeak(kernels);
  const roofs: Roofs[] = [];
  for (const count of threads) {
    const { kernels: shared } = await chooseKernels(level, { shared: count > 1, mode: 'train' });
    roofs.push(await Roofs.open(shared, count));
  }
  return { peak, roofs };
}

async function openCardRoofs(): Promise<OpenRoofs> {
  const card = await openCard();
  return { peak: await cardPeak(card), roofs: [await CardRoofs.open(card)] };
}

/** How much a direction does: operations, or bytes. */
interface Amount {
  unit: 'flops' | 'bytes';
  count: number;
}

export interface TimedKernel {
  direction: Direction;
  threads: number;
  timing: Omit<Timing, 'name'>;
  amount: Amount;
  /** In thousand million operations or bytes a second; 0 where nobody asked for it. */
  roof: number;
}

/**
 * Times a case with all numbers of threads in turn: a row for each direction and number. Its roofs, if they are given for
 * each number, take turns with it, so that both have the same share of the machine.
 */
export async function timeKernels(
  kernelCase: KernelCase,
  { backend, threads, level, repeats, secondsEach, turn = TURN_MILLISECONDS }: KernelTimingOptions,
  roofs: readonly RoofsAbove[] = [],
): Promise<TimedKernel[]> {
  const subjects = await Promise.all(
    threads.map(
      async (count) =>
        new KernelSubject(kernelCase, await start(kernelCase, { backend, threads: count, level })),
    ),
  );
  const directions = Object.entries(kernelCase.directions) as [Direction, Bound][];
  const isArithmetic = directions.some(([, bound]) => bound === 'arithmetic');
  const memory = subjects[0].executable.plan.bytes;
  const above = await Promise.all(roofs.map((some) => (isArithmetic ? some.arithmetic : some.copy(memory))));
  const rivals = above.map(({ run }) => ({ name: 'roof', run }));
  const timings = await takeTurns([...subjects, ...rivals], { repeats, secondsEach, turn });
  const rates = above.map(({ amount }, i) => amount / timings[subjects.length + i].milliseconds / 1e6);
  const timed = directions.flatMap(([direction, bound]) =>
    subjects.map((subject, i): TimedKernel => {
      // What it did to warm up comes first and does not count.
      const times = (subject.times.get(direction) ?? []).slice(-timings[i].repeats);
      const amount = amountOf(kernelCase, subject.executable, direction, bound);
      // Where fewer threads are faster, that is the roof: the others may do nothing.
      const roof = Math.max(0, ...rates.filter((_, other) => threads[other] <= threads[i]));
      return { direction, threads: threads[i], timing: summarise(times), amount, roof };
    }),
  );
  for (const { executable } of subjects) await executable.dispose();
  return timed;
}

async function start(
  { layers, input, batch, loss, optimizer }: KernelCase,
  { backend = 'wasm', threads, level }: Pick<KernelTimingOptions, 'backend' | 'level'> & { threads: number },
): Promise<Executable> {
  const executable = await compile(
    { input, layers },
    { backend, batch, mode: 'train', inputGradient: !optimizer, loss, optimizer, threads, level },
  );
  executable.initialise(SEED);
  fill(executable.input);
  // With a loss, all labels are the first class.
  if (!loss) fill(executable.outputGradient);
  return executable;
}

/** Fills an array with random values, quickly: they repeat. */
function fill(values: { length: number; [index: number]: number }): void {
  const random = new RandomStream(SEED, Purpose.synthetic);
  const some = Array.from({ length: Math.min(values.length, 10_007) }, () => random.between(-1, 1));
  for (let i = 0; i < values.length; i++) values[i] = some[i % some.length];
}

/** A layer that runs, with milliseconds of each direction in each turn. */
class KernelSubject implements RemoteContestant {
  readonly name: string;
  readonly times = new Map<Direction, number[]>();
  readonly executable: Executable;
  readonly #isUpdate: boolean;
  readonly #operation: string;
  readonly #layer: string;

  constructor({ operation, optimizer, directions }: KernelCase, executable: Executable) {
    this.name = operation;
    this.executable = executable;
    this.#isUpdate = optimizer !== undefined;
    this.#operation = operation;
    this.#layer = this.#isUpdate ? '' : stepOf(executable, operation, 'forward').layer;
    for (const direction of Object.keys(directions)) this.times.set(direction as Direction, []);
  }

  async time(runs: number): Promise<number> {
    const sums = new Map<Direction, number>();
    const started = performance.now();
    for (let run = 0; run < runs; run++) {
      for (const call of await this.executable.profile(() => this.#step())) {
        if (call.operation !== this.#operation || call.layer !== this.#layer) continue;
        const direction = this.#directionOf(call);
        sums.set(direction, (sums.get(direction) ?? 0) + call.milliseconds);
      }
    }
    for (const [direction, times] of this.times) times.push((sums.get(direction) as number) / runs);
    return performance.now() - started;
  }

  #step(): void {
    if (this.#isUpdate) this.executable.train(SEED, 0, LEARNING_RATE);
    else this.executable.differentiate(SEED, 0);
  }

  #directionOf({ phase, kernel }: CallTime): Direction {
    if (phase !== 'backward' || this.times.has('backward')) return phase;
    return WEIGHT_GRADIENT.test(kernel) ? 'weightGradient' : 'inputGradient';
  }
}

function stepOf({ plan }: Executable, operation: string, phase: 'forward' | 'backward'): PlanStep {
  return plan[phase].find((step) => step.operation.name === operation) as PlanStep;
}

function amountOf(
  { operation }: KernelCase,
  executable: Executable,
  direction: Direction,
  bound: Bound,
): Amount {
  const { plan } = executable;
  if (direction === 'update') {
    // Parameters and slots are read and written, gradients read; or gradients read and written, to clip them.
    const { slots } = plan.update?.ranges[0] ?? { slots: [] };
    const passes = operation === 'clipNorm' ? 2 : 3 + 2 * slots.length;
    return { unit: 'bytes', count: 4 * passes * (plan.update?.gradients.count ?? 0) };
  }
  const step = stepOf(executable, operation, direction === 'forward' ? 'forward' : 'backward');
  if (bound === 'arithmetic') {
    return { unit: 'flops', count: step.operation.flops?.([step.shape.x], step.attributes) ?? 0 };
  }
  const values = bound.reduce((sum, role) => sum + sizeOf(step.shape[role] as Shape), 0);
  return { unit: 'bytes', count: 4 * values };
}
