/**
 * The roofs of this machine, measured with the same module and in the same run as everything held against them: a
 * loop of multiply-adds in registers, and a copy too large for any cache.
 */
import { tileCode } from '../../kernels/gemm/tiles.ts';
import { type KernelModule, type Level, TILES } from '../engine/wasm/module.ts';

export interface Peak {
  /** The graphics card whose peak it is; otherwise it is that of one thread. */
  device?: string;
  /** In thousand million operations a second. */
  gflops: number;
  /** Bytes read and written by a copy, in thousand million a second. */
  gigabytes: number;
}

const TURNS = 15;
const STEPS = 200_000;
const COPY_BYTES = 256 * 2 ** 20;
const DATA = 4096;

/** A call that does so many multiply-adds in registers. */
export function arithmeticLoop(level: Level): { kernel: string; args: number[]; flops: number } {
  const tile = TILES[level];
  const args = [tileCode(tile), DATA, STEPS];
  return { kernel: 'multiplyAddLoop', args, flops: 2 * tile.rows * tile.columns * STEPS };
}

export function measurePeak({ module, level }: KernelModule): Peak {
  const pages = (2 * COPY_BYTES) / 65536 + 1;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const { kernel, args, flops } = arithmeticLoop(level);
  const loop = exports[kernel] as (...args: number[]) => void;
  const copy = exports.copyLines as (from: number, to: number, begin: number, end: number) => void;
  // Memory that was never written is one page of zeros over and over, which stays in the cache.
  new Uint8Array(memory.buffer, 65536, COPY_BYTES).fill(1);
  const fastestLoop = fastest(() => loop(...args));
  const fastestCopy = fastest(() => copy(65536, 65536 + COPY_BYTES, 0, COPY_BYTES / 64));
  return {
    gflops: flops / fastestLoop / 1e6,
    gigabytes: (2 * COPY_BYTES) / fastestCopy / 1e6,
  };
}

/** Milliseconds of the fastest turn: a roof is what can be had, not what is had on average. */
function fastest(run: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < TURNS; turn++) {
    const started = performance.now();
    run();
    best = Math.min(best, performance.now() - started);
  }
  return best;
}
