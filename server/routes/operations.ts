/** For whoever runs the app: is it alive, is it ready, and how is it doing. */
import { createRoute, z } from '@hono/zod-openapi';
import type { App, Services } from '../services.ts';
import { json, problems } from './describe.ts';
import { LiveFiguresSchema } from './schemas.ts';

const tags = ['Operations'];
const StatusSchema = z.object({ status: z.string() }).openapi('Status');
const NEVER_KEPT = { 'Cache-Control': 'no-store' };
const CHECK_MILLISECONDS = 2000;

const healthRoute = createRoute({
  method: 'get',
  path: '/healthz',
  summary: 'Whether the process is alive',
  tags,
  responses: { 200: json(StatusSchema, 'It is') },
});
const readyRoute = createRoute({
  method: 'get',
  path: '/readyz',
  summary: 'Whether it should be sent requests',
  description: 'Not while it loads or stops, without a thread that reads, or without its database.',
  tags,
  responses: { 200: json(StatusSchema, 'It should'), 503: json(StatusSchema, 'It should not, and why') },
});
const metricsRoute = createRoute({
  method: 'get',
  path: '/metrics',
  summary: 'Figures for Prometheus',
  tags,
  responses: {
    200: { description: 'In Prometheus’s text format', content: { 'text/plain': { schema: z.string() } } },
  },
});
const liveRoute = createRoute({
  method: 'get',
  path: '/metrics/live',
  summary: 'Figures for people, as they move',
  tags,
  responses: { 200: json(LiveFiguresSchema, 'The figures'), ...problems(503) },
});

/** At the root of the app. */
export function addOperations(app: App, services: Services): void {
  const { metrics } = services;
  app.openapi(healthRoute, (c) => c.json({ status: 'alive' }, 200, NEVER_KEPT));
  app.openapi(readyRoute, async (c) => {
    const reason = await whyNotReady(services);
    return reason === undefined
      ? c.json({ status: 'ready' }, 200, NEVER_KEPT)
      : c.json({ status: reason }, 503, { ...NEVER_KEPT, 'Retry-After': '1' });
  });
  app.openapi(metricsRoute, async (c) =>
    c.text(await metrics.registry.metrics(), 200, {
      ...NEVER_KEPT,
      'Content-Type': metrics.registry.contentType,
    }),
  );
}

/** Under the API's path. */
export function addLiveFigures(app: App, { metrics }: Services): void {
  app.openapi(liveRoute, (c) => c.json(metrics.live(), 200, NEVER_KEPT));
}

async function whyNotReady({ lifecycle, pool, store }: Services): Promise<string | undefined> {
  if (lifecycle.state !== 'ready') return lifecycle.state;
  if (pool.figures.workers === 0) return 'no thread that reads is running';
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('the database does not answer'), CHECK_MILLISECONDS);
  });
  const checked = store.check().then(
    () => undefined,
    () => 'the database cannot be reached',
  );
  const reason = await Promise.race([checked, late]);
  clearTimeout(timer);
  return reason;
}
