/**
 * A rival in a process of its own, so that engines do not disturb each other: flags that one sets for the whole
 * process, threads that another keeps spinning, and memory that a third never gives back.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { InklingError } from '../../errors.ts';
import type { ErrorReply, PrepareReply, PrepareRequest, Reply, Request, RunReply } from './protocol.ts';

export interface Command {
  file: string;
  args: readonly string[];
  /** Added to the environment. */
  env?: Record<string, string>;
}

interface Waiting {
  resolve(reply: PrepareReply | RunReply): void;
  reject(error: Error): void;
}

/** Variables that would bring our own settings into a rival's process. */
const NOT_INHERITED = ['NODE_OPTIONS', 'NODE_V8_COVERAGE', 'PYTHONPATH'];
const ERROR_OUTPUT = 2000;
/** Milliseconds that a process has to end by itself. */
const LAST_WORDS = 3000;

export class RivalProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  #waiting: Waiting | undefined;
  #errorOutput = '';
  #ended = false;

  constructor({ file, args, env }: Command) {
    const inherited = Object.entries(process.env).filter(([name]) => !NOT_INHERITED.includes(name));
    this.#child = spawn(file, args, {
      env: { ...Object.fromEntries(inherited), ...env },
      stdio: 'pipe',
      windowsHide: true,
    });
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#hear(line));
    this.#child.stderr.setEncoding('utf8').on('data', (text) => {
      this.#errorOutput = (this.#errorOutput + text).slice(-ERROR_OUTPUT);
    });
    // Writing to a process that has just ended fails here as well as at its end.
    this.#child.stdin.on('error', () => undefined);
    this.#child.on('error', (error) => this.#end(`it does not start: ${error.message}`));
    this.#child.on('close', (code, signal) => this.#end(`it ended (${signal ?? `code ${code}`})`));
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Makes a network ready; gives up, and ends the process, after so many milliseconds. */
  async prepare(request: PrepareRequest, limit: number): Promise<PrepareReply> {
    return (await this.#ask(request, limit)) as PrepareReply;
  }

  /** Takes so many steps and says how many milliseconds they took. */
  async run(engine: string, runs: number): Promise<number> {
    return ((await this.#ask({ type: 'run', engine, runs })) as RunReply).milliseconds;
  }

  close(): void {
    this.#ended = true;
    // A process that has others of its own is told to end them; whatever does not listen is ended all the same.
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), LAST_WORDS);
    this.#child.on('close', () => clearTimeout(timer));
  }

  #ask(request: Request, limit?: number): Promise<PrepareReply | RunReply> {
    if (this.#ended) throw new InklingError('its process has ended');
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      if (limit !== undefined) {
        timer = setTimeout(() => {
          this.close();
          this.#settle((waiting) => waiting.reject(new InklingError(`it took more than ${limit / 1000} s`)));
        }, limit);
      }
      this.#waiting = {
        resolve(reply) {
          clearTimeout(timer);
          resolve(reply);
        },
        reject(error) {
          clearTimeout(timer);
          reject(error);
        },
      };
      this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    });
  }

  #hear(line: string): void {
    let reply: Reply;
    try {
      reply = JSON.parse(line);
    } catch {
      return;
    }
    if (reply?.type === 'error') {
      const { message } = reply satisfies ErrorReply;
      this.#settle((waiting) => waiting.reject(new InklingError(message)));
    } else if (reply?.type === 'ready' || reply?.type === 'ran') {
      this.#settle((waiting) => waiting.resolve(reply));
    }
  }

  #end(reason: string): void {
    this.#ended = true;
    const last = this.#errorOutput.trim().split('\n').at(-1);
    this.#settle((waiting) => waiting.reject(new InklingError(last ? `${reason}: ${last}` : reason)));
  }

  #settle(act: (waiting: Waiting) => void): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) act(waiting);
  }
}
