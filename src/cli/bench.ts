/** `inkling bench`: how fast networks train and answer here, by us and by others. */
import type { Argv } from 'yargs';
import { describeMachine } from '../bench/machine.ts';
import { renderMarkdown, replaceBetweenMarkers, withMarkers } from '../bench/markdown.ts';
import { type BenchResult, type BenchSkip, benchNetworks, type Workload } from '../bench/networks.ts';
import type { Peak } from '../bench/peak.ts';
import { renderReport } from '../bench/report.ts';
import { RIVAL_NAMES, RIVALS, type Rival } from '../bench/rivals/catalogue.ts';
import { installRivals } from '../bench/rivals/install.ts';
import { reasons, times } from '../bench/summary.ts';
import { fileErrorCode } from '../data/files.ts';
import { InklingError, NETWORKS, readFileBounded, UsageError, writeFileAtomic } from '../index.ts';
import { engineOptions, wholeNumber } from './flags.ts';
import { count, percent } from './format.ts';
import { tableLines } from './table.ts';
import { harmless, note, paint, print, printJson } from './terminal.ts';

const WORKLOADS: readonly Workload[] = ['train', 'infer'];
const DEFAULT_BATCHES: Record<Workload, number[]> = { train: [128], infer: [1, 32, 256] };
const ALL_NETWORKS = Object.keys(NETWORKS);
/** `convnet` is there to train beside jax-js, and says nothing about inference that the others do not. */
const DEFAULT_NETWORKS: Record<Workload, string[]> = {
  train: ALL_NETWORKS,
  infer: ALL_NETWORKS.filter((name) => name !== 'convnet'),
};
const MOST_THREADS = 64;
const MOST_PICTURES = 65_536;
const MOST_SECONDS = 3600;
const LARGEST_MARKDOWN = 2 ** 24;

export function flags(commandLine: Argv) {
  return commandLine
    .positional('what', {
      choices: WORKLOADS,
      describe: 'train: steps with Adam; infer: answers for a batch [default: both]',
    })
    .option('network', {
      type: 'string',
      requiresArg: true,
      describe: `Networks to time, with commas between: ${ALL_NETWORKS.join(', ')} [default: all, but convnet only to train]`,
    })
    .option('batch', {
      type: 'string',
      requiresArg: true,
      describe: 'Pictures at a time [default: 128 to train; 1, 32 and 256 to infer]',
    })
    .option('threads', {
      type: 'string',
      requiresArg: true,
      describe: 'Numbers of threads to compare [default: 1 and all]',
    })
    .option('repeats', {
      type: 'number',
      coerce: wholeNumber('repeats', 3, 10_000),
      requiresArg: true,
      default: 25,
      describe: 'Turns of each case, of which the median counts',
    })
    .option('seconds', {
      type: 'number',
      coerce: wholeNumber('seconds', 1, MOST_SECONDS),
      requiresArg: true,
      default: 8,
      describe: 'The most that each engine may take for a case, if three turns fit',
    })
    .option('rivals', {
      type: 'string',
      requiresArg: true,
      default: 'none',
      describe: `Engines to time beside ours: none, all, or some of ${RIVAL_NAMES.join(', ')}`,
    })
    .option('install-rivals', {
      type: 'boolean',
      describe: 'First get the rivals that the npm registry has, about 700 MB',
    })
    .option('patience', {
      type: 'number',
      coerce: wholeNumber('patience', 1, MOST_SECONDS),
      requiresArg: true,
      default: 60,
      describe: 'Seconds: a rival whose step takes longer is left out',
    })
    .option('report', {
      type: 'string',
      requiresArg: true,
      describe: 'Also write a page with charts to this HTML file',
    })
    .option('markdown', {
      type: 'string',
      requiresArg: true,
      describe: 'Also write tables to this file, between its markers where it has them',
    })
    .option('json', { type: 'boolean' })
    .example('$0 bench train', 'A training step of each network')
    .example('$0 bench infer --network deep --batch 1,256', 'One network, two batch sizes')
    .example('$0 bench --rivals all --install-rivals --report bench.html', 'Beside everyone else');
}

type Flags = Awaited<ReturnType<typeof flags>['argv']>;

export async function run(flags: Flags): Promise<number> {
  const { what, batch, repeats, seconds, patience, report, markdown, json } = flags;
  const networks = networksOf(flags.network);
  const rivals = rivalsOf(flags.rivals);
  const { level } = engineOptions({});
  const cores = navigator.hardwareConcurrency;
  const threads =
    flags.threads === undefined
      ? [...new Set([1, cores])]
      : wholeNumbers('threads', flags.threads, MOST_THREADS);
  const saveMarkdown = markdown === undefined ? undefined : await openMarkdown(markdown);
  if (flags.installRivals) await installRivals();

  const results: BenchResult[] = [];
  const skips: BenchSkip[] = [];
  let roof: Peak | undefined;
  for (const workload of what ? [what as Workload] : WORKLOADS) {
    const { peak } = await benchNetworks({
      ...{ workload, threads, level, repeats, secondsEach: seconds, rivals },
      networks: networks ?? DEFAULT_NETWORKS[workload],
      stepLimitSeconds: patience,
      batches: batch === undefined ? DEFAULT_BATCHES[workload] : wholeNumbers('batch', batch, MOST_PICTURES),
      onResult(result) {
        results.push(result);
        if (json) printJson(result);
        else
          note(`${result.case}, ${result.engine} on ${result.threads}: ${result.milliseconds.toFixed(2)} ms`);
      },
      onSkip(skip) {
        skips.push(skip);
        if (json) printJson(skip);
      },
    });
    roof = peak;
  }
  if (!roof) return 0;
  if (!json) show(results, skips, roof);
  const all = { machine: describeMachine(), peak: roof, results, skips };
  if (report !== undefined) await writeFileAtomic(report, renderReport(all));
  await saveMarkdown?.(renderMarkdown(all));
  return 0;
}

function networksOf(list: string | undefined): string[] | undefined {
  const names = list?.split(',');
  for (const name of names ?? []) {
    if (Object.hasOwn(NETWORKS, name)) continue;
    throw new UsageError(`There is no network "${name}"; there are ${ALL_NETWORKS.join(', ')}.`);
  }
  return names;
}

function rivalsOf(list: string): readonly Rival[] {
  if (list === 'none') return [];
  if (list === 'all') return RIVALS;
  return list.split(',').map((name) => {
    const rival = RIVALS.find((candidate) => candidate.name === name);
    if (rival) return rival;
    throw new UsageError(
      `There is no rival "${name}"; --rivals takes none, all, or some of ${RIVAL_NAMES.join(', ')}.`,
    );
  });
}

function wholeNumbers(flag: string, list: string, maximum: number): number[] {
  return list.split(',').map((word) => wholeNumber(flag, 1, maximum)(Number(word)));
}

/**
 * Looks at the file that tables go into, before anything is measured: between its markers, or into a new file.
 * Returns what writes them.
 */
async function openMarkdown(path: string): Promise<(section: string) => Promise<void>> {
  let text: string;
  try {
    text = new TextDecoder().decode(await readFileBounded(path, LARGEST_MARKDOWN));
  } catch (error) {
    if (!(error instanceof InklingError) || fileErrorCode(error.cause) !== 'ENOENT') throw error;
    return (section) => writeFileAtomic(path, withMarkers(section));
  }
  if (replaceBetweenMarkers(text, '') === undefined) {
    throw new UsageError(
      `${path} has no markers for the tables to go between; name a file that is not there yet, and see the markers in it.`,
    );
  }
  return (section) => writeFileAtomic(path, replaceBetweenMarkers(text, section) as string);
}

function show(results: readonly BenchResult[], skips: readonly BenchSkip[], peak: Peak): void {
  const head = ['case', 'engine', 'threads', 'ms', 'from', 'to', 'GFLOPS', 'of peak', 'images/s', 'ratio'];
  const body = results.map((result) => [
    result.case,
    result.engine,
    String(result.threads),
    result.milliseconds.toFixed(2),
    result.fastest.toFixed(2),
    result.slowest.toFixed(2),
    result.gflops.toFixed(1),
    percent(result.shareOfPeak, 0),
    count(Math.round(result.imagesPerSecond)),
    result.ratio === undefined ? '–' : times(result.ratio),
  ]);
  const alignments = head.map((_, column) => (column < 2 ? ('left' as const) : ('right' as const)));
  for (const line of tableLines([head.map((title) => paint('bold', title)), ...body], alignments))
    print(line);
  print();
  print(
    `Peak of one thread: ${peak.gflops.toFixed(1)} GFLOPS in registers; a large copy: ${peak.gigabytes.toFixed(1)} GB/s.`,
  );
  const versions = new Map(
    results.flatMap(({ engine, version }) => (version === undefined ? [] : [[engine, version]])),
  );
  if (versions.size > 0) {
    print("The ratio is an engine's time over ours on as many threads: above 1 we are faster.");
    print(`Versions: ${harmless([...versions].map((pair) => pair.join(' ')).join(', '))}.`);
  }
  for (const reason of reasons(skips)) print(`Left out: ${harmless(reason)}`);
}
