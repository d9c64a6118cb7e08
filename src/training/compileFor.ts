/** What a run computes with: its recipe, compiled for the pictures that it trains on. */
import type { Dataset } from '../data/dataset.ts';
import { type CompileOptions, compile } from '../engine/compile.ts';
import type { Executable } from '../engine/executable.ts';
import type { Normalisation } from '../model/network.ts';
import type { Recipe } from './recipe.ts';

export function compileFor(
  { model, batch, optimizer, loss, augmentation, mixup }: Recipe,
  data: Dataset,
  normalisation: Normalisation,
  where: Pick<CompileOptions, 'backend' | 'level' | 'precision' | 'threads'>,
): Promise<Executable> {
  return compile(model, {
    ...{ ...where, batch, mode: 'train', optimizer, mixup },
    source: { examples: data.labels.length, normalisation, augmentation },
    loss: { type: 'softmaxCrossEntropy', ...loss },
  });
}
