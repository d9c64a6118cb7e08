/**
 * Structured logs: a line of JSON for each event, on standard error. They hold no pictures, no cookies and no addresses.
 *
 * Lines are gathered and written a few at a time, and all of them before the process ends.
 */
import { type Logger, pino } from 'pino';
import type { Configuration } from '../configuration.ts';

const GATHERED_BYTES = 8192;
const FLUSH_EVERY = 500;

export function createLogger({ logLevel }: Pick<Configuration, 'logLevel'>): Logger {
  const destination = pino.destination({ dest: 2, sync: false, minLength: GATHERED_BYTES });
  const logger = pino(
    {
      level: logLevel,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
    },
    destination,
  );
  setInterval(() => destination.flush(), FLUSH_EVERY).unref();
  process.on('exit', () => {
    try {
      destination.flushSync();
    } catch {
      // Nothing was to be written yet, or standard error is gone.
    }
  });
  return logger;
}
