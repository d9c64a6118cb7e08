/**
 * Fine-tuning for the app: a process of its own, of low priority, so that neither the event loop nor the threads that
 * read pictures wait for it. It runs the same command as people do, which keeps its result in the database; where that
 * was promoted, this server changes to it at once and the others when they next look.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Logger } from 'pino';
import type { Configuration } from '../configuration.ts';

const COMMAND_LINE = join(import.meta.dirname, '../../src/cli/main.ts');
const LOW_PRIORITY = 10;
const LONGEST_COMPLAINT = 2000;

export interface JobOptions {
  replay?: string;
  examples?: number;
  epochs?: number;
  learningRate?: number;
}

export interface JobStatus {
  state: 'idle' | 'running' | 'promoted' | 'candidate' | 'rejected' | 'failed';
  startedAt: number | null;
  endedAt: number | null;
  progress: { epoch: number; epochs: number; step: number; steps: number } | null;
  /** Version that came of it. */
  version: string | null;
  /** Why it was promoted or rejected, or what went wrong: a sentence. */
  reason: string | null;
}

const NOTHING = { startedAt: null, endedAt: null, progress: null, version: null, reason: null } as const;

export class FinetuneJob {
  readonly #configuration: Configuration;
  readonly #logger: Logger;
  readonly #onPromoted: () => Promise<void>;
  #status: JobStatus = { state: 'idle', ...NOTHING };
  /** What the process said came of it; it counts once the process has ended well. */
  #outcome: Pick<JobStatus, 'state' | 'version' | 'reason'> | undefined;
  #child: ChildProcess | undefined;

  constructor(configuration: Configuration, logger: Logger, onPromoted: () => Promise<void>) {
    this.#configuration = configuration;
    this.#logger = logger;
    this.#onPromoted = onPromoted;
  }

  get status(): JobStatus {
    return this.#status;
  }

  /** False where one is running already. */
  start(options: JobOptions): boolean {
    if (this.#child) return false;
    this.#status = { state: 'running', ...NOTHING, startedAt: Date.now() };
    this.#outcome = undefined;
    const { database, databaseUrl, model } = this.#configuration;
    const env = {
      ...process.env,
      ...{ INKLING_DB: database, DATABASE_URL: databaseUrl ?? '', INKLING_MODEL: model ?? '' },
    };
    const child = spawn(process.execPath, [COMMAND_LINE, ...argumentsOf(options)], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    if (child.pid !== undefined) setPriority(child.pid, LOW_PRIORITY);
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-LONGEST_COMPLAINT);
    });
    createInterface({ input: child.stdout }).on('line', (line) => this.#hear(line));
    child.once('error', (error) => this.#end(error.message));
    child.once('close', (code) => this.#end(code === 0 ? undefined : complaint));
    return true;
  }

  /** Ends it, if it is running. What was not finished is not kept. */
  stop(): void {
    this.#child?.kill('SIGKILL');
  }

  #hear(line: string): void {
    const { event, outcome, version, reason, ...rest } = JSON.parse(line);
    if (event === 'progress') {
      const { epoch, epochs, step, steps } = rest;
      this.#status = { ...this.#status, progress: { epoch, epochs, step, steps } };
    } else if (event === 'result') this.#outcome = { version, reason, state: outcome };
  }

  async #end(complaint: string | undefined): Promise<void> {
    if (!this.#child) return;
    let status: JobStatus = { ...this.#status, ...this.#outcome, endedAt: Date.now() };
    if (complaint !== undefined || !this.#outcome) {
      const said = (complaint ?? '')
        .trim()
        .split('\n')
        .at(-1)
        ?.replace(/^inkling: /, '');
      status = { ...status, state: 'failed', reason: said || 'Fine-tuning was stopped.' };
    }
    this.#logger.info(
      { state: status.state, version: status.version, reason: status.reason },
      'fine-tuning ended',
    );
    // Only then told, so that who hears that it was promoted is answered by it.
    if (status.state === 'promoted') await this.#onPromoted();
    this.#status = status;
    this.#child = undefined;
  }
}

function argumentsOf({ replay, examples, epochs, learningRate }: JobOptions): string[] {
  const given = { replay, examples, epochs, 'learning-rate': learningRate };
  return [
    ...['finetune', '--json', '--threads', '1'],
    ...Object.entries(given).flatMap(([flag, value]) =>
      value === undefined ? [] : [`--${flag}`, `${value}`],
    ),
  ];
}
