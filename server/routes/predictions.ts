/** What a browser had read: to list, look at, correct and delete. Everyone sees only their own. */
import { createRoute, z } from '@hono/zod-openapi';
import { readJson } from '../body/json.ts';
import { INERT_CONTENT_SECURITY_POLICY } from '../security/headers.ts';
import type { App, Services } from '../services.ts';
import { predictionJson, summaryJson } from './answers.ts';
import { bytes, json, problems } from './describe.ts';
import { nameOf, noSuchPrediction } from './owner.ts';
import {
  CorrectionSchema,
  DeletedSchema,
  IdSchema,
  ListQuerySchema,
  PredictionPageSchema,
  PredictionSchema,
} from './schemas.ts';

const tags = ['Predictions'];
const params = z.object({ id: IdSchema });
const PRIVATE = { 'Cache-Control': 'private, no-store' };

const listRoute = createRoute({
  method: 'get',
  path: '/predictions',
  summary: 'List what was read, newest first',
  tags,
  request: { query: ListQuerySchema },
  responses: { 200: json(PredictionPageSchema, 'A page of them'), ...problems(400, 503) },
});
const getRoute = createRoute({
  method: 'get',
  path: '/predictions/{id}',
  summary: 'Get one, with what the network saw',
  tags,
  request: { params },
  responses: { 200: json(PredictionSchema, 'The prediction'), ...problems(400, 404, 503) },
});
const imageRoute = createRoute({
  method: 'get',
  path: '/predictions/{id}/image',
  summary: 'Get its picture, as it was coded anew',
  tags,
  request: { params },
  responses: {
    200: bytes('image/png', 'The picture, as PNG or WebP'),
    ...problems(400, 404, 503),
  },
});
const correctRoute = createRoute({
  method: 'put',
  path: '/predictions/{id}/correction',
  summary: 'Say what the picture really says',
  tags,
  request: { params },
  responses: {
    200: json(PredictionSchema, 'The prediction, corrected'),
    ...problems(400, 403, 404, 415, 503, 507),
  },
});
const uncorrectRoute = createRoute({
  method: 'delete',
  path: '/predictions/{id}/correction',
  summary: 'Take a correction back',
  tags,
  request: { params },
  responses: { 200: json(PredictionSchema, 'The prediction'), ...problems(400, 403, 404, 503) },
});
const removeRoute = createRoute({
  method: 'delete',
  path: '/predictions/{id}',
  summary: 'Delete one, with its pictures',
  tags,
  request: { params },
  responses: { 200: json(DeletedSchema, 'How many were deleted: 1'), ...problems(400, 403, 404, 503) },
});
const removeAllRoute = createRoute({
  method: 'delete',
  path: '/predictions',
  summary: 'Delete all of one’s own',
  tags,
  responses: { 200: json(DeletedSchema, 'How many were deleted'), ...problems(403, 503) },
});

export function addPredictions(app: App, services: Services): void {
  const { store, metrics, budget } = services;

  app.openapi(listRoute, async (c) => {
    const page = await store.list({ owner: nameOf(c, services), ...c.req.valid('query') });
    return c.json({ ...page, predictions: page.predictions.map(summaryJson) }, 200, PRIVATE);
  });

  app.openapi(getRoute, async (c) => {
    const prediction = await store.get(nameOf(c, services), c.req.valid('param').id);
    if (!prediction) throw noSuchPrediction();
    return c.json(predictionJson(prediction), 200, PRIVATE);
  });

  app.openapi(imageRoute, async (c) => {
    const prediction = await store.get(nameOf(c, services), c.req.valid('param').id);
    if (!prediction) throw noSuchPrediction();
    return c.body(Uint8Array.from(prediction.picture), 200, {
      ...PRIVATE,
      'Content-Type': prediction.pictureType,
      'Content-Disposition': 'inline',
      'Content-Security-Policy': INERT_CONTENT_SECURITY_POLICY,
    });
  });

  const correct = async (owner: string, id: string, text: string | null) => {
    if (!(await store.correct(owner, id, text, Date.now()))) throw noSuchPrediction();
    if (text !== null) metrics.correction();
    const prediction = await store.get(owner, id);
    if (!prediction) throw noSuchPrediction();
    return predictionJson(prediction);
  };

  app.openAPIRegistry.registerPath({
    ...correctRoute,
    request: {
      params,
      body: { required: true, content: { 'application/json': { schema: CorrectionSchema } } },
    },
  });
  app.openapi({ ...correctRoute, hide: true }, async (c) => {
    const { text } = await readJson(c, CorrectionSchema, budget);
    return c.json(await correct(nameOf(c, services), c.req.valid('param').id, text), 200, PRIVATE);
  });

  app.openapi(uncorrectRoute, async (c) =>
    c.json(await correct(nameOf(c, services), c.req.valid('param').id, null), 200, PRIVATE),
  );

  app.openapi(removeRoute, async (c) => {
    const isGone = await store.remove(nameOf(c, services), c.req.valid('param').id);
    if (!isGone) throw noSuchPrediction();
    return c.json({ deleted: 1 }, 200, PRIVATE);
  });

  app.openapi(removeAllRoute, async (c) =>
    c.json({ deleted: await store.removeAll(nameOf(c, services)) }, 200, PRIVATE),
  );
}
