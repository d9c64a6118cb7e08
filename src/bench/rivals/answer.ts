/** What a rival does with requests, wherever it runs: in a process of Node, or in a page. */
import type { PrepareReply, PrepareRequest, Reply, Request, RunReply } from './protocol.ts';

/** A network that is ready to train or to answer. */
export interface Contest {
  /** One training step, or one batch's answers. What it gives to wait for is waited for before the next. */
  step(): void | Promise<void>;
  /** Waits until all steps are computed to the end, where `step` does not. */
  settle?(): Promise<void>;
  /** Of the last step: the logits, or in training the mean loss. */
  result(): number[] | Promise<number[]>;
  /** Frees what it holds, before another one is made ready. */
  dispose?(): Promise<void>;
}

export interface Engine {
  version: string;
  /** Makes a network ready, and says where it runs. */
  prepare(
    request: PrepareRequest,
  ): Promise<{ contest: Contest } & Pick<PrepareReply, 'threads' | 'device' | 'peak'>>;
}

/** Engines by name, each loaded when it is first needed. */
export class Answerer {
  readonly #start: (name: string) => Promise<Engine>;
  readonly #engines = new Map<string, Engine>();
  readonly #contests = new Map<string, Contest>();

  constructor(start: (name: string) => Promise<Engine>) {
    this.#start = start;
  }

  async answer(request: Request): Promise<Reply> {
    try {
      return request.type === 'run'
        ? await this.#run(request.engine, request.runs)
        : await this.#prepare(request);
    } catch (error) {
      return { type: 'error', message: error instanceof Error ? error.message : String(error) };
    }
  }

  async #run(name: string, runs: number): Promise<RunReply> {
    const contest = this.#contests.get(name);
    if (!contest) throw new Error('there is nothing to run yet');
    return { type: 'ran', milliseconds: await timeSteps(contest, runs) };
  }

  async #prepare(request: PrepareRequest): Promise<PrepareReply> {
    const { engine: name } = request;
    const engine = this.#engines.get(name) ?? (await this.#start(name));
    this.#engines.set(name, engine);
    await this.#contests.get(name)?.dispose?.();
    this.#contests.delete(name);
    const { contest, ...where } = await engine.prepare(request);
    this.#contests.set(name, contest);
    const results: number[][] = [];
    let milliseconds = 0;
    for (let step = 0; step < request.trialSteps; step++) {
      milliseconds = await timeSteps(contest, 1);
      results.push(await contest.result());
    }
    return { type: 'ready', version: engine.version, ...where, results, milliseconds };
  }
}

async function timeSteps(contest: Contest, runs: number): Promise<number> {
  const started = performance.now();
  for (let run = 0; run < runs; run++) {
    const pending = contest.step();
    if (pending) await pending;
  }
  await contest.settle?.();
  return performance.now() - started;
}
