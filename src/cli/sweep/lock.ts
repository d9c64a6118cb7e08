/** Keeps two processes from working on one folder: a file with the number of the process that does. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeFileError, InklingError } from '../../index.ts';

/** Takes a folder for this process; what it returns gives it back. A process that is gone has no claim any more. */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, 'lock');
  const owner = Number(await readFile(path, 'utf8').catch(() => ''));
  if (owner > 0 && owner !== process.pid && isAlive(owner)) {
    throw new InklingError(
      `Process ${owner} is at work in ${folder}; wait for it or stop it, or remove ${path} if that is no study.`,
    );
  }
  await rm(path, { force: true });
  try {
    // Of two that come at the same moment, one finds the other's file.
    await writeFile(path, String(process.pid), { flag: 'wx' });
  } catch (error) {
    throw describeFileError(error, 'write', path);
  }
  return () => rm(path, { force: true });
}

function isAlive(number: number): boolean {
  try {
    process.kill(number, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
