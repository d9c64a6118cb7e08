/**
 * Data sets in CSV files: a picture in each line, its label and its pixels, as Kaggle's digit recogniser has them.
 *
 * The file is streamed and pixels are kept as bytes, so that memory holds what the pictures take and a few blocks. A
 * file of more pictures than `MOST_PIXEL_BYTES` take is refused: as soon as the first lines show that it must be
 * too large, otherwise when the limit is reached. A part of it would be a choice that nobody made.
 *
 * Values are whole numbers from 0 to 255, or numbers from 0 to 1; the largest of the first lines says which.
 * 255, or 1, is ink.
 */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { InklingError } from '../errors.ts';
import {
  type CsvColumns,
  columnName,
  columnsFromHeading,
  columnsFromRows,
  isCounted,
  isHeading,
  MOST_COLUMNS,
} from './csvColumns.ts';
import { numberFields, separatorOf, textFields } from './csvFields.ts';
import { lineError, visitLines } from './csvLines.ts';
import { type Dataset, DIGIT_NAMES } from './dataset.ts';

/** 1.37 million pictures of 28×28. */
const MOST_PIXEL_BYTES = 2 ** 30;
/** Pictures are collected in pieces of about so many bytes. */
const PIECE_BYTES = 2 ** 22;
/** So many rows, or what a million values make, are looked at before it is decided what the columns are. */
const MOST_FIRST_ROWS = 256;
const MOST_FIRST_VALUES = 2 ** 20;
/** A file is refused early only where an estimate from its first lines is beyond doubt. */
const CERTAIN_EXCESS = 1.25;

export interface CsvOptions {
  /** What a person calls the data set; the name of the file unless told. */
  name?: string;
  classNames?: readonly string[];
  /** How many bytes the pictures may take; 1 GiB unless told. */
  maximumBytes?: number;
}

export interface CsvDataset {
  dataset: Dataset;
  /** SHA-256 of the file, uncompressed. */
  sha256: string;
}

/**
 * Reads a CSV file, gzipped or not, of any size up to the limit.
 *
 * @throws InklingError that names the file and, where there is one, the line.
 */
export async function loadCsv(path: string, options: CsvOptions = {}): Promise<CsvDataset> {
  const { size } = await stat(path).catch(() => ({ size: 0 }));
  const reader = new CsvReader(path, size, options);
  const sha256 = await visitLines(path, (bytes, from, to, lineNumber) =>
    reader.take(bytes, from, to, lineNumber),
  );
  return { dataset: reader.finish(options.name ?? basename(path)), sha256 };
}

class CsvReader {
  readonly #path: string;
  readonly #fileBytes: number;
  readonly #classNames: readonly string[];
  readonly #maximumBytes: number;
  #separator = 0;
  /** The line that says how many columns there are. */
  #modelLine = 0;
  #columns: CsvColumns | undefined;
  #values = new Float64Array();
  /** The first rows, until it is decided what the columns are. */
  #first: { values: Float64Array; lineNumber: number }[] | undefined = [];
  #firstBytes = 0;
  /** What a value is multiplied with: 1, or 255. */
  #scale = 1;
  #pieces: Uint8Array[] = [];
  #piece = new Uint8Array();
  #filled = 0;
  #labels = new Uint8Array(1024);
  #count = 0;

  constructor(path: string, fileBytes: number, options: CsvOptions) {
    this.#path = path;
    this.#fileBytes = fileBytes;
    this.#classNames = options.classNames ?? DIGIT_NAMES;
    this.#maximumBytes = options.maximumBytes ?? MOST_PIXEL_BYTES;
  }

  take(bytes: Uint8Array, from: number, to: number, lineNumber: number): void {
    if (this.#modelLine === 0 && this.#begin(bytes, from, to, lineNumber)) return;
    const values = this.#values;
    const count = numberFields(bytes, from, to, this.#separator, values);
    if (count !== values.length) {
      const problem = `it has ${count} fields where line ${this.#modelLine} has ${values.length}; give every line the same columns`;
      throw lineError(this.#path, lineNumber, problem);
    }
    const wrong = this.#firstWrong(values);
    if (wrong >= 0) {
      const text = textFields(bytes, from, to, this.#separator)[wrong];
      const shown = text === '' ? 'is empty' : `holds ${JSON.stringify(text.slice(0, 40))}`;
      const problem = `${columnName(this.#columns, wrong)} ${shown}, where a number is expected`;
      throw lineError(this.#path, lineNumber, problem);
    }
    if (!this.#first) {
      this.#store(values, lineNumber);
      return;
    }
    this.#first.push({ values: values.slice(), lineNumber });
    this.#firstBytes += to - from + 1;
    const enough = Math.min(MOST_FIRST_ROWS, Math.ceil(MOST_FIRST_VALUES / values.length));
    if (this.#first.length >= enough) this.#decide();
  }

  /** The first column that counts and holds no number, or -1. */
  #firstWrong(values: Float64Array): number {
    const columns = this.#columns;
    for (let column = 0; column < values.length; column++) {
      if (!Number.isNaN(values[column])) continue;
      if (!columns || columns.pixels[column] >= 0 || columns.label === column) return column;
    }
    return -1;
  }

  finish(name: string): Dataset {
    if (this.#first && this.#first.length > 0) this.#decide();
    if (!this.#columns || this.#count === 0) {
      const what = this.#modelLine === 0 ? 'is empty' : 'has a heading and no pictures';
      throw new InklingError(`${this.#path} ${what}; give a CSV file with a label and pixels in each line.`);
    }
    const { shape } = this.#columns;
    const images = new Uint8Array(this.#count * shape[0] * shape[1]);
    this.#pieces.push(this.#piece.subarray(0, this.#filled));
    let at = 0;
    for (const piece of this.#pieces) {
      images.set(piece, at);
      at += piece.length;
    }
    const labels = this.#labels.slice(0, this.#count);
    return { name, images, labels, shape, classNames: this.#classNames };
  }

  /** Looks at the first line, and says whether it is a heading. */
  #begin(bytes: Uint8Array, from: number, to: number, lineNumber: number): boolean {
    this.#modelLine = lineNumber;
    this.#separator = separatorOf(new TextDecoder().decode(bytes.subarray(from, to)));
    const fields = textFields(bytes, from, to, this.#separator);
    if (fields.length < 2 || fields.length > MOST_COLUMNS) {
      const problem = `it has ${fields.length === 1 ? 'a single field' : `${fields.length} fields`}, where a label and 1 to ${MOST_COLUMNS - 3} pixels are expected, separated by commas`;
      throw lineError(this.#path, lineNumber, problem);
    }
    this.#values = new Float64Array(fields.length);
    if (isCounted(fields)) return true;
    if (!isHeading(fields)) return false;
    const columns = columnsFromHeading(fields);
    if (typeof columns === 'string') throw lineError(this.#path, lineNumber, columns);
    this.#columns = columns;
    return true;
  }

  /** Decides from the first rows what the columns are and how the values are scaled, and stores them. */
  #decide(): void {
    const first = this.#first!;
    this.#first = undefined;
    const columns =
      this.#columns ??
      columnsFromRows(
        first.map(({ values }) => values),
        this.#classNames.length,
      );
    if (typeof columns === 'string') throw lineError(this.#path, this.#modelLine, columns);
    this.#columns = columns;
    let largest = 0;
    for (const { values } of first) {
      for (let column = 0; column < columns.count; column++) {
        if (columns.pixels[column] >= 0) largest = Math.max(largest, values[column]);
      }
    }
    this.#scale = largest > 0 && largest <= 1 ? 255 : 1;
    const pictureBytes = columns.shape[0] * columns.shape[1];
    const expected = (this.#fileBytes / (this.#firstBytes / first.length)) * pictureBytes;
    if (expected > CERTAIN_EXCESS * this.#maximumBytes) throw this.#tooLarge(first[0].lineNumber);
    this.#piece = new Uint8Array(Math.max(1, Math.floor(PIECE_BYTES / pictureBytes)) * pictureBytes);
    for (const { values, lineNumber } of first) this.#store(values, lineNumber);
  }

  #store(values: Float64Array, lineNumber: number): void {
    const { count, label, pixels, shape } = this.#columns!;
    const size = shape[0] * shape[1];
    if ((this.#count + 1) * size > this.#maximumBytes) throw this.#tooLarge(lineNumber);
    if (this.#filled === this.#piece.length) {
      this.#pieces.push(this.#piece);
      this.#piece = new Uint8Array(this.#piece.length);
      this.#filled = 0;
    }
    const scale = this.#scale;
    const target = this.#piece;
    for (let column = 0; column < count; column++) {
      if (pixels[column] < 0) continue;
      const value = values[column];
      const byte = scale === 1 ? value : Math.round(value * scale);
      if (!(value >= 0 && byte <= 255 && Number.isInteger(byte)))
        throw this.#wrongPixel(column, value, lineNumber);
      target[this.#filled + pixels[column]] = byte;
    }
    this.#filled += size;
    this.#storeLabel(values[label], lineNumber);
  }

  #storeLabel(value: number, lineNumber: number): void {
    const classes = this.#classNames.length;
    if (!(Number.isInteger(value) && value >= 0 && value < classes)) {
      const problem = `the label is ${value}, in ${columnName(this.#columns, this.#columns!.label)}; labels are whole numbers from 0 to ${classes - 1}`;
      throw lineError(this.#path, lineNumber, problem);
    }
    if (this.#count === this.#labels.length) {
      const larger = new Uint8Array(2 * this.#labels.length);
      larger.set(this.#labels);
      this.#labels = larger;
    }
    this.#labels[this.#count++] = value;
  }

  #wrongPixel(column: number, value: number, lineNumber: number): InklingError {
    const range = this.#scale === 1 ? 'whole numbers from 0 to 255' : 'from 0 to 1, as in the first lines';
    const problem = `${columnName(this.#columns, column)} is ${value}, and pixels are ${range}`;
    return lineError(this.#path, lineNumber, problem);
  }

  #tooLarge(lineNumber: number): InklingError {
    const { shape } = this.#columns!;
    const most = Math.floor(this.#maximumBytes / (shape[0] * shape[1]));
    return lineError(
      this.#path,
      lineNumber,
      `the file holds more than the ${most} pictures of ${shape[0]}×${shape[1]} that are read at most; take a part of it, such as its first lines with 'head -n ${most}'`,
    );
  }
}
