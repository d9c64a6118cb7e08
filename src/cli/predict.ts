/** `inkling predict`: reads the digits in pictures. */
import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import type { Argv } from 'yargs';
import { Classifier, InklingError, type Network, Reader, UsageError } from '../reading.ts';
import { engineFlags, engineOptions } from './flags.ts';
import { readModel } from './models.ts';
import { findPictures } from './pictureFiles.ts';
import { ReadingTable } from './predictTable.ts';
import { readingProgress } from './progress.ts';
import { jsonReading, type ReadPicture, readPictures } from './readings.ts';
import { noteError, print, printJson, wipeLiveLine } from './terminal.ts';

/** Digits at a time where there are many pictures; for one, setting up more than one takes longer than it saves. */
const BATCH = 8;
/** What the reader makes of each digit it finds. */
const DIGIT_SHAPE = [28, 28, 1];

export function flags(commandLine: Argv) {
  return engineFlags(commandLine)
    .positional('files', {
      type: 'string',
      array: true,
      describe: 'Pictures, folders of them, patterns in quotes, or - for standard input',
    })
    .option('model', {
      type: 'string',
      requiresArg: true,
      describe: 'Model file [default: the one that comes with Inkling]',
    })
    .option('annotate', {
      type: 'string',
      requiresArg: true,
      describe: 'Draw boxes and digits over the picture, into a file; a folder for several pictures',
    })
    .option('explain', {
      type: 'string',
      requiresArg: true,
      describe: 'Draw which strokes decided each digit, into a file; a folder for several pictures',
    })
    .option('json', { type: 'boolean' })
    .example('$0 predict photo.jpg', 'Read the digits in a photo')
    .example('$0 predict photo.jpg --annotate read.png', 'Show where they were found')
    .example("$0 predict scans/ 'photos/**/*.jpg' --json", 'Read many, for programs')
    .example('$0 predict - < seven.png', 'Read what another program writes')
    .example('$0 predict seven.png --model runs/default/model.safetensors', 'With a model of your own');
}

type Flags = Awaited<ReturnType<typeof flags>['argv']>;

export async function run({ files, model, json, ...flags }: Flags): Promise<number> {
  if (!files || files.length === 0) {
    throw new UsageError("Name the pictures to read, such as 'inkling predict digit.png'.");
  }
  const options = engineOptions(flags);
  const sources = await findPictures(files);
  spareV8(sources.length);
  const names = sources.map(({ file }) => file);
  const annotations = await openDrawings(flags.annotate, '--annotate', '-read', names);
  const explanations = await openDrawings(flags.explain, '--explain', '-why', names);
  const { path, network } = await readModel(model, 'reader');
  requireDigits(network, path);
  const creating = Classifier.create(network, { ...options, batch: sources.length > 1 ? BATCH : 1 });

  const table = new ReadingTable(names);
  const showProgress = readingProgress(sources.length);
  if (!json && sources.length > 1) print(table.heading());
  let failures = 0;
  let done = 0;
  const making = creating.then((classifier) => new Reader(classifier));
  for await (const read of readPictures(making, sources)) {
    if ('error' in read) {
      failures++;
      noteError(read.error);
      if (json) printJson(read);
      else if (sources.length > 1) print(table.failed(read));
    } else {
      const annotated = annotations && (await annotations.write(read.file, await annotateDigits(read)));
      const explained =
        explanations && (await explanations.write(read.file, await explainDigits(await creating, read)));
      if (json) printJson({ ...jsonReading(read), annotated, explained });
      else print(table.row(read));
    }
    showProgress({ done: ++done, file: read.file });
  }
  wipeLiveLine();
  return failures === 0 ? 0 : 1;
}

function requireDigits({ model, classNames }: Network, path: string): void {
  if (model.input.join() === DIGIT_SHAPE.join()) return;
  throw new InklingError(
    `${path} reads pictures of ${model.input.join('×')} (${classNames.length} classes), and predict gives it digits of ${DIGIT_SHAPE.join('×')}; name another model.`,
  );
}

/** What draws, and what writes drawings, is loaded where drawings are asked for. */
async function openDrawings(path: string | undefined, flag: string, suffix: string, names: string[]) {
  if (!path) return undefined;
  const { Drawings } = await import('./drawings.ts');
  return Drawings.create(path, flag, suffix, names);
}

const loadDrawing = () => import('../index.ts');

async function annotateDigits({ picture, reading }: ReadPicture) {
  const { annotate } = await loadDrawing();
  return annotate(picture, reading);
}

async function explainDigits(classifier: Classifier, { reading }: ReadPicture) {
  const { explain, saliencySheet } = await loadDrawing();
  const digits = [];
  for (const { digit, confidence, image } of reading.digits) {
    digits.push({ digit, confidence, image, heat: await explain(classifier, image, digit) });
  }
  return saliencySheet(digits);
}

/**
 * Keeps V8 from work that does not pay here. One picture is read before the time that V8's best compiler takes is made up for by
 * what it makes. On a single core, compiling and looking for what memory is still in use, beside the program instead of between its
 * steps, only hinder it. Without this a photo of 12 megapixels takes up to a quarter longer, and on two cores an eighth.
 */
function spareV8(pictures: number): void {
  if (pictures === 1) setFlagsFromString('--no-turbofan');
  if (availableParallelism() > 1) return;
  setFlagsFromString('--no-concurrent-recompilation');
  setFlagsFromString('--no-concurrent-marking');
}
