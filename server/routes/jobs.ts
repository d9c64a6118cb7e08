/** Jobs, for administrators: what is in the queue, how each goes, and an end to one. `jobEvents.ts` tells the same as it changes. */
import { createRoute, z } from '@hono/zod-openapi';
import { JOB_STATES, type Job, type ListJobsOptions, type Queue } from '../jobs/queue.ts';
import { HttpProblem } from '../problem.ts';
import { requireAdmin } from '../security/admin.ts';
import type { App, Services } from '../services.ts';
import { json, problems } from './describe.ts';
import { JobDetailsSchema, JobListSchema, JobSchema } from './jobSchemas.ts';
import { IdSchema } from './schemas.ts';

export const tags = ['Jobs'];
export const security = [{ administrator: [] }];
export const PRIVATE = { 'Cache-Control': 'private, no-store' };
export const params = z.object({ id: IdSchema });
export const USUAL_LIMIT = 20;
/** Of a log that are told at a time. */
export const LINES = 200;

const listRoute = createRoute({
  method: 'get',
  path: '/jobs',
  summary: 'List jobs, the latest first',
  tags,
  security,
  request: {
    query: z.object({
      state: z.enum(JOB_STATES).optional(),
      kind: z.string().max(50).optional(),
      limit: z.coerce.number().pipe(z.int().min(1).max(100)).default(USUAL_LIMIT),
      before: IdSchema.optional().openapi({ description: 'What the page before gave as `next`' }),
    }),
  },
  responses: { 200: json(JobListSchema, 'A page of them'), ...problems(400, 401, 403, 503) },
});
const oneRoute = createRoute({
  method: 'get',
  path: '/jobs/{id}',
  summary: 'Show a job with its files and the last of its log',
  tags,
  security,
  request: { params },
  responses: { 200: json(JobDetailsSchema, 'The job'), ...problems(400, 401, 403, 404, 503) },
});
const cancelRoute = createRoute({
  method: 'post',
  path: '/jobs/{id}/cancel',
  summary: 'Cancel a job',
  description:
    'One that waits is cancelled at once. One that is being done is told to stop, as `isCancelling` says, and is cancelled when its worker has.',
  tags,
  security,
  request: { params },
  responses: {
    200: json(JobSchema, 'It is cancelled, or told to stop'),
    ...problems(400, 401, 403, 404),
    409: { ...problems(409)[409], description: 'It is over already' },
    ...problems(503),
  },
});

export function addJobs(app: App, { queue, configuration }: Services): void {
  const admin = (authorization: string | undefined) => requireAdmin(authorization, configuration.adminToken);

  app.openapi(listRoute, async (c) => {
    admin(c.req.header('authorization'));
    return c.json(await listed(queue, c.req.valid('query')), 200, PRIVATE);
  });

  app.openapi(oneRoute, async (c) => {
    admin(c.req.header('authorization'));
    const job = await requireJob(queue, c.req.valid('param').id);
    const [files, lines] = await Promise.all([
      queue.artefacts.list(job.id),
      queue.lines(job.id, { limit: LINES }),
    ]);
    return c.json({ ...jobJson(job), files, lines }, 200, PRIVATE);
  });

  app.openapi(cancelRoute, async (c) => {
    admin(c.req.header('authorization'));
    const { id } = c.req.valid('param');
    const isCancelled = await queue.cancel(id);
    const job = await requireJob(queue, id);
    if (isCancelled) return c.json(jobJson(job), 200, PRIVATE);
    throw new HttpProblem(409, `The job is over already (${job.state}), so there is nothing to cancel.`);
  });
}

/** A page of jobs, with how many there are of each state. */
export async function listed(queue: Queue, query: ListJobsOptions) {
  const [jobs, counts] = await Promise.all([queue.list(query), queue.counts()]);
  const next = jobs.length === query.limit ? jobs.at(-1)!.id : null;
  return { jobs: jobs.map(jobJson), next, counts };
}

/** @throws HttpProblem 404 where there is none. */
export async function requireJob(queue: Queue, id: string): Promise<Job> {
  const job = await queue.get(id);
  if (job) return job;
  throw new HttpProblem(404, 'There is no such job, or not any more.');
}

/** What jobs are told to do may hold whole recipes and names of files, which nobody asked for. */
export function jobJson({ payload: _, ...job }: Job) {
  return job;
}
