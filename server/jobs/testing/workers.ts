/** Workers as processes, for tests that kill them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { StoreOptions } from '../../store/open.ts';
import type { Queue } from '../queue.ts';
import { openTestQueue } from './open.ts';
import type { Steps } from './worker.ts';

export class WorkerProcess {
  readonly said: string[] = [];
  readonly #process: ChildProcess;
  readonly #ended: Promise<number | null>;
  #complaints = '';

  constructor(options: StoreOptions, jobs = 1) {
    this.#process = spawn(
      process.execPath,
      [join(import.meta.dirname, 'worker.ts'), JSON.stringify(options), `${jobs}`],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const lines = createInterface({ input: this.#process.stdout! });
    lines.on('line', (line) => this.said.push(line));
    this.#process.stderr!.on('data', (text) => {
      this.#complaints += text;
    });
    this.#ended = new Promise((resolve) => this.#process.once('close', resolve));
  }

  /** Waits until it has said something like that. */
  async until(what: RegExp | ((said: string[]) => boolean)): Promise<void> {
    const isSaid =
      typeof what === 'function' ? what : (said: string[]) => said.some((line) => what.test(line));
    while (!isSaid(this.said)) {
      if (this.#process.exitCode !== null) throw new Error(`The worker ended by itself: ${this.#complaints}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** How many jobs it has begun and not ended. */
  get busy(): number {
    const count = (what: RegExp) => this.said.filter((line) => what.test(line)).length;
    return count(/^begin /) - count(/^(done|failed|stopped|lost) /);
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#ended;
  }

  /** Asks it to end; gives its exit code. */
  async stop(): Promise<number | null> {
    this.#process.kill('SIGTERM');
    return this.#ended;
  }
}

/** What a test begins is ended with it. */
export class Harness {
  readonly #cleanUp: (() => Promise<unknown>)[] = [];

  async queue(where: StoreOptions): Promise<Queue> {
    const queue = await openTestQueue(where);
    this.#cleanUp.push(() => queue.close());
    return queue;
  }

  worker(where: StoreOptions, jobs = 1): WorkerProcess {
    const worker = new WorkerProcess(where, jobs);
    this.#cleanUp.push(() => worker.kill());
    return worker;
  }

  async end(): Promise<void> {
    for (const clean of this.#cleanUp.splice(0).reverse()) await clean();
  }
}

export const addSteps = (queue: Queue, payload: Steps) =>
  queue.add({ kind: 'steps', label: 'steps', payload });

export const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export async function untilDone(queue: Queue, count: number): Promise<void> {
  while ((await queue.counts()).done < count) await pause(100);
}
