/**
 * The worker that belongs to the app: `inkling worker` in a process of its own, of low priority, so that neither the event
 * loop nor the threads that read pictures wait for it. It is there while there is something to do, and ends when the app
 * does; what it was doing goes on when the app is back, or at another worker's.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Logger } from 'pino';
import type { Configuration } from '../configuration.ts';
import type { Queue } from './queue.ts';

const CHILD = join(import.meta.dirname, '../../src/cli/child.ts');
const LOW_PRIORITY = 10;
const LOOK_EVERY = 1000;
/** After a worker that failed, in milliseconds. */
const AGAIN_AFTER = 10_000;
/** How long it may take to give its jobs back. */
const STOP_WITHIN = 5000;
const MOST_RUNNING = 100;

export class LocalWorker {
  readonly #queue: Queue;
  readonly #configuration: Configuration;
  readonly #logger: Logger;
  #child: ChildProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #notBefore = 0;
  #lookedForSilent = 0;
  #isStopped = false;

  constructor(queue: Queue, configuration: Configuration, logger: Logger) {
    this.#queue = queue;
    this.#configuration = configuration;
    this.#logger = logger;
  }

  /** Looks every second whether there is something to do. */
  start(): void {
    if (this.#configuration.jobs === 0) return;
    const look = async () => {
      await this.look();
      if (this.#isStopped) return;
      this.#timer = setTimeout(look, LOOK_EVERY);
      this.#timer.unref();
    };
    void look();
  }

  /** Looks now. */
  async look(): Promise<void> {
    if (this.#configuration.jobs === 0 || this.#child || Date.now() < this.#notBefore) return;
    const hasWork = await this.#hasWork().catch(() => false);
    if (hasWork && !this.#child && !this.#isStopped) this.#launch();
  }

  /** Has it give its jobs back and end. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (!child) return;
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN);
    await ended;
    clearTimeout(late);
  }

  /** Whether a job waits, or one has been left by its worker. */
  async #hasWork(): Promise<boolean> {
    const [waiting] = await this.#queue.list({ state: 'waiting', limit: 1 });
    if (waiting) return true;
    const heartbeat = 1000 * this.#configuration.jobHeartbeat;
    if (Date.now() - this.#lookedForSilent < heartbeat) return false;
    this.#lookedForSilent = Date.now();
    const silentSince = Date.now() - heartbeat;
    const running = await this.#queue.list({ state: 'running', limit: MOST_RUNNING });
    return running.some(({ heardAt }) => (heardAt ?? 0) < silentSince);
  }

  #launch(): void {
    const { database, databaseUrl, model, jobs, jobHeartbeat } = this.#configuration;
    const child = fork(CHILD, ['worker', '--json', '--until-idle', '--threads', '1', '--jobs', `${jobs}`], {
      ...{ stdio: ['ignore', 'pipe', 'pipe', 'ipc'], detached: true, execArgv: [] },
      env: {
        ...process.env,
        ...{ INKLING_DB: database, DATABASE_URL: databaseUrl ?? '', INKLING_MODEL: model ?? '' },
        INKLING_JOB_HEARTBEAT: `${jobHeartbeat}`,
      },
    });
    this.#child = child;
    if (child.pid !== undefined) setPriority(child.pid, LOW_PRIORITY);
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const { event, ...facts } = JSON.parse(line);
      if (facts.kind !== undefined) this.#logger.info(facts, `job: ${event}`);
    });
    let said = '';
    createInterface({ input: child.stderr! }).on('line', (line) => {
      said = line;
    });
    child.once('error', (err) => this.#logger.error({ err }, 'the worker could not be started'));
    child.once('close', (code) => {
      this.#child = undefined;
      if (code === 0 || this.#isStopped) return;
      this.#notBefore = Date.now() + AGAIN_AFTER;
      this.#logger.error({ code, said }, 'the worker ended');
    });
  }
}
