/** Learning from corrections, for administrators: looking at what people corrected, and fine-tuning on it. */
import { createHash } from 'node:crypto';
import { createRoute, z } from '@hono/zod-openapi';
import { readJson } from '../body/json.ts';
import { HttpProblem } from '../problem.ts';
import { requireAdmin } from '../security/admin.ts';
import type { App, Services } from '../services.ts';
import type { StoredCorrection } from '../store/store.ts';
import { digitJson } from './answers.ts';
import { json, problems } from './describe.ts';
import {
  CorrectionListQuerySchema,
  CorrectionListSchema,
  FinetuneSchema,
  FinetuneStatusSchema,
  IdSchema,
  ReviewSchema,
} from './schemas.ts';

const tags = ['Learning'];
const security = [{ administrator: [] }];
const PRIVATE = { 'Cache-Control': 'private, no-store' };
const params = z.object({ id: IdSchema });

const listRoute = createRoute({
  method: 'get',
  path: '/corrections',
  summary: 'List what people corrected, the latest first',
  tags,
  security,
  request: { query: CorrectionListQuerySchema },
  responses: { 200: json(CorrectionListSchema, 'A page of them'), ...problems(400, 401, 403, 503) },
});
const reviewRoute = createRoute({
  method: 'put',
  path: '/corrections/{id}/review',
  summary: 'Accept a correction, reject it, or say what the picture really shows',
  description: 'A review is void once its owner changes the picture or the correction.',
  tags,
  security,
  request: { params },
  responses: {
    200: json(z.object({ state: z.string() }), 'It is kept'),
    ...problems(400, 401, 403, 404, 415, 503),
  },
});
const startRoute = createRoute({
  method: 'post',
  path: '/finetune',
  summary: 'Train the current model on accepted corrections',
  description:
    'It is a job, which runs in a process of its own. Where the result reads held-out corrections better and forgets nothing, it becomes the current model; else it is kept with the reason.',
  tags,
  security,
  responses: {
    202: json(FinetuneStatusSchema, 'It has begun; GET /finetune tells how it goes'),
    ...problems(400, 401, 403, 409, 415, 503),
  },
});
const statusRoute = createRoute({
  method: 'get',
  path: '/finetune',
  summary: 'Tell how fine-tuning goes, or went',
  tags,
  security,
  responses: { 200: json(FinetuneStatusSchema, 'How it goes'), ...problems(401, 403, 503) },
});

export function addLearning(app: App, services: Services): void {
  const { store, budget, configuration, finetuning } = services;
  const admin = (authorization: string | undefined) => requireAdmin(authorization, configuration.adminToken);

  app.openapi(listRoute, async (c) => {
    admin(c.req.header('authorization'));
    const { corrections, next, total } = await store.corrections(c.req.valid('query'));
    return c.json({ corrections: corrections.map(correctionJson), next, total }, 200, PRIVATE);
  });

  app.openAPIRegistry.registerPath({
    ...reviewRoute,
    request: { params, body: { required: true, content: { 'application/json': { schema: ReviewSchema } } } },
  });
  app.openapi({ ...reviewRoute, hide: true }, async (c) => {
    admin(c.req.header('authorization'));
    const { state, text = null, seen } = await readJson(c, ReviewSchema, budget);
    const isKept = await store.review(c.req.valid('param').id, { state, text, seen, at: Date.now() });
    if (!isKept) {
      throw new HttpProblem(
        404,
        'There is no such correction any more, or it was changed since; look at the list again.',
      );
    }
    return c.json({ state }, 200, PRIVATE);
  });

  app.openAPIRegistry.registerPath({
    ...startRoute,
    request: { body: { required: true, content: { 'application/json': { schema: FinetuneSchema } } } },
  });
  app.openapi({ ...startRoute, hide: true }, async (c) => {
    admin(c.req.header('authorization'));
    const options = await readJson(c, FinetuneSchema, budget);
    if (!(await finetuning.start(options))) {
      throw new HttpProblem(409, 'Fine-tuning is under way already; wait until it has ended.');
    }
    return c.json(await finetuning.status(), 202, PRIVATE);
  });

  app.openapi(statusRoute, async (c) => {
    admin(c.req.header('authorization'));
    return c.json(await finetuning.status(), 200, PRIVATE);
  });
}

/** Owners are told apart, but their names stay here. */
function correctionJson({ owner, digits, ...correction }: StoredCorrection) {
  const client = createHash('sha256').update(owner).digest('hex').slice(0, 8);
  return { ...correction, client, digits: digits.map(digitJson) };
}
