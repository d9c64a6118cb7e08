/**
 * What the whole picture, resized to 28×28, gives: the way of the projects Inkling replaces, kept to show how hard
 * the set is. Grey by luminance, the whole picture averaged over 28×28 cells, turned over if its edge is light.
 */
import type { Picture } from '../../src/vision/picture.ts';
import type { DigitClassifier } from '../../src/vision/reader.ts';

const SIZE = 28;

export async function readWhole(classifier: DigitClassifier, picture: Picture): Promise<string> {
  const [probabilities] = await classifier.classify([wholePicture(picture)]);
  const digits = probabilities.slice(0, 10);
  return `${digits.indexOf(Math.max(...digits))}`;
}

function wholePicture({ width, height, channels, data }: Picture): Uint8Array {
  const sums = new Float64Array(SIZE * SIZE);
  const counts = new Float64Array(SIZE * SIZE);
  const side = Math.max(width, height);
  for (let y = 0; y < Math.max(height, SIZE); y++) {
    for (let x = 0; x < Math.max(width, SIZE); x++) {
      const px = Math.min(width - 1, Math.floor((x * width) / Math.max(width, SIZE)));
      const py = Math.min(height - 1, Math.floor((y * height) / Math.max(height, SIZE)));
      const at = (py * width + px) * channels;
      const light = channels < 3 ? data[at] : 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2];
      const opacity = channels % 2 === 0 ? data[at + channels - 1] / 255 : 1;
      const column = Math.floor(((px + (side - width) / 2) / side) * SIZE);
      const row = Math.floor(((py + (side - height) / 2) / side) * SIZE);
      const cell = row * SIZE + column;
      sums[cell] += light * opacity + 255 * (1 - opacity);
      counts[cell]++;
    }
  }
  const cells = sums.map((sum, i) => (counts[i] > 0 ? sum / counts[i] : Number.NaN));
  const edge = [...cells].filter((light, i) => {
    const [x, y] = [i % SIZE, Math.floor(i / SIZE)];
    return light >= 0 && (x < 2 || y < 2 || x >= SIZE - 2 || y >= SIZE - 2);
  });
  const known = cells.filter((light) => light >= 0);
  const isLight =
    (edge.length ? edge : [...known]).reduce((a, b) => a + b, 0) / (edge.length || known.length) > 127;
  const ink = cells.map((light) => (light >= 0 ? (isLight ? 255 - light : light) : 0));
  return Uint8Array.from(ink, Math.round);
}
