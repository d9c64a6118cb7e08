#!/usr/bin/env node
/** Serves the app until it is told to stop, as the environment says. `npm start`, which is `inkling serve`, calls the same with its flags. */
import { InklingError, UsageError } from '../src/index.ts';
import { type Configuration, readConfiguration } from './configuration.ts';
import { createLogger } from './operations/logger.ts';
import { boundYoungGenerations } from './operations/memory.ts';
import { startServer } from './start.ts';

/**
 * Serves until SIGTERM or SIGINT comes, finishes what is being answered, and gives the exit code. A second signal ends
 * the process at once.
 */
export async function serve(configuration: Configuration, { json = false } = {}): Promise<number> {
  boundYoungGenerations();
  const logger = createLogger(configuration);
  const told = signalled();
  const running = await startServer(configuration, logger);
  const { url } = running;
  process.stdout.write(json ? `${JSON.stringify({ event: 'listening', url })}\n` : `Inkling is at ${url}\n`);
  await told;
  await running.stop();
  return 0;
}

/** npm and shells pass on a signal that the terminal has already sent: what follows so soon is the same one. */
const ECHO_MILLISECONDS = 250;

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined;
    const onSignal = () => {
      if (first !== undefined && performance.now() - first < ECHO_MILLISECONDS) return;
      if (first !== undefined) process.exit(130);
      first = performance.now();
      resolve();
    };
    // The command line's own handlers would end the process.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.removeAllListeners(signal);
      process.on(signal, onSignal);
    }
  });
}

if (import.meta.main) {
  try {
    const [argument] = process.argv.slice(2);
    if (argument !== undefined) {
      throw new UsageError(
        `server/main.ts takes no ${argument}: set the environment, or use npx inkling serve, which has flags.`,
      );
    }
    process.exit(await serve(readConfiguration()));
  } catch (error) {
    if (!(error instanceof InklingError)) throw error;
    process.stderr.write(`inkling: ${error.message}\n`);
    process.exit(error.exitCode);
  }
}
