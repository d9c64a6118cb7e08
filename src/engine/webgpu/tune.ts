/**
 * Choosing how inner products are tiled on a graphics card: by trying.
 *
 * Which tile is fastest depends on the card's registers, caches and compiler, and nothing that it says of itself tells.
 * So each candidate multiplies the same two matrices a few times, and the fastest is taken from then on. Tiles add up
 * in different orders, so a choice that changed from run to run would change results in their last bits: whoever can
 * should remember it, in a `TileMemory`.
 */
import { tileCandidates } from '../../../kernels/gemm/webgpu.ts';
import type { GpuTile } from '../../../kernels/operation.ts';
import type { ModelSpec } from '../../model/layers.ts';
import { Executable } from '../executable.ts';
import { buildPlan } from '../planner.ts';
import { bindWebGpu } from './bind.ts';
import type { Card } from './device.ts';
import { rememberedTiles, type TileMemory } from './tileMemory.ts';

export interface TuneOptions {
  candidates?: readonly GpuTile[];
  memory?: TileMemory;
  /** Of the square matrices that are multiplied. */
  size?: number;
  repeats?: number;
}

/** Of this process: a card that was lost and found again keeps its tile. */
const chosen = new Map<string, Promise<GpuTile>>();

/** Gives a card the tile that suits it. One in software keeps the engine's guess, which was measured for it. */
export async function tuneCard(card: Card): Promise<void> {
  if (card.traits.isSoftware || card.traits.tile) return;
  const tile = chosen.get(card.description) ?? fastestTile(card, { memory: rememberedTiles() });
  chosen.set(card.description, tile);
  tile.catch(() => chosen.delete(card.description));
  card.traits.tile = await tile;
}

/** The fastest of the candidates here, or the one that is remembered if it still is a candidate. */
export async function fastestTile(
  card: Card,
  { candidates = tileCandidates(card.traits), memory, size = 1024, repeats = 5 }: TuneOptions = {},
): Promise<GpuTile> {
  const isCandidate = (tile: GpuTile) =>
    candidates.some((candidate) => JSON.stringify(candidate) === JSON.stringify(tile));
  const kept = await memory?.load(card.description);
  if (kept && isCandidate(kept)) return kept;
  let best = { tile: candidates[0], milliseconds: Number.POSITIVE_INFINITY };
  for (const tile of candidates.filter((candidate) => fits(candidate, card))) {
    const milliseconds = await timeTile(card, tile, size, repeats);
    if (milliseconds < best.milliseconds) best = { tile, milliseconds };
  }
  await memory?.save(card.description, best.tile);
  return best.tile;
}

function fits(tile: GpuTile, { traits: { limits, subgroups } }: Card): boolean {
  if (tile.kind === 'lanes') return subgroups;
  const [across, down] = tile.threads;
  const values = tile.depth * (across * tile.columns + down * tile.rows);
  return (
    across * down <= limits.maxComputeInvocationsPerWorkgroup &&
    4 * values <= limits.maxComputeWorkgroupStorageSize
  );
}

/** Milliseconds of one product, the fastest of some. */
async function timeTile(card: Card, tile: GpuTile, size: number, repeats: number): Promise<number> {
  const model: ModelSpec = { input: [size], layers: [{ type: 'dense', units: size }] };
  const plan = buildPlan(model, { batch: size, mode: 'infer' });
  const executable = new Executable(plan, await bindWebGpu(plan, card, { ...card.traits, tile }));
  try {
    let fastest = Number.POSITIVE_INFINITY;
    // The first one also warms up.
    for (let turn = 0; turn <= repeats; turn++) {
      const started = performance.now();
      executable.infer();
      await card.wait(card.device.queue.onSubmittedWorkDone());
      if (turn > 0) fastest = Math.min(fastest, performance.now() - started);
    }
    return fastest;
  } finally {
    await executable.dispose();
  }
}
