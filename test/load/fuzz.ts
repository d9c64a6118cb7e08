/**
 * Sends requests of rubbish to the app over raw sockets and looks for faults of ours: `node test/load/fuzz.ts [COUNT]
 * [FIRST]`; 10,000 from number 0 unless told. Ends with 1 where an answer was a 5xx but 503, or the app was gone.
 */
import { startApp, statusOfRaw } from '../appServer.ts';
import { rawRequest } from '../rawRequests.ts';

const LANES = 64;
/** Longer than the app waits for the rest of a request. */
const WAIT_MILLISECONDS = 10_000;

const count = Number(process.argv[2] ?? 10_000);
const first = Number(process.argv[3] ?? 0);
const app = await startApp({ INKLING_REQUEST_TIMEOUT: '1000' });
const statuses: Record<string, number> = {};
const faults: number[] = [];
const memoryBefore = process.memoryUsage.rss();
await Promise.all(
  Array.from({ length: LANES }, async (_, lane) => {
    for (let number = first + lane; number < first + count; number += LANES) {
      const status = await statusOfRaw(app.url, rawRequest(number), WAIT_MILLISECONDS);
      statuses[status ?? 'none'] = (statuses[status ?? 'none'] ?? 0) + 1;
      if (status !== undefined && status >= 500 && status !== 503) faults.push(number);
    }
  }),
);
const isAlive = (await app.ask('readyz')).status === 200;
console.log(`${count} requests; answers by status:`, statuses);
console.log(
  `memory: ${Math.round(memoryBefore / 1e6)} MB before, ${Math.round(process.memoryUsage.rss() / 1e6)} after`,
);
console.log(
  `uploads still in memory: ${app.services.budget.used} bytes; alive: ${isAlive}; faults: ${faults.join(', ') || 'none'}`,
);
await app.stop();
process.exit(faults.length > 0 || !isAlive ? 1 : 0);
