/** Puts the app together and serves it: opens the store, starts the threads, listens, and stops in good order. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { describeFileError, InklingError } from '../src/index.ts';
import { createApp } from './app.ts';
import { BodyBudget } from './body/read.ts';
import type { Configuration } from './configuration.ts';
import { LocalWorker } from './jobs/localWorker.ts';
import { openQueue } from './jobs/open.ts';
import type { Queue } from './jobs/queue.ts';
import { FinetuneJob } from './learning/job.ts';
import { createServer } from './listener.ts';
import { chooseModel, ModelKeeper, readModelFile } from './models.ts';
import { Lifecycle } from './operations/lifecycle.ts';
import { Metrics } from './operations/metrics.ts';
import { startRetention } from './operations/retention.ts';
import { PageFiles } from './pageFiles.ts';
import { ReadingPool } from './reading/pool.ts';
import { Identity } from './security/identity.ts';
import { RateLimiter, USUAL_LIMIT } from './security/rateLimit.ts';
import { findSecret } from './security/secret.ts';
import type { Services } from './services.ts';
import { DatabaseStore } from './store/databaseStore.ts';
import { openDatabase } from './store/open.ts';
import type { Store } from './store/store.ts';

const PAGE_FOLDER = join(import.meta.dirname, 'page', 'dist');
/** Uploads of the largest size that may be on their way in at once. */
const UPLOADS_IN_MEMORY = 24;
const MINUTE_SECONDS = 60;
/** Connections that have been answered and wait for another request hold up nobody who wants to stop. */
const IDLE_LOOK_EVERY = 50;

export interface RunningServer {
  /** Where it is, such as `http://127.0.0.1:3000/`. */
  url: string;
  services: Services;
  server: Server;
  /** Finishes what is being done, keeps what must be kept, and ends. */
  stop(): Promise<void>;
}

/** Throws an `InklingError` where something that was configured cannot be used. */
export async function startServer(configuration: Configuration, logger: Logger): Promise<RunningServer> {
  const {
    databaseUrl,
    database: file,
    maximumDatabase: maximumBytes,
    jobHeartbeat: heartbeat,
  } = configuration;
  const database = await openDatabase({ databaseUrl, file, maximumBytes });
  const store = new DatabaseStore(database);
  let queue: Queue | undefined;
  let services: Services | undefined;
  try {
    queue = await openQueue(database, databaseUrl, { heartbeat });
    services = await makeServices(configuration, store, queue, logger);
    const { server, url } = await listen(services);
    services.lifecycle.ready();
    services.worker.start();
    const stopRetention = startRetention(services);
    return { url, services, server, stop: () => stop(services!, server, stopRetention) };
  } catch (error) {
    await services?.models.stop();
    await services?.pool.close();
    await queue?.close();
    await store.close();
    throw error;
  }
}

async function makeServices(
  configuration: Configuration,
  store: Store,
  queue: Queue,
  logger: Logger,
): Promise<Services> {
  const { basePath, rateLimit, databaseUrl } = configuration;
  const metrics = new Metrics();
  const secret = await findSecret(configuration);
  const page = new PageFiles(PAGE_FOLDER);
  await page.load();
  const first = await readModelFile(configuration.model);
  const poolOptions = {
    ...configuration,
    onBatch: (size: number) => metrics.batch(size),
    onRestart: (reason: string) => {
      metrics.restart();
      logger.error({ reason }, 'a thread that reads pictures ended and is replaced');
    },
  };
  const pool = await startPool(poolOptions, await chooseModel(store, first, logger), first, logger);
  const models = new ModelKeeper(store, pool, logger, () => metrics.swap());
  const worker = new LocalWorker(queue, configuration, logger);
  await models.follow();
  metrics.watch(() => ({ ...pool.figures, model: models.current }));
  return {
    configuration,
    store,
    pool,
    models,
    queue,
    worker,
    finetuning: new FinetuneJob(queue, {
      current: () => models.current,
      onAdded: () => void worker.look(),
      onPromoted: () => models.follow(),
    }),
    metrics,
    identity: new Identity(secret, basePath),
    limiter: new RateLimiter({
      capacity: rateLimit ?? USUAL_LIMIT,
      seconds: MINUTE_SECONDS,
      // Only PostgreSQL is shared with other servers.
      take: databaseUrl === undefined ? undefined : (...asked) => store.take(...asked),
    }),
    budget: new BodyBudget(UPLOADS_IN_MEMORY * configuration.maximumUpload),
    lifecycle: new Lifecycle(),
    page,
    logger,
  };
}

/** With the model that was chosen or, where that is damaged, with the one to begin with. */
async function startPool(
  options: Parameters<typeof ReadingPool.start>[0],
  chosen: Parameters<typeof ReadingPool.start>[1],
  first: Parameters<typeof ReadingPool.start>[1],
  logger: Logger,
): Promise<ReadingPool> {
  try {
    return await ReadingPool.start(options, chosen);
  } catch (error) {
    if (!(error instanceof InklingError) || chosen.version === first.version) throw error;
    logger.error({ err: error, version: chosen.version }, 'the chosen model cannot be used; using the first');
    return ReadingPool.start(options, first);
  }
}

async function listen(services: Services): Promise<{ server: Server; url: string }> {
  const { host, port, basePath = '' } = services.configuration;
  const server = createServer(createApp(services), services);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
  } catch (error) {
    throw new InklingError(`Cannot listen on ${host}, port ${port}: ${whyNot(error)}.`, { cause: error });
  }
  const { address, port: taken, family } = server.address() as AddressInfo;
  const name =
    address === '127.0.0.1' || address === '::1' || address === '0.0.0.0' || address === '::'
      ? 'localhost'
      : address;
  return {
    server,
    url: `http://${family === 'IPv6' && name.includes(':') ? `[${name}]` : name}:${taken}${basePath}/`,
  };
}

function whyNot(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return 'something else listens there; stop that or choose another port with PORT or --port';
  if (code === 'EACCES') return 'this user may not; choose a port from 1024 up with PORT or --port';
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return 'this machine has no such address; choose another with HOST or --host';
  }
  return describeFileError(error, 'listen', message).message;
}

async function stop(services: Services, server: Server, stopRetention: () => void): Promise<void> {
  const { lifecycle, models, worker, queue, pool, store, configuration, logger } = services;
  lifecycle.drain();
  logger.info('stopping: finishing what is being answered');
  stopRetention();
  const stopped = worker.stop();
  await new Promise<void>((resolve) => {
    const late = setTimeout(() => server.closeAllConnections(), configuration.drainTimeout);
    const idle = setInterval(() => server.closeIdleConnections(), IDLE_LOOK_EVERY);
    server.close(() => {
      clearTimeout(late);
      clearInterval(idle);
      resolve();
    });
  });
  await models.stop();
  await pool.close();
  await stopped;
  await queue.close();
  await store.close();
  logger.info('stopped');
}
