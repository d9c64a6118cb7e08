/** Pictures and models for tests. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeNetwork, encodeNetwork, syntheticDigits } from '../../../src/index.ts';
import { versionOf } from '../../learning/registry.ts';
import type { ModelFile } from '../messages.ts';
import { encodePng } from '../png.ts';

const DIGIT_PIXELS = 28 * 28;

/** PNG files of the digits 0 to 9, drawn by the engine. */
export const digitFiles: Uint8Array<ArrayBuffer>[] = (() => {
  const { images } = syntheticDigits({ count: 10, seed: 7 });
  return Array.from({ length: 10 }, (_, i) =>
    encodePng({
      width: 28,
      height: 28,
      channels: 1,
      data: images.slice(i * DIGIT_PIXELS, (i + 1) * DIGIT_PIXELS),
    }),
  );
})();

/** The model that comes with Inkling. */
export function shippedModel(): ModelFile {
  return fileOf(readFileSync(join(import.meta.dirname, '../../../weights/reader.safetensors')));
}

/** The same network under another version. */
export function otherModel(name = 'other'): ModelFile {
  const network = decodeNetwork(shippedModel().bytes, 'model');
  return fileOf(encodeNetwork({ ...network, provenance: { ...network.provenance, name } }));
}

/** A model file that can be read, of a network that has forgotten everything. */
export function forgetfulModel(): ModelFile {
  const network = decodeNetwork(shippedModel().bytes, 'model');
  for (const { values } of network.weights.values()) values.fill(0.01);
  return fileOf(encodeNetwork(network));
}

/** A model file with bytes missing. */
export function truncatedModel(): ModelFile {
  const { bytes } = shippedModel();
  return fileOf(bytes.slice(0, bytes.length - 1000));
}

function fileOf(bytes: Uint8Array): ModelFile {
  const copy = new Uint8Array(bytes);
  return { version: versionOf(copy), bytes: copy };
}
