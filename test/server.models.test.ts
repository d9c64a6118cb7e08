/** An administrator's choice of a model stands, whatever else looks at the database meanwhile. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { InklingClient } from '../server/client/client.ts';
import { versionOf } from '../server/learning/registry.ts';
import { digitFiles, otherModel } from '../server/reading/testing/pictures.ts';
import { DIGIT_NAMES, dense, encodeNetwork, flatten, sequential, weightShapes } from '../src/index.ts';
import { startApp, type TestApp } from './appServer.ts';

const TOKEN = 'a-token-of-the-administrator';
const chosen = otherModel('chosen');
let app: TestApp;
beforeEach(async () => {
  app = await startApp({ INKLING_ADMIN_TOKEN: TOKEN });
});
afterEach(() => app.stop());

test('a model that is being promoted is not swapped back to the one before', async () => {
  const administrator = new InklingClient(app.url, { token: TOKEN });
  await administrator.addModel(new Uint8Array(chosen.bytes));
  const { models, store } = app.services;
  // The database names a model, so that there is one to go back to.
  await administrator.useModel(models.current);
  const promote = store.promote.bind(store);
  let following: Promise<void> | undefined;
  let meanwhile = '';
  store.promote = async (...promotion) => {
    following = models.follow();
    await Promise.race([following, new Promise((resolve) => setTimeout(resolve, 500))]);
    meanwhile = models.current;
    return promote(...promotion);
  };
  await administrator.useModel(chosen.version);
  await following;
  expect([meanwhile, models.current]).toEqual([chosen.version, chosen.version]);
});

/** A sound model file of a network that takes pictures of other sizes, or tells other things apart. */
function modelOf(side: number, classNames: readonly string[]): Uint8Array<ArrayBuffer> {
  const model = sequential({ name: 'flat', input: [side, side, 1] }, [
    flatten(),
    dense({ units: classNames.length }),
  ]);
  const weights = [...weightShapes(model)].map(([name, shape]) => {
    const values = new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(0.01);
    return [name, { shape, values }] as const;
  });
  const normalisation = { mean: 0.13, deviation: 0.31 };
  return encodeNetwork({
    ...{ model, weights: new Map(weights), normalisation, classNames: [...classNames] },
    provenance: { engine: 'test' },
  });
}

test.each([
  ['takes pictures of another size', modelOf(14, DIGIT_NAMES), /14×14×1.*28×28×1/],
  ['tells other things apart', modelOf(28, ['cat', 'dog']), /./],
])('a model that %s does not answer, and nothing is changed', async (_, bytes, sentence) => {
  const administrator = new InklingClient(app.url, { token: TOKEN });
  const { current } = await administrator.models();
  const refused = { problem: { status: 422, detail: expect.stringMatching(sentence) } };
  const promoting = (async () => {
    await administrator.addModel(bytes);
    await administrator.useModel(versionOf(bytes));
  })();
  await expect(promoting).rejects.toMatchObject(refused);
  expect((await administrator.models()).current).toBe(current);
  expect((await administrator.promotions()).promotions).toEqual([]);
  const { model } = await administrator.predict(new Blob([digitFiles[3]]));
  expect(model).toBe(current);
});
