/** The loop of a rival's process in Node. */
import { createInterface } from 'node:readline';
import type { PrepareRequest, Reply, Request } from './protocol.ts';

/** A network that is ready to train or to answer. */
export interface Contest {
  /** One training step, or one batch's answers, computed to the end. */
  step(): void | Promise<void>;
  /** Of the last step: the logits, or in training the mean loss. */
  result(): number[];
}

export interface Engine {
  version: string;
  /** Makes a network ready, and says on how many threads it runs. */
  prepare(request: PrepareRequest): Promise<{ contest: Contest; threads: number }>;
}

/** Answers requests until standard input ends. `start` loads the engine when it is first needed. */
export async function serve(start: () => Promise<Engine>): Promise<void> {
  let engine: Engine | undefined;
  let contest: Contest | undefined;

  async function answer(request: Request): Promise<Reply> {
    if (request.type === 'run') {
      if (!contest) throw new Error('there is nothing to run yet');
      return { type: 'ran', milliseconds: await timeSteps(contest, request.runs) };
    }
    engine ??= await start();
    const ready = await engine.prepare(request);
    contest = ready.contest;
    const results: number[][] = [];
    let milliseconds = 0;
    for (let step = 0; step < request.trialSteps; step++) {
      milliseconds = await timeSteps(contest, 1);
      results.push(contest.result());
    }
    return { type: 'ready', version: engine.version, threads: ready.threads, results, milliseconds };
  }

  for await (const line of createInterface({ input: process.stdin })) {
    let reply: Reply;
    try {
      reply = await answer(JSON.parse(line));
    } catch (error) {
      reply = { type: 'error', message: error instanceof Error ? error.message : String(error) };
    }
    process.stdout.write(`${JSON.stringify(reply)}\n`);
  }
  // Engines may keep threads that would hold the process.
  process.exit();
}

async function timeSteps(contest: Contest, runs: number): Promise<number> {
  const started = performance.now();
  for (let run = 0; run < runs; run++) {
    const pending = contest.step();
    if (pending) await pending;
  }
  return performance.now() - started;
}
