/** Where callbacks write: a folder. */
import { mkdir, open, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describeFileError, type Output, writeFileAtomic } from '../index.ts';

export function folderOutput(folder: string): Output {
  const made = async (name: string) => {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true }).catch((error) => {
      throw describeFileError(error, 'make the folder', dirname(path));
    });
    return path;
  };
  return {
    replace: async (name, bytes) => writeFileAtomic(await made(name), bytes),
    async writeAt(name, position, bytes) {
      const path = await made(name);
      try {
        const handle = await open(path, position === 0 ? 'w' : 'r+');
        try {
          await handle.truncate(position);
          await handle.write(bytes, 0, bytes.length, position);
        } finally {
          await handle.close();
        }
      } catch (error) {
        throw describeFileError(error, 'write', path);
      }
    },
    size: async (name) => (await stat(join(folder, name)).catch(() => undefined))?.size ?? 0,
  };
}
