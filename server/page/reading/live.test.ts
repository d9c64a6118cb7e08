/** A real graphics card is taken, one in software never; and none that fails or answers otherwise is kept. */
import { expect, test } from 'vitest';
import { type Compiled, LiveClassifier } from './live.ts';

const picture = new Uint8Array(784);

/** Answers that say who gave them, unless `failure` is set. */
function fake(
  description: string,
  shares = [0.25, 0.75],
): Compiled & { failure?: Error; isDisposed: boolean } {
  return {
    description,
    isDisposed: false,
    async classify(pictures) {
      if (this.failure) throw this.failure;
      return pictures.map(() => shares);
    },
    async dispose() {
      this.isDisposed = true;
    },
  };
}

async function started({ adapters = [{ isSoftware: false }], card = fake('a card') } = {}) {
  const live = new LiveClassifier(fake('wasm'));
  let compiled = 0;
  const compile = async () => {
    compiled++;
    return card;
  };
  await live.takeCard(async () => adapters, compile, [picture]);
  return { live, card, compiled };
}

test('WebAssembly until a real card is ready', async () => {
  expect(new LiveClassifier(fake('wasm')).description).toBe('wasm');
  const { live } = await started();
  expect(live.description).toBe('a card');
  expect(await live.classify([picture, picture])).toEqual([
    [0.25, 0.75],
    [0.25, 0.75],
  ]);
});

test('never a card in software, nor where there is none', async () => {
  for (const adapters of [[], [{ isSoftware: true }], [{ isSoftware: true }, { isSoftware: false }]]) {
    const { live, compiled } = await started({ adapters });
    expect([live.description, compiled]).toEqual(['wasm', 0]);
  }
});

test('a card that answers otherwise, or not at all, is let go', async () => {
  const wrong = fake('a card', [0.26, 0.74]);
  const broken = fake('a card');
  broken.failure = new Error('Out of memory.');
  for (const card of [wrong, broken]) {
    const { live } = await started({ card });
    expect([live.description, card.isDisposed]).toEqual(['wasm', true]);
  }
});

test('a card that is lost later is replaced in the midst of a question', async () => {
  const { live, card } = await started();
  card.failure = new Error('The device is lost.');
  expect(await live.classify([picture])).toEqual([[0.25, 0.75]]);
  expect([live.description, card.isDisposed]).toEqual(['wasm', true]);
});
