/**
 * Choosing the instruction level: the fastest whose results are right.
 *
 * Before a level is used, one training step of a small network that touches every hot kernel, with sizes that fit no
 * tile, runs on it and on the reference. A level that the engine refuses or compiles wrongly is passed over, and the
 * reason kept for whoever asks.
 */
import type { FloatArray } from '../../../kernels/operation.ts';
import { Purpose, RandomStream } from '../../../kernels/random/reference.ts';
import { InklingError } from '../../errors.ts';
import { batchNorm, conv2d, dense, flatten, type ModelSpec, maxPool2d, relu } from '../../model/layers.ts';
import { Executable } from '../executable.ts';
import { buildPlan, type PlanOptions } from '../plan.ts';
import { bindReference } from '../reference.ts';
import { bindWasm } from './bind.ts';
import { type KernelModule, LEVEL_NAMES, LEVELS, type Level, loadKernels } from './module.ts';

export interface Choice {
  kernels: KernelModule;
  /** Why faster levels were passed over. */
  notes: string[];
}

export interface LevelReport {
  level: Level;
  name: string;
  /** Whether the engine runs it and its results agree with the reference. */
  works: boolean;
  /** Why not. */
  reason?: string;
}

/** Largest difference to the reference, relative to the typical value of a tensor. */
const TOLERANCE = 1e-3;

const best = new Map<boolean, Promise<Choice>>();
const checked = new Map<string, Promise<KernelModule>>();

/** The kernels of this level, or of the best that works here, for a memory that is `shared` by threads or not. */
export function chooseKernels(level?: Level, shared = false): Promise<Choice> {
  if (level) return verified(level, shared).then((kernels) => ({ kernels, notes: [] }));
  let choice = best.get(shared);
  if (!choice) {
    choice = chooseBest(shared);
    best.set(shared, choice);
  }
  return choice;
}

async function chooseBest(shared: boolean): Promise<Choice> {
  const notes: string[] = [];
  for (const level of [...LEVELS].reverse()) {
    try {
      return { kernels: await verified(level, shared), notes };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      notes.push(`${LEVEL_NAMES[level]}: ${error.message}`);
    }
  }
  throw new InklingError(`WebAssembly does not work here (${notes.join(' ')}); use the reference backend.`);
}

/** What each level is good for here, from the plainest to the fastest, and which one is taken. */
export async function surveyLevels(): Promise<{ levels: LevelReport[]; chosen: Level }> {
  const levels: LevelReport[] = [];
  for (const level of LEVELS) {
    try {
      await verified(level, false);
      levels.push({ level, name: LEVEL_NAMES[level], works: true });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      levels.push({ level, name: LEVEL_NAMES[level], works: false, reason: error.message });
    }
  }
  const { kernels } = await chooseKernels();
  return { levels, chosen: kernels.level };
}

function verified(level: Level, shared: boolean): Promise<KernelModule> {
  const key = `${level} ${shared}`;
  let kernels = checked.get(key);
  if (!kernels) {
    kernels = loadKernels(level, shared).then(async (loaded) => {
      await selfCheck(loaded);
      return loaded;
    });
    checked.set(key, kernels);
  }
  return kernels;
}

const CHECK_MODEL: ModelSpec = {
  input: [7, 9, 1],
  layers: [
    conv2d({ filters: 17, kernelSize: 3, padding: 'same', useBias: false }),
    batchNorm(),
    relu(),
    conv2d({ filters: 9, kernelSize: 3, stride: 2, padding: 'same' }),
    maxPool2d({ poolSize: 2 }),
    flatten(),
    dense({ units: 7 }),
  ],
};

async function selfCheck(kernels: KernelModule): Promise<void> {
  const options: PlanOptions = {
    batch: 5,
    mode: 'train',
    loss: { type: 'softmaxCrossEntropy' },
    optimizer: { type: 'sgd' },
  };
  const plain = buildPlan(CHECK_MODEL, options);
  const expected = trainOnce(new Executable(plain, bindReference(plain, 64)));
  const plan = buildPlan(CHECK_MODEL, { ...options, fuse: true });
  const actual = trainOnce(new Executable(plan, await bindWasm(plan, kernels, 1)));
  for (const [name, values] of expected) {
    const error = worstError(actual.get(name) as FloatArray, values);
    if (!(error < TOLERANCE)) {
      throw new InklingError(`Its ${name} differs from the reference by ${error.toExponential(1)}.`);
    }
  }
}

/** What one training step and an inference afterwards give. */
function trainOnce(executable: Executable): Map<string, FloatArray> {
  const random = new RandomStream(1, Purpose.synthetic);
  executable.initialise(1);
  for (let i = 0; i < executable.input.length; i++) executable.input[i] = random.between(-1, 1);
  for (let i = 0; i < executable.labels.length; i++) executable.labels[i] = i;
  executable.train(1, 0, 0.01);
  executable.infer();
  const gradients = [...executable.gradients()].map(([name, values]): [string, FloatArray] => [
    `gradient of ${name}`,
    values,
  ]);
  return new Map([
    ...executable.weights(),
    ...gradients,
    ['loss', executable.loss],
    ['output', executable.output],
  ]);
}

function worstError(actual: FloatArray, expected: FloatArray): number {
  let squares = 0;
  for (let i = 0; i < expected.length; i++) squares += expected[i] ** 2;
  const typical = Math.sqrt(squares / expected.length) + 1e-6;
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i] - expected[i]) / typical;
    if (!(error <= worst)) worst = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
  }
  return worst;
}
