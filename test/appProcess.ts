/** The app as a process of its own, for tests that kill it and for measurements. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '..', 'server', 'main.ts');

export interface AppProcess {
  process: ChildProcess;
  /** Where it is, such as `http://127.0.0.1:34567/`. */
  url: string;
  /** What it has logged so far. */
  log(): string;
  /** Ends it at once, in the middle of whatever it does. */
  kill(): Promise<void>;
  /** Lets it finish what it does; gives its exit code. */
  stop(): Promise<number | null>;
}

/** Starts the app on a free port and waits until it listens. Of INKLING_ variables it sees only those given. */
export async function startProcess(variables: Record<string, string>): Promise<AppProcess> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(INKLING_|DATABASE_URL)/.test(name));
  const child = spawn(process.execPath, [MAIN], {
    env: {
      ...Object.fromEntries(inherited),
      PORT: '0',
      HOST: '127.0.0.1',
      INKLING_RATE_LIMIT: '0',
      INKLING_LOG_LEVEL: 'warn',
      ...variables,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // Whatever becomes of the tests, it does not outlive them.
  const onExit = () => child.kill('SIGKILL');
  process.once('exit', onExit);
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    log += text;
  });
  const ended = once(child, 'exit').finally(() => process.off('exit', onExit));
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text) => {
      const [found] = /http:\S+/.exec(text) ?? [];
      if (found) resolve(found.replace('localhost', '127.0.0.1'));
    });
    void ended.then(() => reject(new Error(`The app ended: ${log}`)));
  });
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await ended;
  };
  return {
    process: child,
    url,
    log: () => log,
    kill: () => end('SIGKILL'),
    stop: async () => {
      await end('SIGTERM');
      return child.exitCode;
    },
  };
}

/** What a process has used of the processors so far, in milliseconds; not a number where the system does not say so. */
export async function processorMilliseconds(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const [user, system] = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return (user + system) * 10;
}
