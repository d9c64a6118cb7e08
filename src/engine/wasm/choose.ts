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
import type { PlanOptions, SourceOptions } from '../plan.ts';
import { buildPlan } from '../planner.ts';
import { bindReference } from '../reference.ts';
import { bindWasm } from './bind.ts';
import { type KernelModule, LEVEL_NAMES, LEVELS, type Level, loadKernels } from './module.ts';

export interface Choice {
  kernels: KernelModule;
  /** Why faster levels were passed over. */
  notes: string[];
  /** Present where one of them runs, but computes something else than it should. */
  warning?: string;
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

/** What kernels are wanted for: a network that only answers is checked by its answers alone, which takes less time. */
export interface Use {
  /** Whether threads share the memory. */
  shared: boolean;
  mode: 'train' | 'infer';
}

const SINGLE: Use = { shared: false, mode: 'train' };

const keyOf = ({ shared, mode }: Use) => `${mode} ${shared}`;

/** What a level computes differs from the reference. */
class WrongResults extends InklingError {}

/** Checks and chooses among the modules that `load` gives for each level, and remembers what it found. */
export class KernelChooser {
  readonly #load: typeof loadKernels;
  readonly #best = new Map<string, Promise<Choice>>();
  readonly #checked = new Map<string, Promise<KernelModule>>();

  constructor(load: typeof loadKernels) {
    this.#load = load;
  }

  /** The kernels of this level, or of the best that works here. */
  choose(level?: Level, use = SINGLE): Promise<Choice> {
    if (level) return this.#verified(level, use).then((kernels) => ({ kernels, notes: [] }));
    return remembered(this.#best, keyOf(use), () => this.#chooseBest(use));
  }

  async #chooseBest(use: Use): Promise<Choice> {
    const notes: string[] = [];
    let warning: string | undefined;
    for (const level of [...LEVELS].reverse()) {
      try {
        return { kernels: await this.#verified(level, use), notes, warning };
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        notes.push(`${LEVEL_NAMES[level]}: ${error.message}`);
        if (error instanceof WrongResults) warning ??= `${level} passed over, since it computes wrongly here`;
      }
    }
    throw new InklingError(`WebAssembly does not work here (${notes.join(' ')}); use the reference backend.`);
  }

  /** What each level is good for here, from the plainest to the fastest, and which one is taken. */
  async survey(): Promise<{ levels: LevelReport[]; chosen: Level }> {
    const levels: LevelReport[] = [];
    for (const level of LEVELS) {
      try {
        await this.#verified(level, SINGLE);
        levels.push({ level, name: LEVEL_NAMES[level], works: true });
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        levels.push({ level, name: LEVEL_NAMES[level], works: false, reason: error.message });
      }
    }
    const { kernels } = await this.choose();
    return { levels, chosen: kernels.level };
  }

  #verified(level: Level, use: Use): Promise<KernelModule> {
    return remembered(this.#checked, `${level} ${keyOf(use)}`, async () => {
      const loaded = await this.#load(level, use.shared);
      await selfCheck(loaded, use.mode);
      return loaded;
    });
  }
}

function remembered<Value>(
  memory: Map<string, Promise<Value>>,
  key: string,
  make: () => Promise<Value>,
): Promise<Value> {
  const known = memory.get(key) ?? make();
  memory.set(key, known);
  return known;
}

/** Of the modules that are built. */
const builtIn = new KernelChooser(loadKernels);

/** The kernels of this level, or of the best that works here. */
export function chooseKernels(level?: Level, use?: Use): Promise<Choice> {
  return builtIn.choose(level, use);
}

/** What each level is good for here, from the plainest to the fastest, and which one is taken. */
export function surveyLevels(): ReturnType<KernelChooser['survey']> {
  return builtIn.survey();
}

/** Pictures whose augmentation is checked: all kinds of it at once. */
const CHECK_SOURCE: SourceOptions = {
  examples: 3,
  normalisation: { mean: 0.4, deviation: 0.6 },
  augmentation: {
    ...{ rotation: 30, scale: 0.2, shear: 0.2, shift: 1, elastic: 1, elasticSpacing: 3, thickness: 1 },
    ...{ contrast: 0.3, brightness: 0.2, noise: 0.1, cutOut: 2 },
    ...{ outline: 0.5, lines: 2, negative: 0.5 },
  },
};

/** Single-channel, direct and Winograd convolutions, whole and partial tiles, and what stands between them. */
const CHECK_MODEL: ModelSpec = {
  input: [24, 16, 1],
  layers: [
    conv2d({ filters: 8, kernelSize: 3, padding: 'same' }),
    relu(),
    maxPool2d({ poolSize: 2 }),
    conv2d({ filters: 1, kernelSize: 3, padding: 'same' }),
    conv2d({ filters: 32, kernelSize: 3, padding: 'same', useBias: false }),
    batchNorm(),
    relu(),
    maxPool2d({ poolSize: 2 }),
    conv2d({ filters: 32, kernelSize: 3, padding: 'same' }),
    relu(),
    maxPool2d({ poolSize: 2 }),
    conv2d({ filters: 9, kernelSize: 3, stride: 2, padding: 'same' }),
    maxPool2d({ poolSize: 2, padding: 'same' }),
    flatten(),
    dense({ units: 7 }),
  ],
};

async function selfCheck(kernels: KernelModule, mode: 'train' | 'infer'): Promise<void> {
  // Some gradients take a tile full of pictures at a time.
  const options: PlanOptions = { batch: mode === 'train' ? 6 : 2, mode };
  if (mode === 'train')
    Object.assign(options, {
      ...{ loss: { type: 'softmaxCrossEntropy' }, optimizer: { type: 'sgd' }, source: CHECK_SOURCE },
      mixup: { alpha: 1 },
    });
  const plain = buildPlan(CHECK_MODEL, options);
  const expected = resultsOf(new Executable(plain, bindReference(plain, 64)));
  const plan = buildPlan(CHECK_MODEL, { ...options, fuse: true });
  const actual = resultsOf(new Executable(plan, await bindWasm(plan, kernels, 1)));
  for (const [name, values] of expected) {
    const error = worstError(actual.get(name) as FloatArray, values);
    if (!(error < TOLERANCE)) {
      throw new WrongResults(`Its ${name} differs from the reference by ${error.toExponential(1)}.`);
    }
  }
}

/** The answers for random pictures and, where it can train, what one step makes of weights and gradients. */
function resultsOf(executable: Executable): Map<string, FloatArray> {
  const random = new RandomStream(1, Purpose.synthetic);
  executable.initialise(1);
  const results = new Map<string, FloatArray>();
  if (executable.plan.mode === 'train') {
    for (let i = 0; i < executable.labels.length; i++) executable.labels[i] = i;
    for (let i = 0; i < executable.pictures.length; i++) executable.pictures[i] = random.below(256);
    for (let i = 0; i < executable.indices.length; i++)
      executable.indices[i] = (i + 2) % CHECK_SOURCE.examples;
    executable.train(1, 0, 0.01);
    results.set('input', executable.input);
    results.set('loss', executable.loss);
    for (const [name, values] of executable.weights()) results.set(name, values);
    for (const [name, values] of executable.gradients()) results.set(`gradient of ${name}`, values);
  } else {
    for (let i = 0; i < executable.input.length; i++) executable.input[i] = random.between(-1, 1);
  }
  executable.infer();
  return results.set('output', executable.output);
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
