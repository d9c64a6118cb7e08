/** The network that a run begins with in place of random weights. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Network } from '../index.ts';
import { readModel } from './models.ts';

export interface Initial {
  path: string;
  network: Network;
  /** Of its file; the run's model file names it. */
  sha256: string;
}

/** Reads the model file a person named, or nothing where none was. */
export async function readInitial(named?: string): Promise<Initial | undefined> {
  if (named === undefined) return undefined;
  const { path, network } = await readModel(named);
  const sha256 = createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
  return { path, network, sha256 };
}
