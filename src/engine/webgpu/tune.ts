/**
 * Choosing how inner products are tiled on a graphics card: by trying.
 *
 * Which tile is fastest depends on the card's registers, caches and compiler, and nothing that it says of itself tells.
 * So each candidate multiplies the same two matrices a few times, and the fastest is taken from then on. Tiles add up
 * in different orders, so a choice that changed from run to run would change results in their last bits: whoever can
 * should remember it, in a `TileMemory`.
 */
import { tileCandidates } from '../../../kernels/gemm/webgpu.ts';
import type { GpuTile, GpuTraits } from '../../../kernels/operation.ts';
import type { ModelSpec } from '../../model/layers.ts';
import { Executable } from '../executable.ts';
import { buildPlan } from '../planner.ts';
import { bindWebGpu } from './bind.ts';
import { patiently } from './dawn.ts';
import type { Card } from './device.ts';
import { rememberedTiles, type TileMemory } from './tileMemory.ts';

export interface TuneOptions {
  /** The card's own by default. */
  traits?: GpuTraits;
  candidates?: readonly GpuTile[];
  memory?: TileMemory;
  /** Of the square matrices that are multiplied. */
  size?: number;
  repeats?: number;
}

/** Of this process: a card that was lost and found again keeps its tile. */
const chosen = new Map<string, Promise<GpuTile>>();

/**
 * What shaders may count on, with the tile that suits the card; for a card in software that is the engine's guess,
 * which was measured for it. `halves` asks for half precision.
 */
export async function tunedTraits(card: Card, halves = false): Promise<GpuTraits> {
  const traits = { ...card.traits, halves };
  if (traits.isSoftware || traits.tile) return traits;
  const key = tileKey(card, traits);
  const tile = chosen.get(key) ?? fastestTile(card, { traits, memory: rememberedTiles() });
  chosen.set(key, tile);
  tile.catch(() => chosen.delete(key));
  return { ...traits, tile: await tile };
}

/** What a tile is remembered under. */
function tileKey({ description }: Card, { halves }: GpuTraits): string {
  return halves ? `${description}, half precision` : description;
}

/** The fastest of the candidates here, or the one that is remembered if it still is a candidate. */
export async function fastestTile(
  card: Card,
  {
    traits = card.traits,
    candidates = tileCandidates(traits),
    memory,
    size = 1024,
    repeats = 5,
  }: TuneOptions = {},
): Promise<GpuTile> {
  const isCandidate = (tile: GpuTile) =>
    candidates.some((candidate) => JSON.stringify(candidate) === JSON.stringify(tile));
  const kept = await memory?.load(tileKey(card, traits));
  if (kept && isCandidate(kept)) return kept;
  let best = { tile: candidates[0], milliseconds: Number.POSITIVE_INFINITY };
  for (const tile of candidates.filter((candidate) => fits(candidate, traits))) {
    const milliseconds = await timeTile(card, { ...traits, tile }, size, repeats);
    if (milliseconds < best.milliseconds) best = { tile, milliseconds };
  }
  await memory?.save(tileKey(card, traits), best.tile);
  return best.tile;
}

function fits(tile: GpuTile, { limits, subgroups }: GpuTraits): boolean {
  if (tile.kind === 'lanes') return subgroups;
  const [across, down] = tile.threads;
  const values = tile.depth * (across * tile.columns + down * tile.rows);
  return (
    across * down <= limits.maxComputeInvocationsPerWorkgroup &&
    4 * values <= limits.maxComputeWorkgroupStorageSize
  );
}

/** Milliseconds of one product, the fastest of some. */
async function timeTile(card: Card, traits: GpuTraits, size: number, repeats: number): Promise<number> {
  const model: ModelSpec = { input: [size], layers: [{ type: 'dense', units: size }] };
  const plan = buildPlan(model, { batch: size, mode: 'infer' });
  const executable = new Executable(plan, await bindWebGpu(plan, card, traits));
  try {
    let fastest = Number.POSITIVE_INFINITY;
    // The first one also warms up.
    for (let turn = 0; turn <= repeats; turn++) {
      const started = performance.now();
      executable.infer();
      await card.wait(patiently(() => card.device.queue.onSubmittedWorkDone()));
      if (turn > 0) fastest = Math.min(fastest, performance.now() - started);
    }
    return fastest;
  } finally {
    await executable.dispose();
  }
}
