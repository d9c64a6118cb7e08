/**
 * How several threads run one list of kernel calls.
 *
 * Each member of a team has the same list, with its own slice of every call; after each call all meet at a barrier,
 * since the next call may read what any of them wrote. A barrier takes about a microsecond: members spin on an
 * atomic counter for a while before they let the system put them to sleep. If a kernel traps in one member, the
 * others must not wait for it for ever, so every wait also looks at a flag.
 */
import type { KernelCall } from '../../../kernels/operation.ts';
import { InklingError } from '../../errors.ts';

export type Kernel = (...args: number[]) => void;

export interface BoundCall {
  run: Kernel;
  args: number[];
}

/** Words of the control block, each on a cache line of its own. */
const Word = { generation: 0, command: 16, arrived: 32, phase: 48, failed: 64 } as const;
const CONTROL_BYTES = 4 * 80;

/** Looks at the counter before a waiting member goes to sleep: about 50 microseconds. */
const SPINS = 20_000;
/** How long a sleeping member waits before it looks at the flag again, in milliseconds. */
const NAP = 100;

/** Tells members to go back to their event loop. */
export const RELEASE = -1;

export class Team {
  readonly control: Int32Array;
  readonly parts: number;
  readonly part: number;
  /** Whether this thread may sleep: a page's main thread may not. */
  readonly #maySleep: boolean;

  constructor(control: Int32Array, parts: number, part: number, maySleep: boolean) {
    this.control = control;
    this.parts = parts;
    this.part = part;
    this.#maySleep = maySleep;
  }

  static controlBlock(): Int32Array {
    return new Int32Array(new SharedArrayBuffer(CONTROL_BYTES));
  }

  /** Gives all other members a command. */
  command(command: number): void {
    Atomics.store(this.control, Word.command, command);
    Atomics.add(this.control, Word.generation, 1);
    Atomics.notify(this.control, Word.generation);
  }

  /** The generation of commands that a member has seen. */
  generation(): number {
    return Atomics.load(this.control, Word.generation);
  }

  /** Waits for the command after generation `seen`. */
  nextCommand(seen: number): number {
    this.#wait(Word.generation, seen);
    return Atomics.load(this.control, Word.command);
  }

  /** Runs this member's slice of every call, meeting the others after each. */
  run(calls: readonly BoundCall[]): void {
    if (this.parts === 1) {
      for (const { run, args } of calls) run(...args);
      return;
    }
    try {
      for (const { run, args } of calls) {
        run(...args);
        this.#meet();
      }
    } catch (error) {
      this.fail();
      throw error;
    }
  }

  fail(): void {
    Atomics.store(this.control, Word.failed, 1);
    for (const word of [Word.phase, Word.generation]) Atomics.notify(this.control, word);
  }

  /** All members arrive here before any leaves. */
  #meet(): void {
    const { control, parts } = this;
    const phase = Atomics.load(control, Word.phase);
    if (Atomics.add(control, Word.arrived, 1) === parts - 1) {
      Atomics.store(control, Word.arrived, 0);
      Atomics.add(control, Word.phase, 1);
      Atomics.notify(control, Word.phase);
      return;
    }
    this.#wait(Word.phase, phase);
  }

  /** Waits until a word is no longer `value`. */
  #wait(word: number, value: number): void {
    const { control } = this;
    for (let spin = 0; Atomics.load(control, word) === value; spin++) {
      if (spin < SPINS) continue;
      if (Atomics.load(control, Word.failed) !== 0) {
        throw new InklingError('A kernel failed in another thread; the model can no longer be used.');
      }
      if (this.#maySleep) Atomics.wait(control, word, value, NAP);
    }
  }
}

/** The calls of member `part`: each with its slice of the units. */
export function bindCalls(
  exports: WebAssembly.Exports,
  calls: readonly KernelCall[],
  part: number,
  parts: number,
): BoundCall[] {
  return calls.map(({ kernel, args, extent }) => {
    const run = exports[kernel];
    if (typeof run !== 'function') {
      throw new InklingError(`The compiled kernels lack "${kernel}"; build them anew with "npm run build:kernels".`);
    }
    const begin = Math.floor((extent * part) / parts);
    const end = Math.floor((extent * (part + 1)) / parts);
    return { run: run as Kernel, args: [...args, begin, end, part] };
  });
}
