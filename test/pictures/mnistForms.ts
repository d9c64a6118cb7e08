/**
 * MNIST's own pictures in the forms that people have them in: as they are, padded, magnified. What comes out of the
 * reader is compared with what the network says of the bytes themselves.
 */
import sharp from 'sharp';
import type { Dataset } from '../../src/data/dataset.ts';
import type { Picture } from '../../src/vision/picture.ts';
import type { DigitClassifier } from '../../src/vision/reader.ts';
import { Reader } from '../../src/vision/reader.ts';
import { Lot } from './lot.ts';

const SIZE = 28;

const FORMS: Record<string, (pixels: Uint8Array, lot: Lot) => Promise<Picture>> = {
  'as it is': async (pixels) => grey(SIZE, SIZE, pixels),
  'in negative': async (pixels) =>
    grey(
      SIZE,
      SIZE,
      pixels.map((amount) => 255 - amount),
    ),
  'padded to 64': (pixels, lot) => padded(pixels, 64, lot),
  'magnified to 280': async (pixels) => magnified(grey(SIZE, SIZE, pixels), 280),
  'padded, magnified to 200': async (pixels, lot) => magnified(await padded(pixels, 50, lot), 200),
};

function grey(width: number, height: number, data: Uint8Array): Picture {
  return { width, height, channels: 1, data };
}

async function padded(pixels: Uint8Array, size: number, lot: Lot): Promise<Picture> {
  const data = new Uint8Array(size * size);
  const [x, y] = [lot.whole(0, size - SIZE), lot.whole(0, size - SIZE)];
  for (let row = 0; row < SIZE; row++) {
    data.set(pixels.subarray(row * SIZE, (row + 1) * SIZE), (y + row) * size + x);
  }
  return grey(size, size, data);
}

async function magnified({ width, height, data }: Picture, size: number): Promise<Picture> {
  const large = await sharp(data, { raw: { width, height, channels: 1 } })
    .resize(size, size, { kernel: 'cubic' })
    .extractChannel(0)
    .raw()
    .toBuffer();
  return grey(size, size, new Uint8Array(large));
}

export interface FormScore {
  form: string;
  right: number;
  rejected: number;
  of: number;
}

/** Scores the first `count` digits in each form; the first score is the network's own. */
export async function scoreForms(
  classifier: DigitClassifier,
  { images, labels }: Dataset,
  count: number,
): Promise<FormScore[]> {
  const of = Math.min(count, labels.length);
  const pictures = Array.from({ length: of }, (_, i) =>
    images.subarray(i * SIZE * SIZE, (i + 1) * SIZE * SIZE),
  );
  const answers = await classifier.classify(pictures);
  const plain = answers.filter((probabilities, i) => {
    const digits = probabilities.slice(0, 10);
    return digits.indexOf(Math.max(...digits)) === labels[i];
  }).length;
  const scores: FormScore[] = [{ form: 'the network itself', right: plain, rejected: 0, of }];
  const reader = new Reader(classifier);
  for (const [form, make] of Object.entries(FORMS)) {
    const score = { form, right: 0, rejected: 0, of };
    for (const [i, pixels] of pictures.entries()) {
      const { text, rejected } = await reader.read(await make(pixels, new Lot(1, i)));
      if (rejected !== false) score.rejected++;
      else if (text === `${labels[i]}`) score.right++;
    }
    scores.push(score);
  }
  return scores;
}
