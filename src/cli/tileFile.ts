/** Keeps the tiles that were found fastest for graphics cards in a file of the user's cache folder. */
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { readFileBounded, type TileMemory, writeFileAtomic } from '../reading.ts';

const MOST_BYTES = 1 << 20;

/** Losing the file costs a second of trying again, so no trouble with it stops anybody. */
export function tileFile(path = defaultPath()): TileMemory {
  const read = async (): Promise<Record<string, unknown>> => {
    try {
      const parsed = JSON.parse(new TextDecoder().decode(await readFileBounded(path, MOST_BYTES)));
      return typeof parsed === 'object' && parsed !== null ? parsed : {};
    } catch {
      return {};
    }
  };
  return {
    // What is no tile any more is not among the candidates, and is not taken.
    load: async (card) => (await read())[card] as Awaited<ReturnType<TileMemory['load']>>,
    async save(card, tile) {
      try {
        const all = { ...(await read()), [card]: tile };
        await mkdir(dirname(path), { recursive: true });
        await writeFileAtomic(path, new TextEncoder().encode(JSON.stringify(all, undefined, 2)));
      } catch {
        // A cache folder that cannot be written to.
      }
    },
  };
}

function defaultPath(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'inkling', 'tiles.json');
}
