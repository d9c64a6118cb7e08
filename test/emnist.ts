/**
 * Digits as EMNIST would have them, made from MNIST's: a guess at NIST's scan, processed as Cohen, Afshar, Tapson, van
 * Schaik, "EMNIST: an extension of MNIST to handwritten letters", 2017, section II say. A Gaussian of deviation 1 is laid
 * over the scan, the box of the ink is centred in a square with a border, and that is made 28×28 by cubic interpolation.
 */

const SIDE = 28;
/** Pixels of the guessed scan for one of MNIST's: NIST's digits are about 60 pixels tall, and MNIST's 20. */
const MAGNIFICATION = 3;
/** Of 28 pixels the ink takes as many. */
const INK_SIDE = 24;

/** `binary` where the scan is guessed to be black and white, as NIST's was; otherwise it has MNIST's greys. */
export function asEmnist(picture: Uint8Array, binary: boolean): Uint8Array {
  const side = SIDE * MAGNIFICATION;
  let scan = resample(Float64Array.from(picture), SIDE, { from: [0, 0], span: SIDE }, side);
  if (binary) scan = scan.map((value) => (value >= 127.5 ? 255 : 0));
  scan = blur(scan, side);
  const [top, bottom, left, right] = boxOf(scan, side, 12);
  const span = (Math.max(bottom - top, right - left) * SIDE) / INK_SIDE;
  const from = [(top + bottom - span) / 2, (left + right - span) / 2] as const;
  return Uint8Array.from(resample(scan, side, { from, span }, SIDE), (value) =>
    Math.round(Math.min(255, Math.max(0, value))),
  );
}

/** Rows for columns. */
export function transposed(picture: Uint8Array): Uint8Array {
  return picture.map((_, at) => picture[(at % SIDE) * SIDE + Math.floor(at / SIDE)]);
}

interface Cut {
  /** Row and column. */
  from: readonly [number, number];
  span: number;
}

/** A square cut, in `size` × `size`: cubic, and wider where it gets smaller. */
function resample(source: Float64Array, side: number, { from, span }: Cut, size: number): Float64Array {
  const scale = Math.max(1, span / size);
  const weights = from.map((first) =>
    Array.from({ length: size }, (_, target) => {
      const centre = first + ((target + 0.5) * span) / size - 0.5;
      const begin = Math.ceil(centre - 2 * scale);
      const all = Array.from({ length: Math.floor(centre + 2 * scale) - begin + 1 }, (_, i) =>
        cubic((begin + i - centre) / scale),
      );
      const sum = all.reduce((total, weight) => total + weight, 0);
      return { begin, weights: all.map((weight) => weight / sum) };
    }),
  );
  const take = (
    lines: { begin: number; weights: number[] }[],
    read: (line: number, at: number) => number,
    count: number,
  ) =>
    Float64Array.from({ length: count * size }, (_, i) => {
      const { begin, weights: own } = lines[i % size];
      return own.reduce((sum, weight, k) => {
        const at = begin + k;
        return at >= 0 && at < side ? sum + weight * read(Math.floor(i / size), at) : sum;
      }, 0);
    });
  const rows = take(weights[1], (row, column) => source[row * side + column], side);
  const columns = take(weights[0], (column, row) => rows[row * size + column], size);
  return columns.map((_, at) => columns[(at % size) * size + Math.floor(at / size)]);
}

/** Keys, "Cubic convolution interpolation for digital image processing", 1981. */
function cubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return 1.5 * x ** 3 - 2.5 * x ** 2 + 1;
  return x < 2 ? -0.5 * x ** 3 + 2.5 * x ** 2 - 4 * x + 2 : 0;
}

function blur(source: Float64Array, side: number): Float64Array {
  const bell = [-3, -2, -1, 0, 1, 2, 3].map((at) => Math.exp(-(at ** 2) / 2));
  const sum = bell.reduce((total, weight) => total + weight, 0);
  const pass = (values: Float64Array, stride: number) =>
    values.map((_, at) => {
      const place = Math.floor(at / stride) % side;
      return (
        bell.reduce((total, weight, i) => {
          const there = place + i - 3;
          return there >= 0 && there < side ? total + weight * values[at + (i - 3) * stride] : total;
        }, 0) / sum
      );
    });
  return pass(pass(source, 1), side);
}

/** Top, bottom, left and right of what is darker than a threshold. */
function boxOf(values: Float64Array, side: number, threshold: number): [number, number, number, number] {
  const rows: number[] = [];
  const columns: number[] = [];
  values.forEach((value, at) => {
    if (value <= threshold) return;
    rows.push(Math.floor(at / side));
    columns.push(at % side);
  });
  return [Math.min(...rows), Math.max(...rows) + 1, Math.min(...columns), Math.max(...columns) + 1];
}
