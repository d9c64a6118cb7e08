/**
 * `node test/fuzz/pictures.ts --count 20000`: reads that many damaged pictures and fails on a crash, a hang, an error
 * that is no sentence, or memory above 500 MB. `--from N` begins at another number; a failure's number repeats it.
 *
 * The reading is done by a child process. One that dies or falls silent is a failure, and the next goes on behind it.
 */
import { fork } from 'node:child_process';
import { parseArgs } from 'node:util';
import { type FuzzReport, readMutant } from './read.ts';
import { seedPictures } from './seeds.ts';

const HANG_MILLISECONDS = 30_000;
const MOST_MEGABYTES = 500;

/** What the child tells its parent. */
type Message =
  | { report: FuzzReport; megabytes: number }
  | { failed: { number: number; message: string } }
  | { done: true };

async function read(from: number, to: number): Promise<void> {
  const tell = (message: Message) =>
    new Promise((resolve) => {
      process.send?.(message, resolve);
    });
  const originals = (await seedPictures()).map(({ bytes }) => bytes);
  for (let number = from; number < to; number++) {
    try {
      const report = await readMutant(originals, number);
      // In KiB, and only ever growing.
      await tell({ report, megabytes: process.resourceUsage().maxRSS / 1024 });
    } catch (error) {
      await tell({ failed: { number, message: String(error) } });
    }
  }
  await tell({ done: true });
  process.disconnect();
}

async function watch(from: number, to: number): Promise<boolean> {
  const names = (await seedPictures()).map(({ name }) => name);
  const failures: string[] = [];
  const refusals = new Map<string, number>();
  const slowest: FuzzReport[] = [];
  let readable = 0;
  let most = 0;
  for (let next = from; next < to; ) {
    const child = fork(import.meta.filename, ['--child', '--from', `${next}`, '--count', `${to - next}`]);
    await new Promise<void>((resolve) => {
      const hung = () => {
        failures.push(`${next}: hung for ${HANG_MILLISECONDS / 1000} s`);
        child.kill('SIGKILL');
      };
      let timer = setTimeout(hung, HANG_MILLISECONDS);
      let isDone = false;
      child.on('message', (message: Message) => {
        clearTimeout(timer);
        timer = setTimeout(hung, HANG_MILLISECONDS);
        if ('done' in message) {
          isDone = true;
          return;
        }
        next++;
        if ('failed' in message) {
          failures.push(`${message.failed.number}: ${message.failed.message}`);
          return;
        }
        const { report } = message;
        most = Math.max(most, message.megabytes);
        if (report.refusal === undefined) readable++;
        else {
          const kind = report.refusal.replace(/\d+/g, 'N');
          refusals.set(kind, (refusals.get(kind) ?? 0) + 1);
        }
        slowest.push(report);
        slowest.sort((one, other) => other.milliseconds - one.milliseconds).splice(5);
        if (next % 1000 === 0) console.error(`${next - from} of ${to - from}, ${Math.round(most)} MB`);
      });
      child.on('exit', (code, signal) => {
        clearTimeout(timer);
        if (!isDone) {
          failures.push(`${next}: the process ended (${signal ?? code})`);
          next++;
        }
        resolve();
      });
    });
  }
  if (most > MOST_MEGABYTES) failures.push(`memory: ${Math.round(most)} MB`);
  console.log(`${to - from} damaged pictures: ${readable} read, ${to - from - readable} refused`);
  console.log(`most memory: ${Math.round(most)} MB`);
  for (const { number, original, milliseconds } of slowest) {
    console.log(`slowest: ${number} (${names[original]}), ${Math.round(milliseconds)} ms`);
  }
  console.log(`${refusals.size} different refusals, the most frequent:`);
  for (const [refusal, count] of [...refusals].sort(([, one], [, other]) => other - one).slice(0, 25)) {
    console.log(`${String(count).padStart(6)}  ${refusal}`);
  }
  for (const failure of failures) console.log(`FAILED ${failure}`);
  console.log(`${failures.length} failures`);
  return failures.length === 0;
}

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '20000' },
    from: { type: 'string', default: '0' },
    child: { type: 'boolean', default: false },
  },
});
const from = Number(values.from);
const to = from + Number(values.count);
if (values.child) await read(from, to);
else process.exitCode = (await watch(from, to)) ? 0 : 1;
