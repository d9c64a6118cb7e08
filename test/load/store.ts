/**
 * How many predictions a second the store keeps, each on the disk before it is reported, and how long one waits.
 *
 *     node test/load/store.ts [--seconds 4] [--database postgres://…]
 *
 * Measures a new SQLite file in the current folder and, where PostgreSQL is installed or an address is given, that.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { openStore } from '../../server/store/open.ts';
import type { Store } from '../../server/store/store.ts';
import { samplePrediction } from '../../server/store/testing/samples.ts';
import { postgresFolder, TestPostgres } from '../postgres.ts';

const AT_ONCE = [1, 16, 64, 256];

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '4' }, database: { type: 'string' } },
});
const seconds = Number(values.seconds);

const folder = await mkdtemp('inkling-load-');
try {
  await measure('sqlite', await openStore({ file: join(folder, 'inkling.db') }));
} finally {
  await rm(folder, { recursive: true, force: true });
}

if (values.database) {
  await measure('postgres', await openStore({ databaseUrl: values.database }));
} else if (postgresFolder) {
  const postgres = await TestPostgres.create();
  try {
    await measure('postgres', await openStore({ databaseUrl: await postgres.createDatabase() }));
  } finally {
    await postgres.remove();
  }
}

async function measure(name: string, store: Store): Promise<void> {
  for (const atOnce of AT_ONCE) {
    await report(`${name} add`, atOnce, (number) =>
      store.add(samplePrediction({ owner: `owner ${number % 100}`, createdAt: 1.79e12 + number })),
    );
  }
  await report(`${name} take and add`, 64, async (number) => {
    await store.take(`client ${number % 64}`, 1, 1e6, 1);
    await store.add(samplePrediction({ owner: `owner ${number % 100}`, createdAt: 1.79e12 + number }));
  });
  await store.close();
}

async function report(name: string, atOnce: number, act: (number: number) => Promise<unknown>) {
  const waits: number[] = [];
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  const processor = process.cpuUsage();
  const start = performance.now();
  const end = start + seconds * 1000;
  let number = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (performance.now() < end) {
        const asked = performance.now();
        await act(number++);
        waits.push(performance.now() - asked);
      }
    }),
  );
  const took = (performance.now() - start) / 1000;
  loop.disable();
  const { user, system } = process.cpuUsage(processor);
  waits.sort((a, b) => a - b);
  const quantile = (share: number) => waits[Math.floor((waits.length - 1) * share)].toFixed(1);
  const busy = Math.round((user + system) / waits.length);
  console.log(
    `${name}, ${atOnce} at once: ${Math.round(waits.length / took)}/s, p50 ${quantile(0.5)} ms, p99 ${quantile(0.99)} ms, ` +
      `event loop p99 ${(loop.percentile(99) / 1e6).toFixed(1)} ms, ${busy} microseconds of processor each in this process`,
  );
}
