/**
 * Whether a study that is killed at random comes to what an unbroken one comes to:
 * `node test/load/brokenStudy.ts [--study nine-models] [--kills 3] [--folder DIR] [-- FLAGS OF SWEEP]`.
 *
 * Runs it whole, then again with so many SIGKILLs at random moments, and compares the table of all runs, the summary and
 * every model file, byte for byte. Ends with 1 where anything differs. A `--folder` that is given is kept, and what is
 * done in it is not done again, so that this, too, can be broken off and gone on with.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { jsonLines, startInkling } from '../startInkling.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    study: { type: 'string', default: 'nine-models' },
    kills: { type: 'string', default: '3' },
    folder: { type: 'string' },
  },
});
const KILLS = Number(values.kills);
/** Of the time that the whole study takes, within which it is killed. */
const KILLED_WITHIN = 0.9;

const folder = values.folder ?? (await mkdtemp(join(tmpdir(), 'inkling-broken-')));
const [whole, broken] = ['whole', 'broken'].map((name) => join(folder, name));
// The data are the same; of the other variables the command sees none.
const { INKLING_DATA } = process.env;
const env: Record<string, string> = INKLING_DATA === undefined ? {} : { INKLING_DATA };
const words = (out: string) => ['sweep', values.study, '--out', out, '--json', ...positionals];

const unbroken = await sweep(whole);
console.log(`whole: ${unbroken.runs} runs in ${unbroken.seconds.toFixed(0)} s`);
// Where all was done before, what it took then.
const took = Math.max(unbroken.seconds, unbroken.work / availableParallelism());
const within = (1000 * KILLED_WITHIN * took) / Math.max(1, KILLS);
for (let kill = 1; kill <= KILLS; kill++) {
  const { seconds, runs } = await sweep(broken, Math.random() * within);
  console.log(`killed after ${seconds.toFixed(0)} s more, with ${runs} runs done in them`);
}
const rest = await sweep(broken);
console.log(`then ended: ${rest.runs} runs in ${rest.seconds.toFixed(0)} s`);

const differences: string[] = [];
for (const name of await comparable(whole)) {
  const [one, other] = await Promise.all(
    [whole, broken].map((out) => readFile(join(out, name)).catch(() => undefined)),
  );
  // A run that diverged or was pruned has no model.
  const isSame = one && other ? timeless(name, one).equals(timeless(name, other)) : one === other;
  if (!isSame) differences.push(name);
}
console.log(
  differences.length === 0
    ? `the same results: ${(await comparable(whole)).length} files`
    : `DIFFERENT: ${differences.join(', ')}`,
);
if (values.folder === undefined) await rm(folder, { recursive: true });
process.exit(differences.length > 0 ? 1 : 0);

/** Does the study, or goes on with it, to its end or until it is killed after so many milliseconds. */
async function sweep(
  out: string,
  killAfter?: number,
): Promise<{ runs: number; seconds: number; work: number }> {
  const begun = performance.now();
  const running = startInkling(words(out), { env });
  const timer =
    killAfter === undefined ? undefined : setTimeout(() => running.process.kill('SIGKILL'), killAfter);
  const { code, stdout, stderr } = await running.outcome;
  clearTimeout(timer);
  if (code !== 0 && killAfter === undefined) throw new Error(stderr);
  // What a kill cuts off is no line.
  const lines = jsonLines(stdout.slice(0, stdout.lastIndexOf('\n') + 1));
  return {
    runs: lines.filter(({ event }) => event === 'run').length,
    seconds: (performance.now() - begun) / 1000,
    // Seconds of one core, also of runs that were done before.
    work: Number(lines.find(({ event }) => event === 'end')?.seconds ?? 0),
  };
}

async function comparable(out: string): Promise<string[]> {
  const models = (await readdir(join(out, 'runs'))).map((run) => join('runs', run, 'model.safetensors'));
  return ['runs.csv', 'summary.md', ...models];
}

/** How long it took differs, of course. */
function timeless(name: string, bytes: Buffer): Buffer {
  return name === 'summary.md' ? Buffer.from(bytes.toString().replace(/Computed in .*/, '')) : bytes;
}
