/**
 * A data set as training sees it: each picture changed as an augmentation says, once.
 *
 * The first step of a training program makes the pictures, so what people look at, or what a network is shown a second
 * time, is what a network would be trained on, to the rounding of a byte.
 */
import type { AugmentationSpec } from '../../kernels/augmentation/spec.ts';
import type { Dataset } from '../data/dataset.ts';
import { compile } from '../engine/compile.ts';
import { dense, flatten, sequential } from '../model/layers.ts';

const BATCH = 128;

export interface CopyOptions {
  /** 0 by default. */
  seed?: number;
  /** Draws other changes for the same seed; the position of a training step. 0 by default. */
  step?: number;
}

/** Changes every picture; the same seed, step and position change it the same way. */
export async function augmentedCopy(
  dataset: Dataset,
  augmentation: AugmentationSpec,
  { seed = 0, step = 0 }: CopyOptions = {},
): Promise<Dataset> {
  const examples = dataset.labels.length;
  const size = dataset.shape.reduce((product, side) => product * side, 1);
  // The smallest network there is: it is not asked for its opinion.
  const model = sequential({ input: dataset.shape }, [flatten(), dense({ units: 1 })]);
  const executable = await compile(model, {
    ...{ backend: 'wasm', threads: 1, batch: BATCH, mode: 'train' },
    source: { examples, normalisation: { mean: 0, deviation: 1 }, augmentation },
  });
  try {
    executable.pictures.set(dataset.images);
    const images = new Uint8Array(examples * size);
    for (let first = 0; first < examples; first += BATCH) {
      const count = Math.min(BATCH, examples - first);
      for (let slot = 0; slot < BATCH; slot++) executable.indices[slot] = first + Math.min(slot, count - 1);
      executable.forward(seed, step + first / BATCH);
      for (let i = 0; i < count * size; i++) images[first * size + i] = Math.round(255 * executable.input[i]);
    }
    return { ...dataset, images };
  } finally {
    await executable.dispose();
  }
}
