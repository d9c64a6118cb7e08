/**
 * Choosing the instruction level: the fastest whose results are right (see check.ts). A level that the engine refuses or
 * compiles wrongly is passed over, and the reason kept for whoever asks.
 */
import { InklingError } from '../../errors.ts';
import { selfCheck, WrongResults } from './check.ts';
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

/** What kernels are wanted for: a network that only answers is checked by its answers alone, which takes less time. */
export interface Use {
  /** Whether threads share the memory. */
  shared: boolean;
  mode: 'train' | 'infer';
}

const SINGLE: Use = { shared: false, mode: 'train' };

const keyOf = ({ shared, mode }: Use) => `${mode} ${shared}`;

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
