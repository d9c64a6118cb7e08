/**
 * What `predict` prints for people: a row for each picture as soon as it is read. The text comes last, since nobody
 * knows how long it is; its further lines stand below the first.
 */
import { percent } from './format.ts';
import type { Failure, ReadPicture } from './readings.ts';
import { aligned } from './table.ts';
import { harmless, paint, visibleWidth } from './terminal.ts';

const WIDEST_NAME = 50;
const LOWEST_WIDTH = 7;
const TIME_WIDTH = 8;
const GAP = '  ';

export class ReadingTable {
  readonly #nameWidth: number;

  constructor(files: readonly string[]) {
    const widths = files.map((file) => visibleWidth(harmless(file)));
    this.#nameWidth = Math.min(
      WIDEST_NAME,
      widths.reduce((widest, width) => Math.max(widest, width), 0),
    );
  }

  heading(): string {
    return paint('dim', this.#row('file', 'lowest', 'time', 'text'));
  }

  /** The row of a picture. The confidence is that of the digit the network is least sure of. */
  row({ file, reading: { text, digits, rejected }, milliseconds }: ReadPicture): string {
    const time = `${milliseconds < 99.5 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;
    if (rejected !== false) return this.#row(file, '–', time, paint('yellow', harmless(rejected)));
    const lowest = percent(Math.min(...digits.map(({ confidence }) => confidence)), 1);
    const [first, ...rest] = text.split('\n').map((line) => paint('bold', harmless(line)));
    const indent = ' '.repeat(this.#nameWidth + LOWEST_WIDTH + TIME_WIDTH + 3 * GAP.length);
    return [this.#row(file, lowest, time, first), ...rest.map((line) => indent + line)].join('\n');
  }

  /** The row of a file that could not be read; why is told apart from the results. */
  failed({ file }: Failure): string {
    return this.#row(file, '–', '–', paint('red', 'could not be read'));
  }

  #row(file: string, lowest: string, time: string, text: string): string {
    return [
      aligned(harmless(file), this.#nameWidth),
      aligned(lowest, LOWEST_WIDTH, 'right'),
      aligned(time, TIME_WIDTH, 'right'),
      text,
    ].join(GAP);
  }
}
