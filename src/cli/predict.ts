/** `inkling predict`: reads the digit in each picture. */
import type { Argv } from 'yargs';
import {
  Classifier,
  decodePng,
  InklingError,
  type Network,
  readFileBounded,
  toDigit,
  UsageError,
} from '../index.ts';
import { engineFlags, engineOptions } from './flags.ts';
import { percent } from './format.ts';
import { readModel } from './models.ts';
import { aligned } from './table.ts';
import { harmless, noteError, paint, print, printJson, visibleWidth } from './terminal.ts';

const MAXIMUM_BYTES = 32 * 2 ** 20;
const LARGEST_BATCH = 32;
const BAR_WIDTH = 20;
const WIDEST_NAME = 50;
/** What `toDigit` makes of a picture. */
const DIGIT_SHAPE = [28, 28, 1];

export function flags(commandLine: Argv) {
  return engineFlags(commandLine)
    .positional('files', { type: 'string', array: true, describe: 'PNG pictures of one digit each' })
    .option('model', {
      type: 'string',
      requiresArg: true,
      describe: 'Model file [default: the one that comes with Inkling]',
    })
    .option('json', { type: 'boolean' })
    .example('$0 predict seven.png', 'Read a digit')
    .example('$0 predict --json scans/*.png', 'Read many, for programs')
    .example('$0 predict seven.png --model runs/default/model.safetensors', 'With a model of your own');
}

type Flags = Awaited<ReturnType<typeof flags>['argv']>;

/** What a line of `--json` says of a picture. */
interface Reading {
  file: string;
  /** The digits as text. */
  text: string;
  digits: {
    digit: number;
    confidence: number;
    probabilities: number[];
    /** Left, top, width and height in pixels of the picture. */
    box: [number, number, number, number];
  }[];
  /** Why nothing could be read, or false. */
  rejected: string | false;
}

/** A file that is no picture, or not one that can be read. */
interface Failure {
  file: string;
  error: string;
}

/** A file that was opened: its picture's size and its digit, or why there is none. */
interface Picture {
  file: string;
  width: number;
  height: number;
  digit?: Uint8Array;
  rejected: string | false;
}

export async function run({ files, model, json, ...engine }: Flags): Promise<number> {
  if (!files || files.length === 0) {
    throw new UsageError("Name the pictures to read, such as 'inkling predict digit.png'.");
  }
  const options = engineOptions(engine);
  const { path, network } = await readModel(model);
  requireDigits(network, path);
  const batch = Math.min(LARGEST_BATCH, files.length);
  const classifier = await Classifier.create(network, { ...options, batch });
  const nameWidth = Math.min(WIDEST_NAME, Math.max(...files.map((file) => visibleWidth(harmless(file)))));
  let isAllRead = true;
  for (let first = 0; first < files.length; first += batch) {
    const opened: (Picture | Failure)[] = [];
    for (const file of files.slice(first, first + batch)) opened.push(await openPicture(file));
    const readings = await readPictures(classifier, opened);
    for (const reading of readings) {
      if ('error' in reading) {
        isAllRead = false;
        noteError(reading.error);
      } else if (!json) print(tableRow(reading, nameWidth));
      if (json) printJson(reading);
    }
  }
  return isAllRead ? 0 : 1;
}

function requireDigits({ model, classNames }: Network, path: string): void {
  if (model.input.join() === DIGIT_SHAPE.join()) return;
  throw new InklingError(
    `${path} reads pictures of ${model.input.join('×')} (${classNames.length} classes), and predict gives it digits of ${DIGIT_SHAPE.join('×')}; name another model.`,
  );
}

async function openPicture(file: string): Promise<Picture | Failure> {
  let picture: ReturnType<typeof decodePng>;
  try {
    picture = decodePng(await readFileBounded(file, MAXIMUM_BYTES), file);
  } catch (error) {
    if (!(error instanceof InklingError)) throw error;
    return { file, error: error.message };
  }
  const { width, height } = picture;
  try {
    return { file, width, height, digit: toDigit(picture), rejected: false };
  } catch (error) {
    if (!(error instanceof InklingError)) throw error;
    return { file, width, height, rejected: error.message };
  }
}

/** Reads the digits of all that could be opened, and passes on the rest. */
async function readPictures(
  classifier: Classifier,
  opened: readonly (Picture | Failure)[],
): Promise<(Reading | Failure)[]> {
  const answers = await classifier.classify(
    opened.flatMap((picture) => ('digit' in picture && picture.digit) || []),
  );
  let next = 0;
  return opened.map((picture): Reading | Failure => {
    if ('error' in picture) return picture;
    const { file, width, height, digit, rejected } = picture;
    if (!digit) return { file, text: '', digits: [], rejected };
    const probabilities = answers[next++];
    const confidence = Math.max(...probabilities);
    const best = probabilities.indexOf(confidence);
    return {
      file,
      text: classifier.network.classNames[best],
      digits: [{ digit: best, confidence, probabilities, box: [0, 0, width, height] }],
      rejected,
    };
  });
}

function tableRow({ file, text, digits, rejected }: Reading, nameWidth: number): string {
  const name = aligned(harmless(file), nameWidth);
  if (rejected !== false) return `${name}  ${paint('yellow', '–')}  ${harmless(rejected)}`;
  const [{ confidence }] = digits;
  const filled = Math.round(confidence * BAR_WIDTH);
  const bar = paint('cyan', '━'.repeat(filled)) + paint('dim', '─'.repeat(BAR_WIDTH - filled));
  return `${name}  ${paint('bold', harmless(text))}  ${percent(confidence, 1).padStart(7)}  ${bar}`;
}
