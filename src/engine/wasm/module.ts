/**
 * Choosing and compiling a WebAssembly module.
 *
 * The kernels are compiled for two instruction levels: `simd`, which every engine of today runs, and `relaxed`,
 * whose fused multiply-add is about a tenth faster where the engine knows it. The engine is asked by handing it the
 * module to validate. Each level has the register tile that fits its instructions (see kernels/gemm).
 */
import type { Tile } from '../../../kernels/operation.ts';
import { InklingError } from '../../errors.ts';

export type Level = 'simd' | 'relaxed';

export const LEVELS: readonly Level[] = ['simd', 'relaxed'];

export const LEVEL_NAMES: Record<Level, string> = { simd: 'SIMD', relaxed: 'relaxed SIMD' };

/** Measured best: a tile that spills registers runs at half the speed. */
export const TILES: Record<Level, Tile> = { simd: { rows: 4, columns: 8 }, relaxed: { rows: 4, columns: 8 } };

export interface KernelModule {
  level: Level;
  module: WebAssembly.Module;
}

const compiled = new Map<Level, Promise<KernelModule>>();

/** The module of this level, or of the best one the engine takes. Compiled once per process. */
export async function loadKernels(level?: Level): Promise<KernelModule> {
  const wanted = level ?? ((await isValid('relaxed')) ? 'relaxed' : 'simd');
  let kernels = compiled.get(wanted);
  if (!kernels) {
    kernels = compile(wanted);
    compiled.set(wanted, kernels);
  }
  return kernels;
}

async function isValid(level: Level): Promise<boolean> {
  return WebAssembly.validate(await bytesOf(level));
}

async function compile(level: Level): Promise<KernelModule> {
  const bytes = await bytesOf(level);
  if (!WebAssembly.validate(bytes)) {
    throw new InklingError(
      `This JavaScript engine does not run WebAssembly with ${LEVEL_NAMES[level]}; choose another level with INKLING_WASM or the reference backend.`,
    );
  }
  return { level, module: await WebAssembly.compile(bytes) };
}

async function bytesOf(level: Level): Promise<Uint8Array<ArrayBuffer>> {
  const { default: base64 } =
    level === 'relaxed'
      ? await import('../../../kernels/build/relaxed.js')
      : await import('../../../kernels/build/simd.js');
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
