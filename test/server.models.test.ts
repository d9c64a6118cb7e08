/** An administrator's choice of a model stands, whatever else looks at the database meanwhile. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { InklingClient } from '../server/client/client.ts';
import { otherModel } from '../server/reading/testing/pictures.ts';
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
