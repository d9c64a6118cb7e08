/** Many small pictures on one sheet, in rows, for people to look at. */
import type { Dataset } from '../data/dataset.ts';

/** Grey, row by row, as a PNG file holds it; or red, green and blue with three channels. */
export interface Sheet {
  width: number;
  height: number;
  channels: 1 | 3;
  data: Uint8Array;
}

/** Pixels between pictures, and their grey. */
const GAP = 4;
const GAP_GREY = 96;
/** Each pixel of a picture becomes a square of so many. */
const MAGNIFICATION = 2;

/** Puts pictures of a data set, by position, on a sheet. Rows may differ in length; ink is white. */
export function contactSheet(dataset: Dataset, rows: readonly (readonly number[])[]): Sheet {
  const [height, width, depth] = dataset.shape;
  const channels = depth === 3 ? 3 : 1;
  const columns = Math.max(1, ...rows.map((row) => row.length));
  const sheetWidth = GAP + columns * (width * MAGNIFICATION + GAP);
  const sheetHeight = GAP + rows.length * (height * MAGNIFICATION + GAP);
  const data = new Uint8Array(sheetWidth * sheetHeight * channels).fill(GAP_GREY);
  rows.forEach((row, r) => {
    row.forEach((position, c) => {
      const top = GAP + r * (height * MAGNIFICATION + GAP);
      const left = GAP + c * (width * MAGNIFICATION + GAP);
      for (let y = 0; y < height * MAGNIFICATION; y++) {
        for (let x = 0; x < width * MAGNIFICATION; x++) {
          const pixel = Math.floor(y / MAGNIFICATION) * width + Math.floor(x / MAGNIFICATION);
          const from = (position * height * width + pixel) * depth;
          const to = ((top + y) * sheetWidth + left + x) * channels;
          for (let channel = 0; channel < channels; channel++)
            data[to + channel] = dataset.images[from + channel];
        }
      }
    });
  });
  return { width: sheetWidth, height: sheetHeight, channels, data };
}

/** Positions of the first pictures of each class, at most `columns` of each: a row for a class. */
export function rowsOfClasses({ labels, classNames }: Dataset, columns: number): number[][] {
  const rows: number[][] = classNames.map(() => []);
  labels.forEach((label, position) => {
    if (rows[label].length < columns) rows[label].push(position);
  });
  return rows;
}
