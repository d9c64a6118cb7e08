/** Models: which there are, what they are made of, their weights for the page's own engine, and changing them. */
import { createRoute, z } from '@hono/zod-openapi';
import { readJson } from '../body/json.ts';
import { readBody } from '../body/read.ts';
import { MAXIMUM_MODEL_BYTES, type ModelDescription } from '../models.ts';
import { busy } from '../problem.ts';
import { requireAdmin } from '../security/admin.ts';
import type { App, Services } from '../services.ts';
import { asProblem, bytes, json, noSuchModel, problems } from './describe.ts';
import {
  ModelDetailsSchema,
  ModelListSchema,
  ModelSchema,
  PromotionListSchema,
  VersionSchema,
} from './modelSchemas.ts';
import { nameOf } from './owner.ts';
import { addTrials } from './trials.ts';

const tags = ['Models'];
const params = z.object({ version: VersionSchema });
const security = [{ administrator: [] }];
const FOR_EVER = 'public, max-age=31536000, immutable';
/** After which it makes sense to ask again for a model that an administrator has to send again. */
const MEND_SECONDS = 60;

const listRoute = createRoute({
  method: 'get',
  path: '/models',
  summary: 'List the models and tell the current one',
  tags,
  responses: { 200: json(ModelListSchema, 'The models'), ...problems(503) },
});
const getRoute = createRoute({
  method: 'get',
  path: '/models/{version}',
  summary: 'Describe one: layers, scores, where it comes from',
  tags,
  request: { params },
  responses: { 200: json(ModelDetailsSchema, 'The model'), ...problems(400, 404, 503) },
});
const weightsRoute = createRoute({
  method: 'get',
  path: '/models/{version}/weights',
  summary: 'Get its file',
  tags,
  request: { params },
  responses: { 200: bytes('application/octet-stream', 'A safetensors file'), ...problems(400, 404, 503) },
});
const ChosenSchema = z.object({ version: VersionSchema });
const chooseRoute = createRoute({
  method: 'put',
  path: '/models/current',
  summary: 'Let another model answer',
  description: 'It is loaded and examined first; until then, and if it fails, the one before answers.',
  tags,
  security,
  responses: {
    200: json(z.object({ current: z.string() }), 'It answers now'),
    ...problems(400, 401, 403, 404, 415, 422, 503),
  },
});
const promotionsRoute = createRoute({
  method: 'get',
  path: '/models/promotions',
  summary: 'List which models began to answer, the latest first',
  tags,
  responses: { 200: json(PromotionListSchema, 'The last hundred'), ...problems(503) },
});
const rollbackRoute = createRoute({
  method: 'post',
  path: '/models/rollback',
  summary: 'Let the model answer that did before',
  tags,
  security,
  responses: {
    200: json(z.object({ current: z.string() }), 'It answers now'),
    ...problems(401, 403, 422, 503),
  },
});
const addRoute = createRoute({
  method: 'post',
  path: '/models',
  summary: 'Add a model, without using it yet',
  tags,
  security,
  request: {
    body: {
      required: true,
      content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } as const } },
    },
  },
  responses: { 201: json(ModelSchema, 'It is kept'), ...problems(400, 401, 403, 413, 422, 503) },
});

export function addModels(app: App, services: Services): void {
  const { models, store, budget, configuration } = services;

  app.openapi(listRoute, async (c) => {
    const { current, trials } = models;
    const entries = await store.registry();
    // Until someone has chosen, the alias names none.
    const isChosen = entries.some(({ state }) => state === 'champion');
    const answering = entries.find(({ version }) => version === current);
    if (!isChosen && answering) answering.state = 'champion';
    const yours = trials.versionFor(nameOf(c, services));
    const list = { current, yours, trial: trials.running ?? null, models: entries };
    return c.json(list, 200, { 'Cache-Control': 'private, no-cache' });
  });

  // Before the route of one model, which would take "usage" and "promotions" for versions.
  addTrials(app, services);
  app.openapi(promotionsRoute, async (c) =>
    c.json({ promotions: await store.promotions(100) }, 200, { 'Cache-Control': 'no-cache' }),
  );

  app.openapi(rollbackRoute, async (c) => {
    requireAdmin(c.req.header('authorization'), configuration.adminToken);
    await asProblem(() => models.rollBack());
    return c.json({ current: models.current }, 200);
  });

  app.openapi(getRoute, async (c) => {
    const { version } = c.req.valid('param');
    const description = await models.describe(version);
    const entry = (await store.models()).find((model) => model.version === version);
    if (!description || !entry) throw noSuchModel(version);
    const isCurrent = version === models.current;
    return c.json(detailsOf(entry, description, isCurrent), 200, { 'Cache-Control': 'no-cache' });
  });

  app.openapi(weightsRoute, async (c) => {
    const { version } = c.req.valid('param');
    const etag = `"${version}"`;
    if (c.req.header('if-none-match') === etag) return c.body(null, 304 as 200, { ETag: etag });
    // Browsers keep it for ever, so it had better be right.
    const file = await asProblem(
      () => models.file(version),
      (error) => busy(error.message, MEND_SECONDS),
    );
    if (!file) throw noSuchModel(version);
    return c.body(file, 200, {
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': `attachment; filename="${version}.safetensors"`,
      'Cache-Control': FOR_EVER,
      ETag: etag,
    });
  });

  app.openAPIRegistry.registerPath({
    ...chooseRoute,
    request: { body: { required: true, content: { 'application/json': { schema: ChosenSchema } } } },
  });
  app.openapi({ ...chooseRoute, hide: true }, async (c) => {
    requireAdmin(c.req.header('authorization'), configuration.adminToken);
    const { version } = await readJson(c, ChosenSchema, budget);
    const isThere = await asProblem(() => models.choose(version));
    if (!isThere) throw noSuchModel(version);
    return c.json({ current: models.current }, 200);
  });

  // The body is a large file, read by hand; only the description is registered.
  app.openAPIRegistry.registerPath(addRoute);
  app.post(addRoute.path, async (c) => {
    requireAdmin(c.req.header('authorization'), configuration.adminToken);
    const file = await readBody(c, MAXIMUM_MODEL_BYTES, budget);
    const added = await asProblem(() => models.add(file));
    return c.json(added, 201);
  });
}

function detailsOf(
  entry: { version: string; name: string; createdAt: number },
  { summary, classNames, calibration, provenance, bytes }: ModelDescription,
  current: boolean,
) {
  const { layers, parameters, flops, input } = summary;
  return {
    ...entry,
    current,
    bytes,
    classNames: [...classNames],
    calibration,
    parameters,
    flops,
    input,
    layers: layers.map(({ name, type, outputShape, parameters, flops }) => ({
      name,
      type,
      outputShape,
      parameters,
      flops,
    })),
    provenance,
  };
}
