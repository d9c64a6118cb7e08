/** Flags that several commands share, and checks of what people give them. */
import type { Argv } from 'yargs';
import {
  type BackendName,
  LEVELS,
  type Level,
  type RunOptions,
  rememberTiles,
  type TileMemory,
  UsageError,
} from '../reading.ts';

/** A `coerce` that lets whole numbers of a range through. */
export function wholeNumber(flag: string, minimum: number, maximum: number): (value: number) => number {
  return (value) => {
    if (Number.isInteger(value) && value >= minimum && value <= maximum) return value;
    throw new UsageError(
      `The flag --${flag} takes a whole number from ${minimum} to ${maximum}${shown(value)}.`,
    );
  };
}

/** A `coerce` that lets numbers above 0 through. */
export function positiveNumber(flag: string): (value: number) => number {
  return (value) => {
    if (Number.isFinite(value) && value > 0) return value;
    throw new UsageError(`The flag --${flag} takes a number above 0${shown(value)}.`);
  };
}

/** A `coerce` that lets numbers of a range through. */
export function numberBetween(flag: string, minimum: number, maximum: number): (value: number) => number {
  return (value) => {
    if (value >= minimum && value <= maximum) return value;
    throw new UsageError(`The flag --${flag} takes a number from ${minimum} to ${maximum}${shown(value)}.`);
  };
}

/** A `coerce` that lets some words through. */
export function oneOf<Word extends string>(flag: string, words: readonly Word[]): (value: Word) => Word {
  return (value) => {
    if (words.includes(value)) return value;
    throw new UsageError(`The flag --${flag} takes one of ${words.join(', ')}, not "${value}".`);
  };
}

/** yargs makes NaN of what is no number, so there is nothing to show then. */
function shown(value: number): string {
  return Number.isNaN(value) ? '' : `, not ${value}`;
}

const BACKENDS: readonly (BackendName | 'auto')[] = ['auto', 'wasm', 'webgpu', 'reference'];
const MOST_THREADS = 64;
export const PRECISIONS = [32, 16] as const;

/** Where a network runs. */
export function engineFlags<Flags>(commandLine: Argv<Flags>) {
  return commandLine
    .option('backend', {
      choices: BACKENDS,
      coerce: oneOf('backend', BACKENDS),
      requiresArg: true,
      default: 'auto' as const,
      describe: 'What computes: WebAssembly, a graphics card, or plain TypeScript, which is slow',
    })
    .option('threads', {
      type: 'number',
      coerce: wholeNumber('threads', 1, MOST_THREADS),
      requiresArg: true,
      describe: 'How many threads compute [default: as many as pay]',
    })
    .option('precision', {
      choices: PRECISIONS,
      requiresArg: true,
      describe:
        'Bits of a number: with 16 a graphics card rounds inputs and weights to so many before it multiplies them',
    });
}

/** What is trained or tested on. `defaultSet` is left out where a resumed run knows it. */
export function datasetFlags<Flags>(commandLine: Argv<Flags>) {
  return commandLine
    .option('dataset', {
      type: 'string',
      requiresArg: true,
      describe:
        'mnist, synthetic, pages, a CSV file, a folder of pictures (0/*.png … 9/*.png) or of IDX files, or several joined by + [default: mnist]',
    })
    .option('data', {
      type: 'string',
      requiresArg: true,
      describe: "Folder with MNIST's files [default: $INKLING_DATA, or data/mnist]",
    });
}

interface EngineFlags {
  backend?: BackendName | 'auto';
  threads?: number;
  precision?: (typeof PRECISIONS)[number];
}

/** Loaded when a card asks: most runs have none. */
const tilesInFile: TileMemory = {
  load: async (card) => (await import('./tileFile.ts')).tileFile().load(card),
  save: async (card, tile) => (await import('./tileFile.ts')).tileFile().save(card, tile),
};

/** The flags of `engineFlags` and INKLING_WASM, as the engine takes them; what it finds of a card is kept in a file. */
export function engineOptions({ backend, threads, precision }: EngineFlags): RunOptions {
  rememberTiles(tilesInFile);
  return { backend, threads, precision, level: levelFromEnvironment() };
}

function levelFromEnvironment(): Level | undefined {
  const wanted = process.env.INKLING_WASM;
  if (!wanted) return undefined;
  const level = LEVELS.find((known) => known === wanted);
  if (level) return level;
  throw new UsageError(
    `INKLING_WASM is "${wanted}"; set it to one of ${LEVELS.join(', ')}, or leave it out.`,
  );
}
