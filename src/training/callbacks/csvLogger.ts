/**
 * One row of numbers for each epoch, in a CSV file.
 *
 * As Keras's CSVLogger it starts the file anew, or appends to it where asked to. It knows how long the file was at
 * each checkpoint, so a run that is resumed writes no row twice.
 */
import type { EpochRecord } from '../checkpoint.ts';
import type { Callback, Output } from './callback.ts';

export interface CsvLoggerOptions {
  /** `log.csv` by default. */
  file?: string;
  /** Between values; a comma by default. */
  separator?: string;
  /** Goes on in a file that is there, without a second header; false by default. */
  append?: boolean;
}

export function csvLogger(options: CsvLoggerOptions, output: Output): Callback {
  const { file = 'log.csv', separator = ',', append = false } = options;
  let position: number | undefined;
  let columns: (keyof EpochRecord)[] | undefined;
  return {
    name: `csvLogger ${file}`,
    onTrainBegin() {
      position = undefined;
      columns = undefined;
    },
    async onEpochEnd(record) {
      position ??= append ? await output.size(file) : 0;
      const rows = position === 0 ? [Object.keys(record)] : [];
      columns ??= Object.keys(record) as (keyof EpochRecord)[];
      rows.push(columns.map((column) => String(record[column] ?? 'NA')));
      const text = rows.map((row) => `${row.join(separator)}\n`).join('');
      const bytes = new TextEncoder().encode(text);
      await output.writeAt(file, position, bytes);
      position += bytes.length;
    },
    state: () => ({ values: { position, columns } }),
    restore({ values }) {
      position = values.position as number | undefined;
      columns = values.columns as typeof columns;
    },
  };
}
