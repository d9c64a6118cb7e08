/**
 * What stays of a picture when it is scanned or scaled anew: its shape in low frequencies.
 *
 * A window is laid about the centre of the ink, as wide as the ink spreads (its radius of gyration), so that neither
 * place nor size of a picture matters. There it is sampled with a bell about each point, which evens out how sharply it
 * was resampled, and of a cosine transform the lowest frequencies are kept, without the mean and brought to length 1,
 * so that contrast does not matter either. The distance of two signatures is √(2 - 2 cos) of the angle between them.
 *
 * Moments as a frame of reference: Hu, "Visual pattern recognition by moment invariants", 1962. A few frequencies as a
 * fingerprint: Zauner, "Implementation and benchmarking of perceptual image hash functions", 2010.
 */
import type { Dataset } from './dataset.ts';

/** Points of the window to each side, and how many of them the radius of gyration spans. */
const POINTS = 16;
const POINTS_OF_RADIUS = 4;
/** Deviation of the bell, in points; beyond so many of it there is nothing left. */
const BELL = 0.6;
const BELL_REACH = 3;
/** Frequencies in each direction. */
const FREQUENCIES = 10;

/** Values of a signature. */
export const SIGNATURE_SIZE = FREQUENCIES ** 2 - 1;

/** Less ink than this many full pixels is a dot, and all dots look alike. */
const LEAST_INK = 8 * 255;

/** Cosines of frequency f at point i, [f][i], all frequencies of one length. */
const COSINES = Float64Array.from({ length: FREQUENCIES * POINTS }, (_, at) => {
  const [frequency, point] = [Math.floor(at / POINTS), at % POINTS];
  const scale = frequency === 0 ? Math.SQRT1_2 : 1;
  return scale * Math.cos((Math.PI * frequency * (point + 0.5)) / POINTS);
});

/** Where each value of a signature goes when the picture is transposed: rows for columns. */
export const TRANSPOSED = Uint8Array.from(
  { length: SIGNATURE_SIZE },
  (_, i) => ((i + 1) % FREQUENCIES) * FREQUENCIES + Math.floor((i + 1) / FREQUENCIES) - 1,
);

export interface Signatures {
  /** One after the other; those of pictures without enough ink are zeros. */
  values: Float32Array;
  isPresent: Uint8Array;
}

/** The signatures of all pictures. */
export function signaturesOf({ images, labels, shape: [height, width, channels] }: Dataset): Signatures {
  const count = labels.length;
  const values = new Float32Array(count * SIGNATURE_SIZE);
  const isPresent = new Uint8Array(count);
  const ink = new Float64Array(height * width);
  const writer = new SignatureWriter(height, width);
  for (let position = 0; position < count; position++) {
    const start = position * height * width * channels;
    for (let pixel = 0; pixel < ink.length; pixel++) {
      let sum = 0;
      for (let channel = 0; channel < channels; channel++) sum += images[start + pixel * channels + channel];
      ink[pixel] = sum / channels;
    }
    const at = position * SIGNATURE_SIZE;
    if (writer.write(ink, values.subarray(at, at + SIGNATURE_SIZE))) isPresent[position] = 1;
  }
  return { values, isPresent };
}

/** Makes signatures of pictures of one size, with room that all share. */
class SignatureWriter {
  readonly #height: number;
  readonly #width: number;
  /** Ink of each row under each bell, [height][POINTS]; of the window, [POINTS][POINTS]; half transformed. */
  readonly #rows: Float64Array;
  readonly #window = new Float64Array(POINTS * POINTS);
  readonly #half = new Float64Array(POINTS * FREQUENCIES);
  /** A bell's height at each pixel of a line. */
  readonly #bell: Float64Array;

  constructor(height: number, width: number) {
    this.#height = height;
    this.#width = width;
    this.#rows = new Float64Array(height * POINTS);
    this.#bell = new Float64Array(Math.max(height, width));
  }

  /** Says whether there is enough ink for a signature, and some paper. */
  write(ink: Float64Array, target: Float32Array): boolean {
    const frame = this.#frameOf(ink);
    if (!frame) return false;
    this.#sample(ink, frame);
    let squares = 0;
    for (let point = 0; point < POINTS; point++) {
      for (let across = 0; across < FREQUENCIES; across++) {
        let sum = 0;
        for (let i = 0; i < POINTS; i++)
          sum += COSINES[across * POINTS + i] * this.#window[point * POINTS + i];
        this.#half[point * FREQUENCIES + across] = sum;
      }
    }
    for (let i = 0; i < SIGNATURE_SIZE; i++) {
      const across = (i + 1) % FREQUENCIES;
      const down = (i + 1 - across) / FREQUENCIES;
      let sum = 0;
      for (let point = 0; point < POINTS; point++) {
        sum += COSINES[down * POINTS + point] * this.#half[point * FREQUENCIES + across];
      }
      target[i] = sum;
      squares += sum * sum;
    }
    if (squares === 0) return false;
    const length = Math.sqrt(squares);
    for (let i = 0; i < SIGNATURE_SIZE; i++) target[i] /= length;
    return true;
  }

  /** Centre of the ink and distance between points, in pixels. */
  #frameOf(ink: Float64Array): Frame | undefined {
    let [mass, sumX, sumY, squares] = [0, 0, 0, 0];
    for (let y = 0, pixel = 0; y < this.#height; y++) {
      for (let x = 0; x < this.#width; x++, pixel++) {
        const value = ink[pixel];
        if (value === 0) continue;
        mass += value;
        sumX += value * x;
        sumY += value * y;
        squares += value * (x * x + y * y);
      }
    }
    if (mass < LEAST_INK) return undefined;
    const [x, y] = [sumX / mass, sumY / mass];
    return { x, y, step: Math.sqrt(squares / mass - x * x - y * y) / POINTS_OF_RADIUS };
  }

  #sample(ink: Float64Array, { x, y, step }: Frame): void {
    const [height, width, bell, rows, window] = [
      this.#height,
      this.#width,
      this.#bell,
      this.#rows,
      this.#window,
    ];
    for (let point = 0; point < POINTS; point++) {
      const [first, last] = fillBell(bell, x + (point - (POINTS - 1) / 2) * step, step, width);
      for (let row = 0; row < height; row++) {
        let sum = 0;
        for (let column = first; column <= last; column++) sum += bell[column] * ink[row * width + column];
        rows[row * POINTS + point] = sum;
      }
    }
    for (let point = 0; point < POINTS; point++) {
      const [first, last] = fillBell(bell, y + (point - (POINTS - 1) / 2) * step, step, height);
      for (let i = 0; i < POINTS; i++) {
        let sum = 0;
        for (let row = first; row <= last; row++) sum += bell[row] * rows[row * POINTS + i];
        window[point * POINTS + i] = sum;
      }
    }
  }
}

interface Frame {
  x: number;
  y: number;
  step: number;
}

/** Writes a bell about `centre` along a line, and says from where to where, inclusively, it reaches. */
function fillBell(
  bell: Float64Array,
  centre: number,
  step: number,
  size: number,
): [first: number, last: number] {
  const deviation = BELL * step;
  const first = Math.max(0, Math.ceil(centre - BELL_REACH * deviation));
  const last = Math.min(size - 1, Math.floor(centre + BELL_REACH * deviation));
  for (let at = first; at <= last; at++) bell[at] = Math.exp(-((at - centre) ** 2) / (2 * deviation ** 2));
  return [first, last];
}
