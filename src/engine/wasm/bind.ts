/**
 * The WebAssembly backend: lowers a plan to kernel calls and runs them over one memory, alone or with a team.
 *
 * The memory is laid out here; the kernels get addresses and allocate nothing.
 */
import { InklingError } from '../../errors.ts';
import { PROGRAM_NAMES, type Program, type ProgramName } from '../executable.ts';
import { type Plan, viewsOf } from '../plan.ts';
import { type Lap, stopwatch } from '../profile.ts';
import { lowerPlan } from './lower.ts';
import { giveBackMemory, takeMemory } from './memory.ts';
import { type KernelModule, LEVEL_NAMES, TILES } from './module.ts';
import { type Pool, poolOf } from './pool.ts';
import { type BoundCall, bindCall } from './team.ts';

/** Room after the last buffer, since the widest tile may load that far past the end of what it needs. */
const TAIL = 256;

/** Lets workers forget programs whose executable was dropped without `dispose()`. */
const dropped = new FinalizationRegistry<{ pool: Pool; base: number }>(({ pool, base }) => {
  pool.unbind(base, PROGRAM_NAMES.length).catch(() => {});
});

/**
 * @param threads how many run it; more than one needs kernels for a shared memory.
 * @param note goes into the description: why there are no more threads, or no faster level.
 */
export async function bindWasm(
  plan: Plan,
  { module, level, shared }: KernelModule,
  threads: number,
  note?: string,
): Promise<Program> {
  const { programs, bytes } = lowerPlan(plan, threads, TILES[level]);
  const memory = takeMemory(bytes + TAIL, shared);
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  const parts = Array.from({ length: threads }, (_, part) => part);
  /** This thread's slices, for a team; and everybody's, one after the other, for this thread alone. */
  const bound = PROGRAM_NAMES.map((name) => ({
    own: programs[name].map((call) => bindCall(exports, call, 0, threads)),
    all: programs[name].map((call) => parts.map((part) => bindCall(exports, call, part, threads))),
  }));
  let pool: Pool | undefined;
  let base = 0;
  if (threads > 1) {
    pool = await poolOf(threads);
    base = await pool.bind({ module, memory, programs: PROGRAM_NAMES.map((name) => programs[name]) });
  }

  const { floats, integers, bytes: byteViews } = viewsOf(plan, memory.buffer, 32);
  const hyperView = plan.update && new Float32Array(memory.buffer, plan.update.hyper, 16);
  const random = new Uint32Array(memory.buffer, plan.random, 3);
  let disposed = false;

  function run(name: ProgramName, lap?: Lap): void {
    const index = PROGRAM_NAMES.indexOf(name);
    const { own, all } = bound[index];
    if (own.length === 0) return;
    // While the team cannot listen this thread does all parts itself: slower, and the same bits.
    if (pool?.ready) pool.run(base + index, own, lap);
    else runAlone(all, lap);
  }

  const program: Program = {
    description: `wasm (${LEVEL_NAMES[level]}, ${threads} ${threads === 1 ? 'thread' : 'threads'}${note ? `: ${note}` : ''})`,
    floats: (index) => floats[index],
    integers: (index) => integers[index],
    bytes: (index) => byteViews[index],
    random: () => random,
    setHyper: (hyper) => hyperView?.set(hyper),
    run(names, times) {
      if (disposed) throw new InklingError('This executable was disposed of; compile the model again.');
      for (const name of names) run(name, times && stopwatch(programs[name], times));
    },
    async dispose() {
      if (disposed) return;
      disposed = true;
      if (!pool) return;
      dropped.unregister(program);
      await pool.unbind(base, PROGRAM_NAMES.length);
      if (!pool.team.failed) giveBackMemory(memory);
    },
  };
  if (pool) dropped.register(program, { pool, base }, program);
  return program;
}

/** Runs all slices of every call. */
function runAlone(calls: readonly (readonly BoundCall[])[], lap?: Lap): void {
  for (let i = 0; i < calls.length; i++) {
    for (const { run, args } of calls[i]) run(...args);
    lap?.(i);
  }
}
