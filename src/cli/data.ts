/** `inkling data`: gets MNIST, says where it is, or what another data set consists of. */
import { basename } from 'node:path';
import type { Argv } from 'yargs';
import { dropCopies, fetchMnist, mnistInfo, partReports, UsageError } from '../index.ts';
import { openDataset, requireDataset } from './datasets.ts';
import { byteSize, countOf } from './format.ts';
import { reportLines, reportOf } from './guard.ts';
import { downloadProgress } from './progress.ts';
import { tableLines } from './table.ts';
import { harmless, paint, print, printJson, wipeLiveLine } from './terminal.ts';

export function flags(commandLine: Argv) {
  return commandLine
    .command(
      'fetch',
      'Download what is missing of MNIST, and verify all of it',
      (fetching) =>
        folderFlag(fetching)
          .example('$0 data fetch', 'Into data/mnist, or where INKLING_DATA says')
          .example('$0 data fetch --data /tmp/mnist', 'Into a folder of your choice'),
      async ({ data, json }) => {
        show(await fetchMnist({ directory: data, onProgress: downloadProgress() }), json);
      },
    )
    .command(
      'info',
      "Say where MNIST's files are, or what a data set consists of",
      (informing) =>
        folderFlag(informing)
          .option('dataset', {
            type: 'string',
            requiresArg: true,
            describe:
              'What train would take: its classes, repeated pictures, and those that are in its test set too',
          })
          .example('$0 data info', 'What train and evaluate will use')
          .example('$0 data info --json', 'For programs')
          .example('$0 data info --dataset mnist+more.csv', 'How balanced they are, and what leaks'),
      async ({ data, dataset, json }) => {
        if (dataset === undefined) show(await mnistInfo({ directory: data }), json);
        else await describe(dataset, data, json);
      },
    )
    .example('$0 data fetch', 'Download MNIST')
    .example('$0 data info', 'Say where it is');
}

/** Without a command of its own there is nothing to do. */
export async function run(): Promise<never> {
  throw new UsageError("Name what to do, 'inkling data fetch' or 'inkling data info'.");
}

function folderFlag(commandLine: Argv) {
  return commandLine
    .option('data', {
      type: 'string',
      requiresArg: true,
      describe: "Folder of MNIST's files [default: $INKLING_DATA, or data/mnist]",
    })
    .option('json', { type: 'boolean' });
}

type Found = Awaited<ReturnType<typeof mnistInfo>>;

function show({ directory, files }: Found, json: boolean | undefined): void {
  wipeLiveLine();
  const named = files.map((file) => ({ name: nameOf(file.path), ...file }));
  if (json) {
    printJson({ dir: directory, files: named });
    return;
  }
  print(`MNIST is in ${harmless(directory)}, and its files are what they should be:`);
  const rows = named.map(({ name, bytes, sha256 }) => [name, byteSize(bytes), paint('dim', sha256)]);
  const head = ['file', 'unpacked', 'SHA-256'].map((title) => paint('bold', title));
  for (const line of tableLines([head, ...rows], ['left', 'right'])) print(line);
}

/** Tells what a data set consists of, before training drops anything. */
async function describe(dataset: string, data: string | undefined, json: boolean | undefined): Promise<void> {
  await requireDataset(dataset);
  const source = await openDataset({ dataset, data, onProgress: downloadProgress() });
  const training = source.training();
  const test = source.test();
  const report = reportOf(training, dropCopies(training, test).dropped);
  const [tested] = partReports(test);
  wipeLiveLine();
  if (json) {
    printJson({
      dataset: source.name,
      shape: training.shape,
      ...report,
      test: tested,
      digests: source.fingerprint,
    });
    return;
  }
  for (const line of reportLines(report, training, process.stdout)) print(line);
  const setAside = source.all ? ', set aside by lot' : '';
  print(`It is tested on ${countOf(test.labels.length, 'picture')} of ${harmless(test.name)}${setAside}.`);
}

function nameOf(path: string): string {
  return basename(path, '.gz');
}
