/** What goes where in the scratch memory of Winograd's kernels. */

export const alignUp = (bytes: number) => Math.ceil(bytes / 64) * 64;

/**
 * Distance of lines or planes that are written together: an odd number of cache lines, since those a power of two
 * apart would take each other's place in the cache.
 */
const apart = (bytes: number) => alignUp(bytes) + (Math.ceil(bytes / 64) % 2 === 0 ? 64 : 0);

/** Offsets of a worker's scratch, in the order they are asked for. */
export class Layout {
  bytes = 0;

  place(bytes: number): number {
    const offset = this.bytes;
    this.bytes += alignUp(bytes);
    return offset;
  }

  /** `count` lines or planes: where they are, and how far apart. */
  placeApart(count: number, bytes: number): [offset: number, distance: number] {
    const distance = apart(bytes);
    return [this.place(count * distance), distance];
  }
}
