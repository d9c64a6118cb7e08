/**
 * What kernels that memory bounds are held against: a copy by as many threads, over as much memory as the step goes
 * over. What is small stays in a cache, and there a copy is several times as fast, so one roof is not enough.
 */
import type { KernelCall } from '../../../kernels/operation.ts';
import { takeMemory } from '../../engine/wasm/memory.ts';
import type { KernelModule } from '../../engine/wasm/module.ts';
import { poolOf } from '../../engine/wasm/pool.ts';
import { bindCall } from '../../engine/wasm/team.ts';

/** The smallest copy, of bytes read and written together; the others are twice as large each. */
const SMALLEST = 4096;
const SIZES = 16;
const LARGEST = SMALLEST * 2 ** (SIZES - 1);
const FIRST_ADDRESS = 4096;
const LINE = 64;
/** What small copies move together in a run, so that the command to the team does not count. */
const TURN_BYTES = 2 ** 25;
const MOST_RUNS = 1000;

export interface Copy {
  /** Bytes read and written by a run. */
  bytes: number;
  run(): void;
}

/** Copies of all sizes by so many threads. */
export class Copies {
  readonly #copies: readonly Copy[];
  /** Lets the other threads forget them. */
  readonly close: () => Promise<void>;

  private constructor(copies: readonly Copy[], close: () => Promise<void>) {
    this.#copies = copies;
    this.close = close;
  }

  /** @param kernels of the kind for a shared memory, if there are several threads. */
  static async open({ module, shared }: KernelModule, threads: number): Promise<Copies> {
    const memory = takeMemory(FIRST_ADDRESS + LARGEST, shared);
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    // Memory that was never written is one page of zeros over and over, which stays in the cache.
    new Uint8Array(memory.buffer, FIRST_ADDRESS, LARGEST / 2).fill(1);
    const args = [FIRST_ADDRESS, FIRST_ADDRESS + LARGEST / 2];
    const programs = Array.from({ length: SIZES }, (_, size) => {
      const bytes = SMALLEST * 2 ** size;
      const runs = Math.min(MOST_RUNS, Math.ceil(TURN_BYTES / bytes));
      return Array<KernelCall>(runs).fill({ kernel: 'copyLines', args, extent: bytes / 2 / LINE });
    });
    const pool = threads > 1 ? await poolOf(threads) : undefined;
    const base = (await pool?.bind({ module, memory, programs })) ?? 0;
    const copies = programs.map((calls, size): Copy => {
      const own = calls.map((call) => bindCall(exports, call, 0, threads));
      const alone = () => {
        for (const { run, args } of own) run(...args);
      };
      return {
        bytes: SMALLEST * 2 ** size * calls.length,
        run: pool ? () => pool.run(base + size, own) : alone,
      };
    });
    return new Copies(copies, async () => pool?.unbind(base, SIZES));
  }

  /** A copy from one half of about `bytes` to the other; a run may do it several times. */
  over(bytes: number): Copy {
    const size = Math.round(Math.log2(bytes / SMALLEST));
    return this.#copies[Math.max(0, Math.min(SIZES - 1, size))];
  }
}
