/**
 * Which column of a CSV file is the label, and which pixel each of the others is.
 *
 * With a heading its names decide, in any order: the label is called label, class, target, y or digit; pixels are
 * numbered (pixel0, pixel1, …, from 0 or from 1) or named by row and column (1x1, 1x2, …). A column without a name, or
 * called id or index, is a table program's row number and left out. Without a heading the pixels follow each other
 * row by row and the label is first or last; see `labelColumn`.
 */
import { numberOf } from './csvFields.ts';
import type { Dataset } from './dataset.ts';

const LABEL_NAME = /^(?:labels?|class|target|y|digit)$/i;
const ROW_NUMBER_NAME = /^(?:|id|index|unnamed: ?0)$/i;
const NUMBERED_PIXEL = /^(?:pixel|pix|px|p|x|feature|f)?[ _.-]?(\d{1,6})$/i;
const PLACED_PIXEL = /^(\d{1,4})x(\d{1,4})$/i;

/** Height and width of the largest pictures. */
const LARGEST_SIDE = 256;
export const MOST_COLUMNS = LARGEST_SIDE ** 2 + 3;

export interface CsvColumns {
  /** How many columns there are. */
  count: number;
  label: number;
  /** For each column the position of its pixel in the picture, or -1 where it is none. */
  pixels: Int32Array;
  shape: Dataset['shape'];
  /** Names of the columns, if there are any. */
  names?: readonly string[];
}

/** How messages call a column, counted from 0. */
export function columnName(columns: CsvColumns | undefined, column: number): string {
  const name = columns?.names?.[column];
  return name ? `column "${name}"` : `column ${column + 1}`;
}

/** Whether the first line is a heading: it names a label, or is not mostly numbers, or has a word in it. */
export function isHeading(fields: readonly string[]): boolean {
  if (fields.some((field) => LABEL_NAME.test(field) || /^[a-z]{2}/i.test(field))) return true;
  // A value that is missing or spoilt does not make a heading of a row of numbers.
  const numbers = fields.filter((field) => !Number.isNaN(numberOf(field))).length;
  return 2 * numbers <= fields.length;
}

/** Whether the fields of a line are 0, 1, 2, … or 1, 2, 3, …: the heading that some programs give to nameless columns. */
export function isCounted(fields: readonly string[]): boolean {
  return [0, 1].some((first) => fields.length > 4 && fields.every((field, i) => field === String(first + i)));
}

/** The columns that a heading names, or a text that says what is wrong with it. */
export function columnsFromHeading(names: readonly string[]): CsvColumns | string {
  const labels = names.flatMap((name, column) => (LABEL_NAME.test(name) ? [column] : []));
  if (labels.length === 0) {
    return 'the heading names no column "label" (or class, target, y, digit); give pictures with their labels';
  }
  if (labels.length > 1) {
    return `the heading names two labels, "${names[labels[0]]}" and "${names[labels[1]]}"; keep one of them`;
  }
  const [label] = labels;
  const found = names.flatMap((name, column) =>
    column === label || ROW_NUMBER_NAME.test(name) ? [] : [{ name, column }],
  );
  if (found.length === 0) return 'the heading names no pixels; give them names such as pixel0, pixel1';
  const isPlaced = PLACED_PIXEL.test(found[0].name);
  const pattern = isPlaced ? PLACED_PIXEL : NUMBERED_PIXEL;
  const stranger = found.find(({ name }) => !pattern.test(name));
  if (stranger) {
    return `the heading names a column ${JSON.stringify(stranger.name.slice(0, 40))}, which is neither a label nor a pixel such as pixel0 or 1x1; leave it out`;
  }
  const places = found.map(({ name }) => pattern.exec(name)!.slice(1).map(Number));
  return isPlaced ? placed(names, label, found, places) : numbered(names, label, found, places);
}

type Found = readonly { name: string; column: number }[];

function numbered(
  names: readonly string[],
  label: number,
  found: Found,
  places: number[][],
): CsvColumns | string {
  const shape = squareOf(found.length);
  if (!shape) return notSquare(found.length);
  const first = Math.min(...places.map(([number]) => number));
  if (first > 1) return `the heading has no pixel 0 or 1, its pixels begin at ${first}; give all of them`;
  const positions = places.map(([number]) => number - first);
  return arranged(names, label, found, positions, shape);
}

function placed(
  names: readonly string[],
  label: number,
  found: Found,
  places: number[][],
): CsvColumns | string {
  const firstRow = Math.min(...places.map(([row]) => row));
  const firstColumn = Math.min(...places.map(([, column]) => column));
  const height = Math.max(...places.map(([row]) => row)) - firstRow + 1;
  const width = Math.max(...places.map(([, column]) => column)) - firstColumn + 1;
  if (height * width !== found.length || Math.max(height, width) > LARGEST_SIDE) {
    return `the heading names ${found.length} pixels of a picture of ${height}×${width}; give each pixel once, of at most ${LARGEST_SIDE}×${LARGEST_SIDE}`;
  }
  const positions = places.map(([row, column]) => (row - firstRow) * width + column - firstColumn);
  return arranged(names, label, found, positions, [height, width, 1]);
}

function arranged(
  names: readonly string[],
  label: number,
  found: Found,
  positions: readonly number[],
  shape: Dataset['shape'],
): CsvColumns | string {
  const pixels = new Int32Array(names.length).fill(-1);
  const taken = new Set<number>();
  for (const [i, { name, column }] of found.entries()) {
    if (taken.has(positions[i])) return `the heading names the pixel "${name}" twice; name each once`;
    if (positions[i] >= found.length) {
      return `the heading names a pixel "${name}" but only ${found.length} pixels; give all of them`;
    }
    taken.add(positions[i]);
    pixels[column] = positions[i];
  }
  return { count: names.length, label, pixels, shape, names };
}

/** The columns of rows without a heading, or a text that says why there can be none. */
export function columnsFromRows(rows: readonly Float64Array[], classes: number): CsvColumns | string {
  const count = rows[0].length;
  const shape = squareOf(count - 1);
  if (!shape) return notSquare(count - 1);
  const label = labelColumn(rows, classes);
  const pixels = Int32Array.from({ length: count }, (_, column) => column - (label === 0 ? 1 : 0));
  pixels[label] = -1;
  return { count, label, pixels, shape };
}

/**
 * Labels are first, as nearly everywhere, unless only the last column can be labels: because the first holds something
 * else than classes, or the same value in each of these rows, which a corner of pictures does and labels do not.
 */
function labelColumn(rows: readonly Float64Array[], classes: number): number {
  const last = rows[0].length - 1;
  const isPossible = (column: number) =>
    rows.every((row) => Number.isInteger(row[column]) && row[column] >= 0 && row[column] < classes);
  const isVaried = (column: number) => rows.some((row) => row[column] !== rows[0][column]);
  if (!isPossible(last)) return 0;
  if (!isPossible(0)) return last;
  return !isVaried(0) && isVaried(last) ? last : 0;
}

function squareOf(pixels: number): Dataset['shape'] | undefined {
  const side = Math.sqrt(pixels);
  return Number.isInteger(side) && side >= 1 && side <= LARGEST_SIDE ? [side, side, 1] : undefined;
}

function notSquare(pixels: number): string {
  return `there are ${pixels} pixels beside the label, which make no square picture of at most ${LARGEST_SIDE}×${LARGEST_SIDE}; name the pixels by row and column (1x1, 1x2, …) in a heading if the pictures are not square`;
}
