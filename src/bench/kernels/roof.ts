/**
 * What kernels are held against, done by as many threads as the kernel has: multiply-adds in registers where
 * arithmetic bounds it, and where memory does, a copy over as much memory as the step goes over. What is small stays
 * in a cache, and there a copy is several times as fast, so one copy is not enough.
 */
import type { KernelCall } from '../../../kernels/operation.ts';
import { takeMemory } from '../../engine/wasm/memory.ts';
import type { KernelModule } from '../../engine/wasm/module.ts';
import { poolOf } from '../../engine/wasm/pool.ts';
import { bindCall } from '../../engine/wasm/team.ts';
import { arithmeticLoop } from '../peak.ts';

/** The smallest copy, of bytes read and written together; the others are twice as large each. */
const SMALLEST = 4096;
const SIZES = 16;
const LARGEST = SMALLEST * 2 ** (SIZES - 1);
/** Behind what the multiply-adds read. */
const FIRST_ADDRESS = 65536;
const LINE = 64;
/** What small copies move together in a run, so that the command to the team does not count. */
const RUN_BYTES = 2 ** 25;
const MOST_CALLS = 1000;

export interface Roof {
  /** Operations, or bytes read and written, of a run. */
  amount: number;
  run(): void | Promise<void>;
}

/** The roofs of so many threads. */
export class Roofs {
  readonly arithmetic: Roof;
  readonly #copies: readonly Roof[];
  /** Lets the other threads forget them. */
  readonly close: () => Promise<void>;

  private constructor(arithmetic: Roof, copies: readonly Roof[], close: () => Promise<void>) {
    this.arithmetic = arithmetic;
    this.#copies = copies;
    this.close = close;
  }

  /** @param kernels of the kind for a shared memory, if there are several threads. */
  static async open({ module, level, shared }: KernelModule, threads: number): Promise<Roofs> {
    const memory = takeMemory(FIRST_ADDRESS + LARGEST, shared);
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    // Memory that was never written is one page of zeros over and over, which stays in the cache.
    new Uint8Array(memory.buffer, FIRST_ADDRESS, LARGEST / 2).fill(1);
    // It is told of its slice and pays no heed: every thread does all.
    const { flops, ...loop } = arithmeticLoop(level);
    const programs = [
      [{ ...loop, extent: threads }],
      ...Array.from({ length: SIZES }, (_, i) => copyCalls(i)),
    ];
    const pool = threads > 1 ? await poolOf(threads) : undefined;
    const base = (await pool?.bind({ module, memory, programs })) ?? 0;
    const runs = programs.map((calls, i) => {
      const own = calls.map((call) => bindCall(exports, call, 0, threads));
      if (pool) return () => pool.run(base + i, own);
      return () => {
        for (const { run, args } of own) run(...args);
      };
    });
    const [arithmetic, ...copies] = runs.map(
      (run, i): Roof => ({
        amount: i === 0 ? flops * threads : SMALLEST * 2 ** (i - 1) * programs[i].length,
        run,
      }),
    );
    return new Roofs(arithmetic, copies, async () => pool?.unbind(base, programs.length));
  }

  /** A copy from one half of about `bytes` to the other, several times in a run where that is little. */
  copy(bytes: number): Roof {
    const size = Math.round(Math.log2(bytes / SMALLEST));
    return this.#copies[Math.max(0, Math.min(SIZES - 1, size))];
  }
}

function copyCalls(size: number): KernelCall[] {
  const bytes = SMALLEST * 2 ** size;
  const count = Math.min(MOST_CALLS, Math.ceil(RUN_BYTES / bytes));
  const args = [FIRST_ADDRESS, FIRST_ADDRESS + LARGEST / 2];
  return Array(count).fill({ kernel: 'copyLines', args, extent: bytes / 2 / LINE });
}
