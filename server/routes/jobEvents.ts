/**
 * Jobs as they change, for administrators, as server-sent events: the queue as a whole, and one job with what it says.
 *
 * Workers are other processes, so the database is looked at twice a second; only what is new is told.
 */
import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import type { Job, Queue } from '../jobs/queue.ts';
import { requireAdmin } from '../security/admin.ts';
import type { App, AppEnvironment, Services } from '../services.ts';
import { problems } from './describe.ts';
import { jobJson, LINES, listed, params, requireJob, security, tags, USUAL_LIMIT } from './jobs.ts';

const LOOK_EVERY = 500;
/** A word now and then keeps proxies from closing a connection on which nothing happens. */
const COMMENT_EVERY = 15_000;
const events = { description: 'The events', content: { 'text/event-stream': { schema: z.string() } } };

const queueRoute = createRoute({
  method: 'get',
  path: '/jobs/events',
  summary: 'Follow the queue',
  description:
    'Server-sent events: `jobs`, as GET /jobs answers, at once and whenever something about it has changed.',
  tags,
  security,
  responses: { 200: events, ...problems(401, 403, 503) },
});
const jobRoute = createRoute({
  method: 'get',
  path: '/jobs/{id}/events',
  summary: 'Follow a job to its end',
  description:
    'Server-sent events: `job` whenever something about it has changed, the first at once, and `line` for each line of its log. The last is the `job` that is over.',
  tags,
  security,
  request: { params },
  responses: { 200: events, ...problems(400, 401, 403, 404, 503) },
});

/** To be added before the routes of single jobs, of which none is called "events". */
export function addJobEvents(app: App, { queue, configuration, lifecycle }: Services): void {
  const admin = (authorization: string | undefined) => requireAdmin(authorization, configuration.adminToken);

  /** Shows what there is, first and whenever it was fetched, until that is over, whoever listens goes or the server stops. */
  const follow = <News>(c: Context<AppEnvironment>, { first, fetch, show }: Source<News>) => {
    c.header('Cache-Control', 'private, no-store');
    // Proxies such as nginx pass it on at once.
    c.header('X-Accel-Buffering', 'no');
    return streamSSE(c, async (stream) => {
      const teller = new Teller(stream);
      for (let news: News | 'away' = first; !stream.aborted && lifecycle.state !== 'draining'; ) {
        if (news !== 'away' && (await show(teller, news)) === 'over') return;
        await teller.comment();
        await stream.sleep(LOOK_EVERY);
        // While the database is away, there is nothing new.
        news = await fetch().catch(() => 'away' as const);
      }
    });
  };

  app.openapi(queueRoute, async (c) => {
    admin(c.req.header('authorization'));
    const fetch = () => listed(queue, { limit: USUAL_LIMIT });
    return follow(c, {
      ...{ first: await fetch(), fetch },
      show: (teller, page) => teller.news('jobs', page),
    });
  });

  app.openapi(jobRoute, async (c) => {
    admin(c.req.header('authorization'));
    const { id } = c.req.valid('param');
    const tellLines = linesTeller(queue, id);
    return follow<Job | undefined>(c, {
      first: await requireJob(queue, id),
      fetch: () => queue.get(id),
      show: async (teller, job) => {
        if (!job) return 'over';
        await tellLines(teller);
        await teller.news('job', jobJson(job));
        return job.endedAt === null ? 'go on' : 'over';
      },
    });
  });
}

interface Source<News> {
  first: News;
  fetch(): Promise<News>;
  show(teller: Teller, news: News): Promise<'over' | 'go on' | undefined>;
}

/** Tells the lines of a job that were not told yet. */
function linesTeller(queue: Queue, id: string): (teller: Teller) => Promise<void> {
  let after = 0;
  return async (teller) => {
    for (;;) {
      const lines = await queue.lines(id, { after, limit: LINES }).catch(() => []);
      for (const line of lines) {
        after = line.number;
        await teller.tell('line', line);
      }
      if (lines.length < LINES || teller.isAlone) return;
    }
  };
}

/** That a worker lives is no news. */
const withoutBeats = (key: string, value: unknown) => (key === 'heardAt' ? undefined : value);

/** Tells who listens what is new, and now and then that it is still there. */
class Teller {
  readonly #stream: SSEStreamingApi;
  #told: string | undefined;
  #lastWord = Date.now();

  constructor(stream: SSEStreamingApi) {
    this.#stream = stream;
  }

  /** Whoever listened has gone. */
  get isAlone(): boolean {
    return this.#stream.aborted;
  }

  async tell(event: string, data: unknown): Promise<void> {
    this.#lastWord = Date.now();
    await this.#stream.writeSSE({ event, data: JSON.stringify(data) });
  }

  /** Tells it unless it is what it was the last time. */
  async news(event: string, data: unknown): Promise<undefined> {
    const sign = JSON.stringify(data, withoutBeats);
    if (sign === this.#told) return;
    this.#told = sign;
    await this.tell(event, data);
  }

  async comment(): Promise<void> {
    if (Date.now() - this.#lastWord < COMMENT_EVERY) return;
    this.#lastWord = Date.now();
    await this.#stream.write(': still there\n\n');
  }
}
