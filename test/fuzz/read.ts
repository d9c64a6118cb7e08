/** Reads damaged pictures as `predict` does, but for the network, and says what came of each. */
import { decodePicture, InklingError, Reader } from '../../src/index.ts';
import { mutant } from './mutate.ts';

export interface FuzzReport {
  number: number;
  /** Which of the originals it was. */
  original: number;
  bytes: number;
  /** The error's sentence, if it was refused. */
  refusal: string | undefined;
  milliseconds: number;
}

/** A network that takes everything for a 3. */
const reader = new Reader({
  classify: async (pictures) =>
    pictures.map(() => Array.from({ length: 10 }, (_, digit) => (digit === 3 ? 0.91 : 0.01))),
});

/**
 * Reads damage number `number`. Whatever is wrong with the file must end in one sentence that names it; anything else
 * is thrown.
 */
export async function readMutant(originals: readonly Buffer[], number: number): Promise<FuzzReport> {
  const { original, bytes } = mutant(originals, number);
  const start = performance.now();
  let refusal: string | undefined;
  try {
    const picture = await decodePicture(bytes, `mutant-${number}`);
    const { width, height, channels, data, originalWidth, originalHeight } = picture;
    if (data.length !== width * height * channels || !(originalWidth * originalHeight > 0)) {
      throw new Error(`${data.length} samples for ${width}×${height}×${channels}`);
    }
    const { rejected, text } = await reader.read(picture);
    if (rejected === false && text === '') throw new Error('neither a text nor a reason');
  } catch (error) {
    if (!(error instanceof InklingError)) throw error;
    if (!new RegExp(`^mutant-${number} [^\\n]*\\.$`).test(error.message)) {
      throw new Error(`not a sentence: ${error.message}`);
    }
    refusal = error.message;
  }
  return { number, original, bytes: bytes.length, refusal, milliseconds: performance.now() - start };
}
