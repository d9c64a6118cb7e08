/**
 * The compiled kernels, at each instruction level.
 *
 * - `simd`: 128-bit SIMD, which every engine of today runs.
 * - `relaxed`: with fused multiply-add. An engine is asked whether it knows it by handing it the module to validate.
 * - `wide`: the same module, with V8 told to join pairs of 128-bit operations into 256-bit ones (AVX2). The flag is
 *   experimental and only there in Node 24 and later on x86-64; so what it makes is checked against the reference
 *   before it is used (see choose.ts). It goes with a second flag that skips V8's quick first compiler, so that the
 *   code that is checked is the code that runs.
 *
 * Flags belong to the whole process: once `wide` was loaded, other levels compiled later are widened too.
 *
 * Each level comes in two kinds: for a memory that threads share, and for one of a single thread (see memory.ts).
 */
import type { Tile } from '../../../kernels/operation.ts';
import { InklingError } from '../../errors.ts';
import { unshare } from './unshare.ts';

export type Level = 'simd' | 'relaxed' | 'wide';

/** From the plainest to the fastest. */
export const LEVELS: readonly Level[] = ['simd', 'relaxed', 'wide'];

export const LEVEL_NAMES: Record<Level, string> = {
  simd: 'SIMD',
  relaxed: 'relaxed SIMD',
  wide: 'relaxed SIMD, widened to 256 bits',
};

/** Measured best for each level: a tile that needs more registers than there are runs at half the speed. */
export const TILES: Record<Level, Tile> = {
  simd: { rows: 4, columns: 8 },
  relaxed: { rows: 6, columns: 8 },
  wide: { rows: 6, columns: 16 },
};

const WIDE_FLAGS = ['--experimental-wasm-revectorize', '--no-liftoff'];
const WIDE_SINCE_NODE = 24;

export interface KernelModule {
  level: Level;
  /** Whether it runs over a memory that threads share. */
  shared: boolean;
  module: WebAssembly.Module;
}

const compiled = new Map<string, Promise<KernelModule>>();

/** The module of one level, compiled once per process; an error says why there is none. */
export function loadKernels(level: Level, shared = false): Promise<KernelModule> {
  const key = `${level} ${shared}`;
  let kernels = compiled.get(key);
  if (!kernels) {
    kernels = compile(level, shared);
    compiled.set(key, kernels);
  }
  return kernels;
}

async function compile(level: Level, shared: boolean): Promise<KernelModule> {
  const original = await bytesOf(level);
  const bytes = shared ? original : unshare(original);
  if (!WebAssembly.validate(bytes)) {
    throw new InklingError(`This JavaScript engine does not run WebAssembly with ${LEVEL_NAMES[level]}.`);
  }
  if (level === 'wide') widen();
  return { level, shared, module: await WebAssembly.compile(bytes) };
}

function widen(): void {
  const { process } = globalThis;
  const node = Number.parseInt(process?.versions?.node ?? '0', 10);
  if (node < WIDE_SINCE_NODE || process.arch !== 'x64') {
    throw new InklingError(`Widened SIMD needs Node ${WIDE_SINCE_NODE} or later on an x86-64 processor.`);
  }
  const v8 = process.getBuiltinModule('node:v8');
  for (const flag of WIDE_FLAGS) v8.setFlagsFromString(flag);
}

async function bytesOf(level: Level): Promise<Uint8Array<ArrayBuffer>> {
  const { default: base64 } =
    level === 'simd'
      ? await import('../../../kernels/build/simd.js')
      : await import('../../../kernels/build/relaxed.js');
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
