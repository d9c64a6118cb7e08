/** Reading model files. */
import { join, relative } from 'node:path';
import { decodeNetwork, InklingError, type Network, readFileBounded } from '../reading.ts';

/** The models that come with the package: for MNIST's form, and for pictures of any kind. */
const SHIPPED = {
  digits: join(import.meta.dirname, '../../weights/digits.safetensors'),
  reader: join(import.meta.dirname, '../../weights/reader.safetensors'),
};
/** A network of a hundred million weights takes 400 MB. */
const MAXIMUM_BYTES = 2 ** 29;

export interface ModelFile {
  /** As the person named it, or relative to where they are. */
  path: string;
  bytes: number;
  network: Network;
}

/** Reads the model file a person named, or the one that comes with the package. */
export async function readModel(
  named?: string,
  shipped: keyof typeof SHIPPED = 'digits',
): Promise<ModelFile> {
  const path = named ?? (relative('', SHIPPED[shipped]) || SHIPPED[shipped]);
  try {
    const bytes = await readFileBounded(path, MAXIMUM_BYTES);
    return { path, bytes: bytes.length, network: decodeNetwork(bytes, path) };
  } catch (error) {
    if (named !== undefined || !isMissing(error)) throw error;
    throw new InklingError(
      `The model that comes with Inkling, ${path}, is not there: train one with 'inkling train' and name its file.`,
      { cause: error },
    );
  }
}

function isMissing(error: unknown): boolean {
  const cause = error instanceof InklingError ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}
