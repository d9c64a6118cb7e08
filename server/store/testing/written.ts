/** What the writing process wrote, and what of it has to be there. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'vitest';
import type { StoreOptions } from '../open.ts';
import type { Prediction, Store } from '../store.ts';
import { samplePrediction } from './samples.ts';

/** The prediction of that id: its picture follows from the id, so that half a picture would be seen. */
export function writtenPrediction(id: string): Prediction {
  const seed = createHash('sha256').update(id).digest();
  return samplePrediction({ id, picture: Uint8Array.from({ length: 5000 }, (_, index) => seed[index % 32]) });
}

/** Predictions that were promised to be kept, with their corrections. */
export type Promised = Map<string, string | null>;

export class Writer {
  readonly process: ChildProcess;
  readonly promised: Promised = new Map();
  readonly failures: string[] = [];
  readonly #ended: Promise<void>;

  /** @param before a shell command to put in front, such as `ulimit -f 100`. */
  constructor(options: StoreOptions, before = ':') {
    this.process = spawn(
      'sh',
      [
        ...['-c', `${before}; exec "$@"`, 'sh', process.execPath],
        ...[join(import.meta.dirname, 'writer.ts'), JSON.stringify(options)],
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const lines = createInterface({ input: this.process.stdout! });
    lines.on('line', (line) => this.#read(line));
    this.#ended = new Promise((resolve) => lines.once('close', resolve));
  }

  /** Waits until it has had so many promises kept. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.process.exitCode !== null) throw new Error('The writer ended by itself.');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Kills it in the middle of what it does, and reads all it has said. */
  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.#ended;
  }

  #read(line: string): void {
    const [what, id, text] = line.split(' ');
    if (what === 'add') this.promised.set(id, null);
    if (what === 'correct') this.promised.set(id, text);
    if (what === 'fail') this.failures.push(id);
  }
}

/** All that was promised is there, whole. What was not promised may be there too, but as whole. */
export async function expectKept(store: Store, promised: Promised): Promise<void> {
  let found = 0;
  for await (const { correction, correctedAt, ...kept } of store.each('me')) {
    const { correction: _, correctedAt: __, ...written } = writtenPrediction(kept.id);
    expect(kept).toEqual(written);
    expect(correctedAt).toBe(correction === null ? null : 5);
    const text = promised.get(kept.id);
    if (text === undefined) continue;
    found++;
    if (text !== null) expect(correction).toBe(text);
  }
  expect(found).toBe(promised.size);
}
