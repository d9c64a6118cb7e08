/**
 * What the command line writes and where: results to standard output, everything else to standard error.
 *
 * One line of standard error may be alive, a progress bar that is drawn over and over. Whatever else is written
 * wipes it first, so that nothing is ever printed into the middle of a bar.
 */
import { stripVTControlCharacters, styleText } from 'node:util';

export type Style = Parameters<typeof styleText>[0];

const WIPE_LINE = '\r\x1b[2K';
const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
const NARROWEST = 20;
const WIDEST = 110;

let isLive = false;

/** Colours text for a stream, where that is a terminal and NO_COLOR and FORCE_COLOR do not say otherwise. */
export function paint(style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return styleText(style, text, { stream });
}

/** Text from outside, such as a file name, made harmless: control characters could rewrite the screen. */
export function harmless(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, '�');
}

/** Prints a line of the result. */
export function print(line = ''): void {
  wipeLiveLine();
  process.stdout.write(`${line}\n`);
}

/** Prints a value as one line of JSON. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value));
}

/** Tells the person something that is not part of the result. */
export function note(line: string): void {
  wipeLiveLine();
  process.stderr.write(`${line}\n`);
}

/** Tells the person, in one line, what went wrong. */
export function noteError(message: string): void {
  note(paint('red', `inkling: ${harmless(message)}`, process.stderr));
}

/** Whether standard error can show a line that changes. */
export function canShowLiveLine(): boolean {
  return process.stderr.isTTY === true && process.env.TERM !== 'dumb';
}

/** Columns that a live line may fill; the last one stays free, since some terminals wrap there. */
export function liveLineWidth(): number {
  return Math.min(WIDEST, Math.max(NARROWEST, (process.stderr.columns || 80) - 1));
}

/** Draws the live line anew. Nothing happens where there cannot be one. */
export function drawLiveLine(text: string): void {
  if (!canShowLiveLine()) return;
  process.stderr.write(`${isLive ? '' : HIDE_CURSOR}${WIPE_LINE}${text}`);
  isLive = true;
}

export function wipeLiveLine(): void {
  if (!isLive) return;
  isLive = false;
  process.stderr.write(`${WIPE_LINE}${SHOW_CURSOR}`);
}

/** Columns a text takes when its colours are left out. */
export function visibleWidth(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}

let dropsBrokenOutput = false;

/** From now on a reader that goes away (`| head`) does not end the command: its work is more than what it prints. */
export function surviveBrokenOutput(): void {
  dropsBrokenOutput = true;
}

/** Ends quietly when the reader of the output goes away, and with one sentence when the disk it goes to is full. */
export function watchOutput(): void {
  process.stderr.on('error', () => undefined);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') {
      if (!dropsBrokenOutput) process.exit();
      return;
    }
    noteError(`Cannot write to standard output: ${error.message}.`);
    process.exit(1);
  });
}
