import { describe, expect, test } from 'vitest';
import { tileCandidates } from '../../../kernels/gemm/webgpu.ts';
import type { GpuTile } from '../../../kernels/operation.ts';
import { onCard } from '../../../test/adapter.ts';
import type { Card } from './device.ts';
import { openCard } from './device.ts';
import type { TileMemory } from './tileMemory.ts';
import { fastestTile, tunedTraits } from './tune.ts';

/** A memory that can be looked into. */
function notes(kept?: GpuTile) {
  const saved: GpuTile[] = [];
  const memory: TileMemory = {
    load: async () => kept,
    save: async (_, tile) => void saved.push(tile),
  };
  return { memory, saved };
}

describe('a tile for a card', () => {
  onCard('is one of the candidates, found by trying, and remembered', async () => {
    const card = await openCard();
    const candidates = tileCandidates(card.traits).slice(0, 2);
    const { memory, saved } = notes();
    const tile = await fastestTile(card, { candidates, memory, size: 64, repeats: 1 });
    expect(candidates).toContainEqual(tile);
    expect(saved).toEqual([tile]);
  });

  onCard('is left alone on a card in software', async () => {
    const card = await openCard();
    if (!card.traits.isSoftware) return;
    expect((await tunedTraits(card)).tile).toBeUndefined();
  });

  /** A card on which nothing can run. */
  const useless = { description: 'none', traits: { limits: {} } } as unknown as Card;
  const tile: GpuTile = { kind: 'shared', threads: [8, 8], rows: 4, columns: 4, depth: 16 };

  test('that is remembered is taken without trying', async () => {
    const { memory, saved } = notes(structuredClone(tile));
    expect(await fastestTile(useless, { candidates: [tile], memory })).toEqual(tile);
    expect(saved).toEqual([]);
  });

  test('that is no candidate any more is not', async () => {
    const { memory } = notes({ ...tile, depth: 7 });
    await expect(fastestTile(useless, { candidates: [tile], memory })).resolves.toEqual(tile);
  });
});
