/** `inkling bench`: how fast networks train and answer here. */
import type { Argv } from 'yargs';
import { type BenchResult, benchNetworks, type Workload } from '../bench/networks.ts';
import type { Peak } from '../bench/peak.ts';
import { NETWORKS, UsageError } from '../index.ts';
import { engineOptions, wholeNumber } from './flags.ts';
import { count, percent } from './format.ts';
import { tableLines } from './table.ts';
import { note, paint, print, printJson } from './terminal.ts';

const WORKLOADS: readonly Workload[] = ['train', 'infer'];
const DEFAULT_BATCHES: Record<Workload, number[]> = { train: [128], infer: [1, 32, 256] };
const MOST_THREADS = 64;
const MOST_PICTURES = 65_536;

export function flags(commandLine: Argv) {
  return commandLine
    .positional('what', {
      choices: WORKLOADS,
      describe: 'train: steps with Adam; infer: answers for a batch [default: both]',
    })
    .option('network', {
      type: 'string',
      requiresArg: true,
      describe: `Networks to time, with commas between: ${Object.keys(NETWORKS).join(', ')} [default: all]`,
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
    .option('json', { type: 'boolean' })
    .example('$0 bench train', 'A training step of each network')
    .example('$0 bench infer --network deep --batch 1,256', 'One network, two batch sizes');
}

type Flags = Awaited<ReturnType<typeof flags>['argv']>;

const SECONDS_EACH = 8;

export async function run({ what, network, batch, threads, repeats, json }: Flags): Promise<number> {
  const networks = network?.split(',') ?? Object.keys(NETWORKS);
  for (const name of networks) {
    if (Object.hasOwn(NETWORKS, name)) continue;
    throw new UsageError(`There is no network "${name}"; there are ${Object.keys(NETWORKS).join(', ')}.`);
  }
  const { level } = engineOptions({});
  const cores = navigator.hardwareConcurrency;
  const threadCounts =
    threads === undefined ? [...new Set([1, cores])] : wholeNumbers('threads', threads, MOST_THREADS);
  const rows: BenchResult[] = [];
  let roof: Peak | undefined;
  for (const workload of what ? [what as Workload] : WORKLOADS) {
    const { peak } = await benchNetworks({
      ...{ workload, networks, threads: threadCounts, level, repeats, secondsEach: SECONDS_EACH },
      batches: batch === undefined ? DEFAULT_BATCHES[workload] : wholeNumbers('batch', batch, MOST_PICTURES),
      onResult(result) {
        rows.push(result);
        if (json) printJson(result);
        else note(`${result.case}, ${result.threads} threads: ${result.milliseconds.toFixed(2)} ms`);
      },
    });
    roof = peak;
  }
  if (!json && roof) show(rows, roof);
  return 0;
}

function wholeNumbers(flag: string, list: string, maximum: number): number[] {
  return list.split(',').map((word) => wholeNumber(flag, 1, maximum)(Number(word)));
}

function show(rows: readonly BenchResult[], peak: Peak): void {
  const head = ['case', 'engine', 'threads', 'ms', 'from', 'to', 'GFLOPS', 'of peak', 'images/s'];
  const body = rows.map((row) => [
    row.case,
    row.engine,
    String(row.threads),
    row.milliseconds.toFixed(2),
    row.fastest.toFixed(2),
    row.slowest.toFixed(2),
    row.gflops.toFixed(1),
    percent(row.shareOfPeak, 0),
    count(Math.round(row.imagesPerSecond)),
  ]);
  const right = 'right' as const;
  const alignments = ['left' as const, 'left' as const, right, right, right, right, right, right, right];
  for (const line of tableLines([head.map((title) => paint('bold', title)), ...body], alignments))
    print(line);
  print();
  print(
    `Peak of one thread: ${peak.gflops.toFixed(1)} GFLOPS in registers; a large copy: ${peak.gigabytes.toFixed(1)} GB/s.`,
  );
}
