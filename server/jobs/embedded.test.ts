/** The contract of queues, held by the embedded one. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'vitest';
import { describeQueue } from './contract.ts';
import { FAST, openTestQueue } from './testing/open.ts';

describeQueue('SQLite', test, FAST.heartbeat, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'inkling-queue-'));
  return {
    open: () => openTestQueue({ file: join(folder, 'inkling.db') }),
    remove: () => rm(folder, { recursive: true }),
  };
});
