/**
 * The WebAssembly backend: lowers a plan to kernel calls and runs them over one shared memory, alone or with a team.
 *
 * The memory is laid out here; the kernels get addresses and allocate nothing.
 */
import type { FloatArray } from '../../../kernels/operation.ts';
import { InklingError } from '../../errors.ts';
import { PROGRAM_NAMES, type Program, type ProgramName } from '../executable.ts';
import { type Plan, viewOf } from '../plan.ts';
import { lowerPlan } from './lower.ts';
import { type KernelModule, LEVEL_NAMES, TILES } from './module.ts';
import { type Pool, poolOf } from './pool.ts';
import { bindCalls } from './team.ts';

const PAGE = 65536;
/** Room after the last buffer, since the widest tile may load that far past the end of what it needs. */
const TAIL = 256;
/** Pages a 32-bit memory can have. */
const MAXIMUM_PAGES = 65536;

export async function bindWasm(
  plan: Plan,
  { module, level }: KernelModule,
  threads: number,
): Promise<Program> {
  const { programs, bytes } = lowerPlan(plan, threads, TILES[level]);
  const memory = createMemory(bytes + TAIL);
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const bound = PROGRAM_NAMES.map((name) => bindCalls(exports, programs[name], 0, threads));
  let pool: Pool | undefined;
  let base = 0;
  if (threads > 1) {
    pool = await poolOf(threads);
    base = await pool.bind({ module, memory, programs: PROGRAM_NAMES.map((name) => programs[name]) });
  }

  const floats = plan.tensors.map((tensor) => viewOf(memory.buffer, tensor, 32));
  const integers = floats.map(({ byteOffset, length }) => new Int32Array(memory.buffer, byteOffset, length));
  const hyperView = plan.update && new Float32Array(memory.buffer, plan.update.hyper, 16);
  const random = new Uint32Array(memory.buffer, plan.random, 3);

  function run(name: ProgramName): void {
    const index = PROGRAM_NAMES.indexOf(name);
    const calls = bound[index];
    if (calls.length === 0) return;
    if (pool) {
      pool.team.command(base + index);
      pool.team.run(calls);
    } else {
      for (const { run, args } of calls) run(...args);
    }
  }

  return {
    description: `wasm (${LEVEL_NAMES[level]}, ${threads} ${threads === 1 ? 'thread' : 'threads'})`,
    floats: (index) => floats[index] as FloatArray,
    integers: (index) => integers[index],
    random: () => random,
    run,
    update(hyper) {
      hyperView?.set(hyper);
      run('update');
    },
    async dispose() {
      await pool?.unbind(base, PROGRAM_NAMES.length);
    },
  };
}

function createMemory(bytes: number): WebAssembly.Memory {
  const pages = Math.ceil(bytes / PAGE);
  const size = `${Math.ceil(bytes / 2 ** 20)} MiB`;
  if (pages > MAXIMUM_PAGES) {
    throw new InklingError(
      `The model needs ${size} for this batch size, and WebAssembly has 4096 MiB; choose a smaller batch.`,
    );
  }
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  } catch (cause) {
    throw new InklingError(
      `There is no memory for the ${size} that this batch size needs; choose a smaller batch.`,
      {
        cause,
      },
    );
  }
}
