/** Has another process do a command, and listens to its JSON Lines. */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const CHILD = join(import.meta.dirname, 'child.ts');
const LAST_LINES = 20;

export interface CommandOptions {
  /** Aborted to have it save where it is and stop. */
  signal: AbortSignal;
  /** A line of its results; `stop` has it save where it is and stop. */
  // biome-ignore lint/suspicious/noExplicitAny: the lines are those of another command
  onLine(line: any, stop: () => void): void;
  /** What it says besides. */
  onSaid?(line: string): void;
  /** Set in its environment beside what is in ours. */
  environment?: Record<string, string>;
}

export interface CommandEnding {
  /** Null where it was killed. */
  code: number | null;
  /** What it said went wrong, or last. */
  problem: string;
}

/** Runs `inkling` with these words until it ends and all that it wrote has been read. */
export function runCommand(words: readonly string[], options: CommandOptions): Promise<CommandEnding> {
  const { signal, onLine, onSaid, environment } = options;
  // In a process group of its own it does not hear the Ctrl-C that is meant for us, who tell it to stop.
  const child = fork(CHILD, words, {
    ...{ stdio: ['ignore', 'pipe', 'pipe', 'ipc'], detached: true },
    env: { ...process.env, ...environment },
  });
  const stop = () => void child.kill('SIGTERM');
  createInterface({ input: child.stdout! }).on('line', (line) => onLine(JSON.parse(line), stop));
  const said: string[] = [];
  createInterface({ input: child.stderr! }).on('line', (line) => {
    said.push(line);
    if (said.length > LAST_LINES) said.shift();
    onSaid?.(line);
  });
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      signal.removeEventListener('abort', stop);
      const problem = said.findLast((line) => line.startsWith('inkling: ')) ?? said.at(-1) ?? '';
      resolve({ code, problem: problem.replace(/^inkling: /, '') });
    });
  });
}
