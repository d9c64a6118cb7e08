/** What keeps a network from learning by heart, as recipes have it: each part reaches the training step. */
import { expect, test } from 'vitest';
import { syntheticDigits } from '../data/synthetic/index.ts';
import type { ModelSpec } from '../model/layers.ts';
import { completeRecipe, type Recipe } from './recipe.ts';
import { train } from './train.ts';

const model: ModelSpec = {
  input: [28, 28, 1],
  layers: [{ type: 'flatten' }, { type: 'dense', units: 10 }],
};
const data = syntheticDigits({ count: 30, seed: 1 });

/** Length of the weights, and how likely the training digits are, after some steps. */
async function outcome(recipe: Partial<Recipe>) {
  const { network, history } = await train(model, {
    ...{ data, backend: 'reference', batch: 10, epochs: 6, learningRate: 0.01, optimizer: { type: 'sgd' } },
    ...recipe,
  });
  const { values } = network.weights.get('dense_1.weight')!;
  return { length: Math.hypot(...values), loss: history.at(-1)!.trainLoss };
}

test('L2, decoupled decay, label smoothing, clipping and cut-out each change what is learnt, the right way', async () => {
  const plain = await outcome({});
  for (const decay of [{ l2: 1 }, { weightDecay: 1 }]) {
    expect((await outcome({ optimizer: { type: 'sgd', ...decay } })).length).toBeLessThan(plain.length);
  }
  const clipped = await outcome({ optimizer: { type: 'sgd', clipNorm: 1e-3 } });
  expect(clipped.loss).toBeGreaterThan(plain.loss);
  const smoothed = await outcome({ loss: { labelSmoothing: 0.5 } });
  expect(smoothed.length).toBeLessThan(plain.length);
  expect((await outcome({ augmentation: { cutOut: 14 } })).loss).toBeGreaterThan(plain.loss);
});

test('a recipe keeps what it does not know out, and says what was meant', () => {
  expect(() => completeRecipe({ model, epoch: 3 } as never)).toThrow('no key "epoch"; did you mean epochs?');
  expect(() => completeRecipe({ model, weightAveraging: { decay: 2 } })).toThrow('from 0 to below 1, not 2');
});
