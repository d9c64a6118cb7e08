/** Reads the digits in a picture: finds them, brings each to the form of MNIST's, and asks a network. */
import { InklingError } from '../errors.ts';
import { toDigit } from './centred.ts';
import type { Picture, PictureReading } from './picture.ts';

/** What tells digits apart: a `Classifier`, or something that puts the questions of many readers into one batch. */
export interface DigitClassifier {
  /** Probabilities of each class for each picture of 28×28 bytes. */
  classify(pictures: readonly Uint8Array[]): Promise<number[][]>;
}

export class Reader {
  readonly #classifier: DigitClassifier;

  constructor(classifier: DigitClassifier) {
    this.#classifier = classifier;
  }

  async read(picture: Picture): Promise<PictureReading> {
    const { width, height } = picture;
    let image: Uint8Array;
    try {
      image = toDigit({ width, height, pixels: brightness(picture) });
    } catch (error) {
      if (!(error instanceof InklingError)) throw error;
      return { text: '', digits: [], rejected: error.message };
    }
    const [probabilities] = await this.#classifier.classify([image]);
    const confidence = Math.max(...probabilities);
    const digit = probabilities.indexOf(confidence);
    const box: [number, number, number, number] = [0, 0, width, height];
    return {
      text: `${digit}`,
      digits: [{ digit, confidence, probabilities, notDigit: 0, box, image }],
      rejected: false,
    };
  }
}

function brightness({ width, height, channels, data }: Picture): Float32Array {
  const pixels = new Float32Array(width * height);
  const isColoured = channels >= 3;
  const isClear = channels % 2 === 0;
  for (let i = 0; i < pixels.length; i++) {
    const at = i * channels;
    const light = isColoured ? 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2] : data[at];
    const opacity = isClear ? data[at + channels - 1] / 255 : 1;
    pixels[i] = 1 - opacity + (opacity * light) / 255;
  }
  return pixels;
}
