/** Pictures mirrored, turned by right angles and transposed: the seven ways beside their own to look at a square. */
import type { Dataset } from './dataset.ts';

/** Whether rows are reversed, columns are, and then one is taken for the other. */
interface Orientation {
  down: boolean;
  across: boolean;
  isTransposed: boolean;
}

const ORIENTATIONS: readonly Orientation[] = [false, true]
  .flatMap((isTransposed) =>
    [false, true].flatMap((down) => [false, true].map((across) => ({ down, across, isTransposed }))),
  )
  .slice(1);

/** The data set in each of the others; pictures that are not square are only mirrored and turned upside down. */
export function* otherOrientations(dataset: Dataset): Generator<Dataset> {
  const [height, width] = dataset.shape;
  for (const orientation of ORIENTATIONS) {
    if (orientation.isTransposed && height !== width) continue;
    yield { ...dataset, images: orient(dataset, orientation) };
  }
}

function orient({ images, labels, shape }: Dataset, { down, across, isTransposed }: Orientation): Uint8Array {
  const [height, width, channels] = shape;
  const size = height * width * channels;
  const sources = new Uint32Array(size);
  for (let row = 0, at = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [fromRow, fromColumn] = isTransposed ? [column, row] : [row, column];
      const y = down ? height - 1 - fromRow : fromRow;
      const x = across ? width - 1 - fromColumn : fromColumn;
      for (let channel = 0; channel < channels; channel++) {
        sources[at++] = (y * width + x) * channels + channel;
      }
    }
  }
  const oriented = new Uint8Array(images.length);
  for (let position = 0, at = 0; position < labels.length; position++) {
    for (let i = 0; i < size; i++) oriented[at++] = images[position * size + sources[i]];
  }
  return oriented;
}
