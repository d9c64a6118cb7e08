/** What the routes work with, made once when the app starts. */

import type { HttpBindings } from '@hono/node-server';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Logger } from 'pino';
import type { BodyBudget } from './body/read.ts';
import type { Configuration } from './configuration.ts';
import type { LocalWorker } from './jobs/localWorker.ts';
import type { Queue } from './jobs/queue.ts';
import type { FinetuneJob } from './learning/job.ts';
import type { ModelKeeper } from './models.ts';
import type { Lifecycle } from './operations/lifecycle.ts';
import type { Metrics } from './operations/metrics.ts';
import type { PageFiles } from './pageFiles.ts';
import type { ReadingPool } from './reading/pool.ts';
import type { Identity } from './security/identity.ts';
import type { RateLimiter } from './security/rateLimit.ts';
import type { Store } from './store/store.ts';

export interface Services {
  configuration: Configuration;
  store: Store;
  pool: ReadingPool;
  models: ModelKeeper;
  queue: Queue;
  worker: LocalWorker;
  finetuning: FinetuneJob;
  metrics: Metrics;
  identity: Identity;
  limiter: RateLimiter;
  budget: BodyBudget;
  lifecycle: Lifecycle;
  page: PageFiles;
  logger: Logger;
}

/** What Hono carries along with a request. */
export interface AppEnvironment {
  /** Missing where a test calls the app without a socket. */
  Bindings: Partial<HttpBindings>;
  Variables: {
    requestId: string;
    /** Address of the client, as far as proxies can be trusted to tell. */
    address: string;
    /** Whether the client speaks HTTPS, to us or to a trusted proxy. */
    isSecure: boolean;
    /** What the client calls us: host and port. */
    host: string | undefined;
  };
}

export type App = OpenAPIHono<AppEnvironment>;
