/** Trying a candidate beside the champion, and how models fare with people. */
import { createRoute, z } from '@hono/zod-openapi';
import { readJson } from '../body/json.ts';
import { usageOf } from '../learning/usage.ts';
import { requireAdmin } from '../security/admin.ts';
import type { App, Services } from '../services.ts';
import { asProblem, json, noSuchModel, problems } from './describe.ts';
import { ModelListSchema, ShareSchema, UsageListSchema } from './modelSchemas.ts';

const tags = ['Models'];
const security = [{ administrator: [] }];
const TrialStateSchema = z.object({ trial: ModelListSchema.shape.trial });
/** Counting a million predictions takes a while: what was counted is told for so many milliseconds. */
const FRESH = 1000;

const usageRoute = createRoute({
  method: 'get',
  path: '/models/usage',
  summary: 'Tell how each model fares: predictions, corrections, agreement',
  tags,
  responses: { 200: json(UsageListSchema, 'The models that answered, or are tried'), ...problems(503) },
});
const tryRoute = createRoute({
  method: 'put',
  path: '/models/candidate',
  summary: 'Let a candidate answer a share of the browsers',
  description:
    'It is loaded and examined first. Who a browser is decides which model answers it; the trial ends when any model is promoted.',
  tags,
  security,
  responses: {
    200: json(TrialStateSchema, 'It is tried'),
    ...problems(400, 401, 403, 404, 415, 422, 503),
  },
});
const endRoute = createRoute({
  method: 'delete',
  path: '/models/candidate',
  summary: 'End the trial: the champion answers everyone',
  tags,
  security,
  responses: { 200: json(TrialStateSchema, 'It is over'), ...problems(401, 403, 503) },
});

export function addTrials(app: App, { models, store, budget, configuration }: Services): void {
  const { trials } = models;
  const admin = (authorization: string | undefined) => requireAdmin(authorization, configuration.adminToken);
  const state = () => ({ trial: trials.running ?? null });
  let counted: { at: number; usage: ReturnType<typeof usageOf> } | undefined;

  app.openapi(usageRoute, async (c) => {
    if (!counted || Date.now() - counted.at > FRESH) {
      const usage = usageOf(store, models.current);
      counted = { at: Date.now(), usage };
      usage.catch(() => {
        counted = undefined;
      });
    }
    return c.json(await counted.usage, 200, { 'Cache-Control': 'no-cache' });
  });

  app.openAPIRegistry.registerPath({
    ...tryRoute,
    request: { body: { required: true, content: { 'application/json': { schema: ShareSchema } } } },
  });
  app.openapi({ ...tryRoute, hide: true }, async (c) => {
    admin(c.req.header('authorization'));
    const { version, share } = await readJson(c, ShareSchema, budget);
    if (!(await store.models()).some((model) => model.version === version)) throw noSuchModel(version);
    await asProblem(() => trials.set(version, share));
    counted = undefined;
    return c.json(state(), 200);
  });

  app.openapi(endRoute, async (c) => {
    admin(c.req.header('authorization'));
    await trials.end();
    counted = undefined;
    return c.json(state(), 200);
  });
}
