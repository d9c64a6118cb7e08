/** The buffers of one executable, and how their contents come back. */
import { InklingError } from '../../errors.ts';
import { patiently } from './dawn.ts';
import { type Card, MAP_READ, Usage } from './device.ts';
import type { Layout, Place } from './places.ts';

const MEBIBYTE = 2 ** 20;
/** Buffers for reading back that are kept for the next time. */
const STAGING_KEPT = 4;

export class CardMemory {
  readonly #card: Card;
  readonly #layout: Layout;
  readonly #buffers: GPUBuffer[] = [];
  readonly #staging: GPUBuffer[] = [];
  #isDestroyed = false;

  private constructor(card: Card, layout: Layout) {
    this.#card = card;
    this.#layout = layout;
  }

  static async allocate(card: Card, layout: Layout): Promise<CardMemory> {
    const memory = new CardMemory(card, layout);
    const usage = Usage.storage | Usage.copySource | Usage.copyTarget;
    try {
      for (const { label, size } of layout.buffers) requireFit(label, size, card.device.limits);
      await Promise.all(
        layout.buffers.map(({ label, size }) =>
          card.guard(label, () => memory.#buffers.push(card.createBuffer(label, size, usage))),
        ),
      );
    } catch (error) {
      memory.destroy();
      throw error;
    }
    return memory;
  }

  place(key: string): Place {
    const place = this.#layout.places.get(key);
    if (!place) throw new InklingError(`A shader asks for "${key}", which nobody reserved.`);
    return place;
  }

  binding(key: string): GPUBufferBinding {
    const { buffer, offset, size } = this.place(key);
    return { buffer: this.#buffers[buffer], offset, size };
  }

  /** Puts values at the beginning of a place, before whatever is submitted next. */
  write(key: string, values: Float32Array | Int32Array | Uint32Array | Uint8Array): void {
    const { buffer, offset } = this.place(key);
    const bytes = values as Float32Array<ArrayBuffer>;
    this.#card.device.queue.writeBuffer(this.#buffers[buffer], offset, bytes);
  }

  /** The bytes of some places, as they are when all that was submitted so far is done. */
  async read(keys: readonly string[]): Promise<ArrayBuffer[]> {
    const { device } = this.#card;
    const places = keys.map((key) => this.place(key));
    const bytes = places.reduce((sum, { size }) => sum + size, 0);
    const staging = this.#takeStaging(bytes);
    const encoder = device.createCommandEncoder({ label: 'read back' });
    let to = 0;
    for (const { buffer, offset, size } of places) {
      encoder.copyBufferToBuffer(this.#buffers[buffer], offset, staging, to, size);
      to += size;
    }
    device.queue.submit([encoder.finish()]);
    return await this.readStaging(staging, bytes, (all) => {
      let from = 0;
      return places.map(({ size }) => {
        from += size;
        return all.slice(from - size, from);
      });
    });
  }

  /** Maps a staging buffer when the device is done, takes from it what is wanted, and keeps it for the next time. */
  async readStaging<Value>(
    staging: GPUBuffer,
    bytes: number,
    take: (all: ArrayBuffer) => Value,
  ): Promise<Value> {
    try {
      await this.#card.wait(patiently(() => staging.mapAsync(MAP_READ, 0, bytes)));
      return take(staging.getMappedRange(0, bytes));
    } finally {
      if (staging.mapState === 'mapped') staging.unmap();
      if (this.#isDestroyed || this.#staging.length >= STAGING_KEPT) this.#card.destroyBuffer(staging);
      else this.#staging.push(staging);
    }
  }

  /** The smallest kept one that fits, or a new one. */
  #takeStaging(bytes: number): GPUBuffer {
    const fitting = this.#staging.filter(({ size }) => size >= bytes).sort((a, b) => a.size - b.size);
    if (fitting.length === 0)
      return this.#card.createBuffer('staging', bytes, Usage.mapRead | Usage.copyTarget);
    this.#staging.splice(this.#staging.indexOf(fitting[0]), 1);
    return fitting[0];
  }

  destroy(): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    for (const buffer of [...this.#buffers, ...this.#staging]) this.#card.destroyBuffer(buffer);
  }
}

function requireFit(label: string, size: number, limits: GPUSupportedLimits): void {
  for (const limit of ['maxStorageBufferBindingSize', 'maxBufferSize'] as const) {
    if (size <= limits[limit]) continue;
    const [needed, most] = [size, limits[limit]].map((bytes) => `${Math.ceil(bytes / MEBIBYTE)} MiB`);
    throw new InklingError(
      `${label} needs a buffer of ${needed}, and this graphics card has at most ${most} (${limit}); choose a smaller batch.`,
    );
  }
}
