/**
 * Memories for plans.
 *
 * One thread has a memory of its own, which the garbage collector counts and frees. Several threads share one, and
 * that V8 does not count: a process that made and dropped executables would grow without bound. So a shared memory
 * that is no longer used is kept and given to the next plan it fits.
 */
import { InklingError } from '../../errors.ts';

const PAGE = 65536;
/** Pages a 32-bit memory can have. */
const MAXIMUM_PAGES = 65536;
/** Shared memories kept for later. */
const KEPT = 8;

/** From the one given back first to the last. */
const free: WebAssembly.Memory[] = [];

/** A memory of at least so many bytes, all of them zero. */
export function takeMemory(bytes: number, shared: boolean): WebAssembly.Memory {
  const pages = Math.ceil(bytes / PAGE);
  const size = `${Math.ceil(bytes / 2 ** 20)} MiB`;
  if (pages > MAXIMUM_PAGES) {
    throw new InklingError(
      `The model needs ${size} for this batch size, and WebAssembly has 4096 MiB; choose a smaller batch.`,
    );
  }
  const kept = shared ? takeKept(pages * PAGE) : undefined;
  if (kept) return kept;
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  } catch (cause) {
    throw new InklingError(
      `There is no memory for the ${size} that this batch size needs; choose a smaller batch.`,
      { cause },
    );
  }
}

/** Gives back a shared memory that no thread uses any more. */
export function giveBackMemory(memory: WebAssembly.Memory): void {
  free.push(memory);
  if (free.length > KEPT) free.shift();
}

/** The smallest that fits, unless it is more than twice as large; of equal ones, what was used last. */
function takeKept(bytes: number): WebAssembly.Memory | undefined {
  const fitting = free
    .toReversed()
    .filter(({ buffer }) => buffer.byteLength >= bytes && buffer.byteLength <= 2 * bytes)
    .sort((a, b) => a.buffer.byteLength - b.buffer.byteLength);
  const [memory] = fitting;
  if (!memory) return undefined;
  free.splice(free.indexOf(memory), 1);
  new Uint8Array(memory.buffer).fill(0);
  return memory;
}
