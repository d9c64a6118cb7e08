/** The thread that keeps an SQLite database: waiting for the disk holds up nobody who serves. */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { NewerDatabaseError } from '../migrate.ts';
import { ForeignDatabaseError, openFile } from './connection.ts';
import { describe, Groups } from './groups.ts';
import { CLOSE, type Opened, type Request, type WorkerSettings } from './messages.ts';

const port = parentPort!;
const settings: WorkerSettings = workerData;

/** More in one transaction would make the first of them wait. */
const LARGEST_GROUP = 256;
/** How soon after a deletion the log is emptied, and again while another process reads it; in milliseconds. */
const FORGET_AFTER = 200;

try {
  const database = await openFile(settings);
  const groups = new Groups(database);
  let forgetting: NodeJS.Timeout | undefined;

  /** Deleted rows are zeros in the file now, but the log still has them: write it back and empty it. */
  function forget(): void {
    forgetting = undefined;
    database.exec('pragma busy_timeout = 0');
    const { busy } = database.prepare('pragma wal_checkpoint(truncate)').get()!;
    database.exec(`pragma busy_timeout = ${settings.busyTimeout}`);
    if (busy) forgetSoon();
  }

  function forgetSoon(): void {
    forgetting ??= setTimeout(() => {
      try {
        forget();
      } catch {
        // No room, or no disk. It will be tried again.
        forgetSoon();
      }
    }, FORGET_AFTER);
  }

  function close(): void {
    clearTimeout(forgetting);
    database.close();
    port.close();
  }

  port.on('message', (first: Request | typeof CLOSE) => {
    const group: Request[] = [];
    let message = first;
    while (message !== CLOSE) {
      group.push(message);
      if (group.length === LARGEST_GROUP) break;
      const next = receiveMessageOnPort(port);
      if (!next) break;
      message = next.message;
    }
    if (group.length > 0) port.postMessage(groups.run(group));
    if (group.some(({ forgets }) => forgets)) forgetSoon();
    if (message === CLOSE) close();
  });
  port.postMessage({} satisfies Opened);
} catch (error) {
  const reason =
    error instanceof NewerDatabaseError
      ? 'newer'
      : error instanceof ForeignDatabaseError
        ? 'foreign'
        : 'database';
  port.postMessage({ failure: { ...describe(error), reason } } satisfies Opened);
  port.close();
}
