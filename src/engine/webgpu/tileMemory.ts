/** Where the tiles that were found fastest for graphics cards are kept; apart from the tuner, which is loaded when a card is. */
import type { GpuTile } from '../../../kernels/operation.ts';

/** Keeps tiles from run to run, by the card's name. */
export interface TileMemory {
  load(card: string): Promise<GpuTile | undefined>;
  save(card: string, tile: GpuTile): Promise<void>;
}

let remembered: TileMemory | undefined;

/** Where the tiles of cards are kept from now on. */
export function rememberTiles(memory: TileMemory | undefined): void {
  remembered = memory;
}

export function rememberedTiles(): TileMemory | undefined {
  return remembered;
}
