/** Starts the real command line as a process, for tests and for what measures it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '../src/cli/inkling.js');

export interface Outcome {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  process: ChildProcess;
  outcome: Promise<Outcome>;
}

export interface Surroundings {
  cwd?: string;
  env?: Record<string, string>;
  /** Shell command that is put in front, such as `ulimit -f 100`. */
  before?: string;
  /** Where standard output goes, instead of into the outcome. */
  output?: string;
}

/** Starts `inkling` without waiting for it. Of INKLING_ variables it sees only those in `env`. */
export function startInkling(args: readonly string[], surroundings: Surroundings = {}): Running {
  const { cwd, env, before, output } = surroundings;
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(INKLING_|NO_COLOR|FORCE_COLOR)/.test(name),
  );
  const options = { cwd, env: { ...Object.fromEntries(inherited), ...env } };
  const redirection = output ? `> '${output}'` : '';
  const child =
    before || output
      ? spawn(
          'sh',
          ['-c', `${before ?? ':'}; exec "$@" ${redirection}`, 'sh', process.execPath, MAIN, ...args],
          options,
        )
      : spawn(process.execPath, [MAIN, ...args], options);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const outcome = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { process: child, outcome };
}

/** The lines of `--json`; anything else among them fails. */
export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
