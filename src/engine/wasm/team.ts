/**
 * How several threads run one list of kernel calls.
 *
 * Each member of a team has the same list, with its own slice of every call; after each call all meet at a barrier,
 * since the next call may read what any of them wrote. A barrier takes less than a microsecond: members spin on an
 * atomic counter for a while before they let the system put them to sleep.
 *
 * Member 0 gives commands and works too. It gives the next command only when all others have taken the last one: a
 * program ends at a barrier, which none reaches before it has read its command, and RELEASE is answered by message.
 *
 * If a kernel traps in one member, the others must not wait for it for ever. The member says so in a flag and then
 * moves the counters that others wait on; whoever stops waiting looks at the flag.
 *
 * A member whose thread ends in the middle of a step says nothing, and while member 0 waits no event can tell it. So
 * member 0 never sleeps for long: after a while of silence it looks whether the others still live (see thread.ts), and
 * if one does not, lets the rest go in the same way.
 */
import type { KernelCall } from '../../../kernels/operation.ts';
import { InklingError } from '../../errors.ts';
import type { Lap } from '../profile.ts';

export type Kernel = (...args: number[]) => void;

export interface BoundCall {
  run: Kernel;
  args: number[];
}

/** Words of the control block, each on a cache line of its own. */
const Word = { generation: 0, command: 16, arrived: 32, phase: 48, failed: 64 } as const;
/** Bytes of the control block that say, in UTF-8, why a member failed. */
const Reason = { begin: 320, end: 576 } as const;

/** States of the word `failed`. */
const Failure = { none: 0, beingWritten: 1, written: 2 } as const;

/**
 * Looks at the counter before a waiting member goes to sleep. A look takes 8 nanoseconds, and being woken 30 to 100
 * microseconds, or more than a thousand on some virtual machines; so a member that waits longer than a few of the former
 * loses little by sleeping on most, and much on those if it does so earlier. Where there are fewer cores than
 * threads, whoever spins keeps the one it waits for from running, and to sleep at once was up to ten times as fast.
 */
const SPINS = { enoughCores: 100_000, tooFewCores: 200 } as const;

/** Milliseconds of silence after which member 0 looks whether the others live. Waiting is hardly ever that long. */
const PATIENCE = 100;

/** The same for a thread that may not sleep: a look takes 8 nanoseconds. */
const SPINS_OF_PATIENCE = 12_000_000;

/** Says which thread has ended, counted from 1, when there has been silence for so many milliseconds. */
export type Watch = (silence: number) => number | undefined;

/** Tells members to go back to their event loop. */
export const RELEASE = -1;

export class Team {
  readonly control: Int32Array;
  readonly parts: number;
  readonly part: number;
  /** Whether this thread may sleep: a page's main thread may not. */
  readonly #maySleep: boolean;
  readonly #spins: number;
  readonly #watch: Watch | undefined;

  /** @param watch is for member 0, so that it does not wait for a thread that has ended. */
  constructor(control: Int32Array, parts: number, part: number, maySleep: boolean, watch?: Watch) {
    this.control = control;
    this.parts = parts;
    this.part = part;
    this.#maySleep = maySleep;
    this.#watch = watch;
    const cores = globalThis.navigator?.hardwareConcurrency ?? 1;
    this.#spins = parts <= cores ? SPINS.enoughCores : SPINS.tooFewCores;
  }

  static controlBlock(): Int32Array {
    return new Int32Array(new SharedArrayBuffer(Reason.end));
  }

  /** Gives all other members a command. */
  command(command: number): void {
    Atomics.store(this.control, Word.command, command);
    Atomics.add(this.control, Word.generation, 1);
    Atomics.notify(this.control, Word.generation);
  }

  /** The generation of commands: how many were given, as a 32-bit number that wraps around. */
  generation(): number {
    return Atomics.load(this.control, Word.generation);
  }

  /** Waits for the command after generation `seen`. */
  nextCommand(seen: number): number {
    this.#wait(Word.generation, seen);
    return Atomics.load(this.control, Word.command);
  }

  /** Runs this member's slice of every call, meeting the others after each; `lap` hears of it then. */
  run(calls: readonly BoundCall[], lap?: Lap): void {
    try {
      for (let i = 0; i < calls.length; i++) {
        const { run, args } = calls[i];
        run(...args);
        this.#meet();
        lap?.(i);
      }
    } catch (error) {
      this.fail(error);
      throw error;
    }
  }

  /** Whether a member has failed: the team then never runs anything again. */
  get failed(): boolean {
    return Atomics.load(this.control, Word.failed) !== Failure.none;
  }

  /** A kernel failed in this member. Lets every member stop waiting and throw. */
  fail(cause: unknown): void {
    const reason = cause instanceof Error ? cause.message : String(cause);
    this.#giveUp(`A kernel failed in thread ${this.part + 1} (${reason})`);
  }

  /** A thread, counted from 1, has ended. Lets every member stop waiting and throw. */
  lose(thread: number): void {
    this.#giveUp(`Thread ${thread} of ${this.parts} has ended, perhaps for want of memory`);
  }

  /** The first failure is the one that is told. */
  #giveUp(reason: string): void {
    const { control } = this;
    if (Atomics.compareExchange(control, Word.failed, Failure.none, Failure.beingWritten) === Failure.none) {
      const bytes = new TextEncoder().encode(reason);
      new Uint8Array(control.buffer).set(bytes.subarray(0, Reason.end - Reason.begin), Reason.begin);
      Atomics.store(control, Word.failed, Failure.written);
    }
    // The flag is set before the counters move, so that who sees them move, or loads them afterwards, sees it.
    for (const word of [Word.phase, Word.generation]) {
      Atomics.add(control, word, 1);
      Atomics.notify(control, word);
    }
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
    let looks = 0;
    for (let spin = 0; Atomics.load(control, word) === value; spin++) {
      if (spin < this.#spins) continue;
      this.#throwIfFailed();
      const isSilent = this.#maySleep ? this.#sleep(word, value) : spin % SPINS_OF_PATIENCE === 0;
      if (isSilent && this.#watch) this.#look(this.#watch, ++looks * PATIENCE);
    }
    this.#throwIfFailed();
  }

  /** Whether the word still had the value after all the time that this member may sleep. */
  #sleep(word: number, value: number): boolean {
    const patience = this.#watch ? PATIENCE : Number.POSITIVE_INFINITY;
    return Atomics.wait(this.control, word, value, patience) === 'timed-out';
  }

  #look(watch: Watch, silence: number): void {
    const lost = watch(silence);
    if (lost !== undefined) this.lose(lost);
  }

  #throwIfFailed(): void {
    if (!this.failed) return;
    const bytes = new Uint8Array(this.control.buffer).slice(Reason.begin, Reason.end);
    const reason = new TextDecoder().decode(bytes).replace(/\0.*$/s, '');
    throw new InklingError(`${reason}; the results of this step are not valid.`);
  }
}

/** One kernel call with the slice of member `part`. */
export function bindCall(
  exports: WebAssembly.Exports,
  { kernel, args, extent }: KernelCall,
  part: number,
  parts: number,
): BoundCall {
  const run = exports[kernel];
  if (typeof run !== 'function') {
    throw new InklingError(
      `The compiled kernels lack "${kernel}"; build them anew with "npm run build:kernels".`,
    );
  }
  const begin = Math.floor((extent * part) / parts);
  const end = Math.floor((extent * (part + 1)) / parts);
  return { run: run as Kernel, args: [...args, begin, end, part] };
}
