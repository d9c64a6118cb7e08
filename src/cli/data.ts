/** `inkling data`: gets MNIST, says where it is, what another data set consists of, or what training makes of it. */
import { basename } from 'node:path';
import type { Argv } from 'yargs';
import { dropCopies, fetchMnist, mnistInfo, partReports, presetNames, UsageError } from '../index.ts';
import { databaseFlag, withDatabase } from './appDatabase.ts';
import { writeCorrections } from './correctionFiles.ts';
import { openDataset, requireDataset } from './datasets.ts';
import { learntFrom } from './finetune.ts';
import { wholeNumber } from './flags.ts';
import { byteSize, countOf } from './format.ts';
import { reportLines, reportOf } from './guard.ts';
import { withPages } from './pages.ts';
import { DEFAULT_PRESET } from './presets.ts';
import { preview } from './preview.ts';
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
    .command(
      'preview',
      'Draw what a network would see in training: a row of pictures for each class',
      (previewing) =>
        folderFlag(previewing)
          .option('preset', {
            type: 'string',
            requiresArg: true,
            describe: `Whose augmentation: ${presetNames().join(', ')}, or a JSON file [default: ${DEFAULT_PRESET}]`,
          })
          .option('dataset', {
            type: 'string',
            requiresArg: true,
            describe: 'As train takes it [default: mnist]',
          })
          .option('seed', {
            type: 'number',
            coerce: wholeNumber('seed', 0, Number.MAX_SAFE_INTEGER),
            requiresArg: true,
            describe: "Of the pictures and their changes [default: the preset's]",
          })
          .option('examples', {
            type: 'number',
            coerce: wholeNumber('examples', 1, 10_000_000),
            requiresArg: true,
            describe: 'Choose from the first N training pictures only',
          })
          .option('columns', {
            type: 'number',
            coerce: wholeNumber('columns', 1, 100),
            requiresArg: true,
            default: 16,
            describe: 'Pictures of each class',
          })
          .option('out', {
            type: 'string',
            requiresArg: true,
            default: 'preview.png',
            describe: 'The PNG file to write',
          })
          .example('$0 data preview', "The default preset's view of MNIST, as preview.png")
          .example('$0 data preview --preset accurate --out accurate.png', 'Of a preset that bends them, too')
          .example('$0 data preview --dataset pages', 'What a finder makes of pages of digits and doodles')
          .example('$0 data preview --preset mine.json --dataset digits.csv', 'Of your own'),
      async (flags) => preview(flags),
    )
    .command(
      'export-corrections',
      'Write what was corrected in the app, and accepted, as pictures to train on',
      (exporting) =>
        databaseFlag(exporting)
          .option('out', {
            type: 'string',
            requiresArg: true,
            demandOption: true,
            describe: 'Folder for the pictures, each in a folder of its class, and their weights',
          })
          .option('json', { type: 'boolean' })
          .example('$0 data export-corrections --out corrections', 'Those that were accepted, for training'),
      async (flags) => exportCorrections(flags),
    )
    .example('$0 data fetch', 'Download MNIST')
    .example('$0 data info', 'Say where it is')
    .example('$0 data preview', 'Draw what training sees of it');
}

/** Without a command of its own there is nothing to do. */
export async function run(): Promise<never> {
  throw new UsageError(
    "Name what to do: 'inkling data fetch', 'inkling data info', 'inkling data preview' or 'inkling data export-corrections'.",
  );
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
  const digits = source.training();
  const test = source.test();
  const { dropped } = dropCopies(digits, test, source.distinct);
  const training = withPages(digits, source.pages, 'training');
  const report = reportOf(training, dropped);
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

interface ExportFlags {
  db?: string;
  out: string;
  json?: boolean;
}

async function exportCorrections({ db, out, json }: ExportFlags): Promise<void> {
  const { learningSet } = await import('../../server/learning/examples.ts');
  await withDatabase(db, async ({ store }) => {
    const { examples, corrections, ...left } = await learningSet(store);
    const written = await writeCorrections(out, examples);
    const facts = { accepted: corrections, ...left, pictures: examples.length };
    if (json) printJson({ out, written, noDigit: examples.length - written, ...facts });
    else {
      const without = examples.length - written;
      const rest =
        without > 0 ? ` ${countOf(without, 'picture')} of no digit cannot be in such a folder.` : '';
      print(`${learntFrom(facts)}. ${countOf(written, 'picture')} written to ${harmless(out)}.${rest}`);
    }
  });
}

function nameOf(path: string): string {
  return basename(path, '.gz');
}
