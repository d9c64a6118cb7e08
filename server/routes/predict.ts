/** `POST /predict`: a picture comes, what it says goes back, and both are kept. */
import { randomUUID } from 'node:crypto';
import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { boundaryOf, parseForm } from '../body/multipart.ts';
import { readBody } from '../body/read.ts';
import { HttpProblem } from '../problem.ts';
import { isLoopback, limitKey } from '../security/addresses.ts';
import type { App, AppEnvironment, Services } from '../services.ts';
import type { Prediction, Source } from '../store/store.ts';
import { predictionJson } from './answers.ts';
import { json, problems } from './describe.ts';
import { nameOf, ownerOf } from './owner.ts';
import { IdSchema, PredictionSchema, SourceSchema } from './schemas.ts';

/** What a form has besides the picture. */
const FORM_OVERHEAD = 16 * 1024;
const picture = { type: 'string', format: 'binary' } as const;

const route = createRoute({
  method: 'post',
  path: '/predict',
  summary: 'Read the digits in a picture',
  description:
    'Takes a form with the picture in `image`, or the picture alone as the body. PNG, JPEG, WebP, GIF and AVIF are read. ' +
    'Repeating an `id` of one’s own replaces that prediction.',
  tags: ['Predictions'],
  request: {
    query: z.object({
      id: IdSchema.optional(),
      source: SourceSchema.optional(),
      store: z
        .enum(['true', 'false'])
        .optional()
        .openapi({ description: '`false`: answer, and keep nothing' }),
    }),
    body: {
      required: true,
      content: {
        'multipart/form-data': {
          schema: {
            type: 'object',
            required: ['image'],
            properties: {
              image: picture,
              id: { type: 'string', format: 'uuid' },
              source: { type: 'string', enum: SourceSchema.options },
            },
          },
        },
        'image/*': { schema: picture },
      },
    },
  },
  responses: {
    200: json(PredictionSchema, 'What was read'),
    ...problems(400, 403, 409, 413, 415, 422, 429, 503, 507),
  },
});

/** What was asked, whichever way the picture came. */
interface Asked {
  bytes: Uint8Array;
  /** As the client made it up, if it did. */
  id: string | undefined;
  source: Source;
}

export function addPredict(app: App, services: Services): void {
  // The body is read by hand, since it is large, binary and from strangers; so only the description is registered.
  app.openAPIRegistry.registerPath(route);
  app.post(route.path, (c) => predict(c, services));
}

async function predict(c: Context<AppEnvironment>, services: Services): Promise<Response> {
  const start = performance.now();
  const { configuration, limiter, metrics, models, pool, store } = services;
  const address = c.get('address');
  // Who works on the machine itself is limited only if someone asked for that.
  if (configuration.rateLimit !== undefined || !isLoopback(address)) {
    const wait = limiter.take(limitKey(address));
    const seconds = typeof wait === 'number' ? wait : await wait;
    if (seconds > 0) throw tooOften(seconds);
  }
  // Rather before the picture is taken in than after.
  pool.requireRoom();
  const keep = c.req.query('store') !== 'false';
  const asked = await readAsked(c, services);
  const owner = keep ? ownerOf(c, services) : nameOf(c, services);
  const version = models.trials.versionFor(owner);
  const reading = await pool.read(asked.bytes, keep, c.req.raw.signal, version);
  const { picture: kept, ...answer } = reading;
  const prediction = {
    ...answer,
    id: asked.id ?? randomUUID(),
    createdAt: Date.now(),
    source: asked.source,
    correction: null as string | null,
    correctedAt: null,
  };
  if (keep && kept) {
    const row: Prediction = { ...prediction, owner, picture: kept.bytes, pictureType: kept.type };
    if (!(await store.add(row))) {
      throw new HttpProblem(409, 'The id belongs to someone else’s prediction; choose another.');
    }
    // Only an id that was there before can have been corrected.
    if (asked.id) prediction.correction = (await store.get(owner, asked.id))?.correction ?? null;
  }
  metrics.prediction(reading, reading.milliseconds, performance.now() - start);
  models.trials.observe(reading);
  return c.json(predictionJson(prediction), 200, { 'Cache-Control': 'no-store' });
}

function tooOften(seconds: number): HttpProblem {
  const whole = Math.max(1, Math.ceil(seconds));
  return new HttpProblem(
    429,
    `Too many pictures came from your address; try again in ${whole === 1 ? 'a second' : `${whole} seconds`}.`,
    { headers: { 'Retry-After': `${whole}` } },
  );
}

async function readAsked(c: Context<AppEnvironment>, services: Services): Promise<Asked> {
  const { configuration, budget } = services;
  const contentType = c.req.header('content-type');
  const boundary = boundaryOf(contentType);
  const limit = configuration.maximumUpload;
  if (boundary === undefined) {
    if (!/^(?:image\/[\w.+-]+|application\/octet-stream)\s*(?:;|$)/i.test(contentType ?? '')) {
      throw new HttpProblem(
        415,
        'Send the picture as a form with the field "image", or as the body with a Content-Type such as image/png.',
      );
    }
    const bytes = await readBody(c, limit, budget);
    if (bytes.length === 0) throw new HttpProblem(400, 'The body is empty; send a picture.');
    return { bytes, ...checked(c.req.query('id'), c.req.query('source')) };
  }
  const form = parseForm(await readBody(c, limit + FORM_OVERHEAD, budget), boundary);
  const image = form.get('image');
  if (!image || image.length === 0) {
    throw new HttpProblem(400, 'The form holds no picture; put it into the field "image".');
  }
  if (image.length > limit) {
    throw new HttpProblem(
      413,
      `The picture is larger than the ${limit} bytes that are allowed; send a smaller one.`,
    );
  }
  const field = (name: string) => textOf(form.get(name)) ?? c.req.query(name);
  return { bytes: image, ...checked(field('id'), field('source')) };
}

function textOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

/** Made once: the schema that another is made of remembers it for ever. */
const OptionalIdSchema = IdSchema.optional();

function checked(id: string | undefined, source: string | undefined): Omit<Asked, 'bytes'> {
  const goodId = OptionalIdSchema.safeParse(id);
  if (!goodId.success) throw new HttpProblem(400, 'The id must be a UUID.');
  const goodSource = SourceSchema.safeParse(source ?? 'api');
  if (!goodSource.success) {
    throw new HttpProblem(400, `The source must be one of ${SourceSchema.options.join(', ')}.`);
  }
  return { id: goodId.data, source: goodSource.data };
}
