/**
 * Placing buffers in one piece of memory.
 *
 * A buffer lives from the step that first writes it to the step that last reads it, and two buffers may share
 * addresses when their lives do not meet. Largest first, each takes the lowest gap among the placed ones it meets
 * ("greedy by size", Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net Inference", 2020): simple,
 * and on networks like these within a few percent of the largest sum of lives at any step.
 */
export interface Lifetime {
  bytes: number;
  /** First and last step that touch the buffer. */
  first: number;
  last: number;
}

export interface Placement {
  /** Byte offset of each buffer, in the order given. */
  offsets: number[];
  /** Size of the whole arena. */
  bytes: number;
}

/** Cache lines: no two workers' buffers share one, and vectors are aligned. */
export const ALIGNMENT = 64;

export function align(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

export function placeBuffers(buffers: readonly Lifetime[]): Placement {
  const offsets = new Array<number>(buffers.length).fill(0);
  const placed: number[] = [];
  const order = buffers.map((_, index) => index).sort((a, b) => buffers[b].bytes - buffers[a].bytes || a - b);
  let total = 0;
  for (const index of order) {
    const buffer = buffers[index];
    const size = align(buffer.bytes);
    const neighbours = placed
      .filter((other) => buffers[other].first <= buffer.last && buffer.first <= buffers[other].last)
      .sort((a, b) => offsets[a] - offsets[b]);
    let offset = 0;
    for (const other of neighbours) {
      if (offsets[other] - offset >= size) break;
      offset = Math.max(offset, offsets[other] + align(buffers[other].bytes));
    }
    offsets[index] = offset;
    total = Math.max(total, offset + size);
    placed.push(index);
  }
  return { offsets, bytes: total };
}
