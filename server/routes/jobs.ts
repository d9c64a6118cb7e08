/** Jobs, for administrators: what is in the queue, how each goes, and the same as it changes. */
import { createRoute, z } from '@hono/zod-openapi';
import { streamSSE } from 'hono/streaming';
import { JOB_STATES, type Job } from '../jobs/queue.ts';
import { HttpProblem } from '../problem.ts';
import { requireAdmin } from '../security/admin.ts';
import type { App, Services } from '../services.ts';
import { json, problems } from './describe.ts';
import { IdSchema } from './schemas.ts';

const tags = ['Jobs'];
const security = [{ administrator: [] }];
const PRIVATE = { 'Cache-Control': 'private, no-store' };
const params = z.object({ id: IdSchema });
const LOOK_EVERY = 500;
/** A word now and then keeps proxies from closing a connection on which nothing happens. */
const COMMENT_EVERY = 15_000;
const LINES = 200;

const time = z.number().openapi({ description: 'Milliseconds since 1970' });
export const JobSchema = z
  .object({
    id: z.uuid(),
    kind: z.string().openapi({ description: 'train, finetune, sweep-run or read' }),
    label: z.string().openapi({ description: 'What it is about' }),
    state: z.enum(JOB_STATES),
    priority: z.int(),
    progress: z.unknown().openapi({ description: 'How far it is, as its worker said last; null before' }),
    result: z.unknown().openapi({ description: 'What came of it; null before it is done' }),
    error: z.string().nullable().openapi({ description: 'Why it failed, or did the last time' }),
    worker: z.string().nullable(),
    attempts: z.int().openapi({ description: 'How often it was begun' }),
    isCancelling: z.boolean(),
    createdAt: time,
    startedAt: time.nullable(),
    heardAt: time.nullable().openapi({ description: 'When its worker was last heard of' }),
    endedAt: time.nullable(),
  })
  .openapi('Job');
const CountsSchema = z.object(
  Object.fromEntries(JOB_STATES.map((state) => [state, z.int()])) as Record<
    (typeof JOB_STATES)[number],
    z.ZodInt
  >,
);
export const JobListSchema = z
  .object({ jobs: z.array(JobSchema), next: z.uuid().nullable(), counts: CountsSchema })
  .openapi('JobList');
export const JobDetailsSchema = JobSchema.extend({
  files: z.array(z.object({ name: z.string(), size: z.int(), sha256: z.string(), createdAt: time })),
  lines: z
    .array(z.object({ number: z.int(), at: time, line: z.string() }))
    .openapi({ description: 'The last of what it said' }),
}).openapi('JobDetails');

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
      limit: z.coerce.number().pipe(z.int().min(1).max(100)).default(20),
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
const eventsRoute = createRoute({
  method: 'get',
  path: '/jobs/{id}/events',
  summary: 'Follow a job to its end',
  description:
    'Server-sent events: `job` whenever something about it has changed, the first at once, and `line` for each line of its log. The last is the `job` that is over.',
  tags,
  security,
  request: { params },
  responses: {
    200: { description: 'The events', content: { 'text/event-stream': { schema: z.string() } } },
    ...problems(400, 401, 403, 404, 503),
  },
});

export function addJobs(app: App, { queue, configuration, lifecycle }: Services): void {
  const admin = (authorization: string | undefined) => requireAdmin(authorization, configuration.adminToken);
  const find = async (id: string): Promise<Job> => {
    const job = await queue.get(id);
    if (job) return job;
    throw new HttpProblem(404, 'There is no such job, or not any more.');
  };

  app.openapi(listRoute, async (c) => {
    admin(c.req.header('authorization'));
    const query = c.req.valid('query');
    const [jobs, counts] = await Promise.all([queue.list(query), queue.counts()]);
    const next = jobs.length === query.limit ? jobs.at(-1)!.id : null;
    return c.json({ jobs: jobs.map(jobJson), next, counts }, 200, PRIVATE);
  });

  app.openapi(oneRoute, async (c) => {
    admin(c.req.header('authorization'));
    const job = await find(c.req.valid('param').id);
    const [files, lines] = await Promise.all([
      queue.artefacts.list(job.id),
      queue.lines(job.id, { limit: LINES }),
    ]);
    return c.json({ ...jobJson(job), files, lines }, 200, PRIVATE);
  });

  app.openapi(eventsRoute, async (c) => {
    admin(c.req.header('authorization'));
    const first = await find(c.req.valid('param').id);
    c.header('Cache-Control', 'private, no-store');
    // Proxies such as nginx pass it on at once.
    c.header('X-Accel-Buffering', 'no');
    return streamSSE(c, async (stream) => {
      let job: Job | undefined = first;
      let told = '';
      let after = 0;
      let lastWord = Date.now();
      while (!stream.aborted && lifecycle.state !== 'draining') {
        for (const line of await queue.lines(first.id, { after, limit: LINES }).catch(() => [])) {
          after = line.number;
          await stream.writeSSE({ event: 'line', data: JSON.stringify(line) });
        }
        const { heardAt: _, ...known } = jobJson(job);
        if (JSON.stringify(known) !== told) {
          told = JSON.stringify(known);
          lastWord = Date.now();
          await stream.writeSSE({ event: 'job', data: JSON.stringify(jobJson(job)) });
        } else if (Date.now() - lastWord > COMMENT_EVERY) {
          lastWord = Date.now();
          await stream.write(': still there\n\n');
        }
        if (job.endedAt !== null) return;
        await stream.sleep(LOOK_EVERY);
        // While the database is away, there is nothing new.
        const found: Job | undefined = await queue.get(first.id).catch(() => job);
        if (!found) return;
        job = found;
      }
    });
  });
}

/** What jobs are told to do may hold whole recipes and names of files, which nobody asked for. */
function jobJson({ payload: _, ...job }: Job) {
  return job;
}
