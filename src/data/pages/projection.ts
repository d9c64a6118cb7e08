/**
 * How a page lies in a picture: turned, and seen a little from the side.
 *
 * A camera maps a flat page to its picture by a homography, a 3 × 3 matrix on homogeneous coordinates; its inverse says
 * which spot of the page a pixel shows. Lengths on the page are in pixels of the picture, so that the scale is about 1.
 * Source: Hartley and Zisserman, "Multiple View Geometry in Computer Vision", chapter 2.
 */

/** Row by row. */
type Matrix = readonly number[];

export interface View {
  /** Radians, clockwise as seen. */
  rotation: number;
  /** How much farther away the right and the lower edge are than the middle, as a share. */
  lean: readonly [right: number, down: number];
}

export class Projection {
  /** Of the picture. */
  readonly width: number;
  readonly height: number;
  readonly #toPicture: Matrix;
  readonly #toPage: Matrix;

  /** A picture that holds a page of this size whole, and what lies around it. */
  constructor(pageWidth: number, pageHeight: number, { rotation, lean }: View) {
    const cosine = Math.cos(rotation);
    const sine = Math.sin(rotation);
    this.width = Math.ceil(pageWidth * Math.abs(cosine) + pageHeight * Math.abs(sine));
    this.height = Math.ceil(pageHeight * Math.abs(cosine) + pageWidth * Math.abs(sine));
    const fromMiddle = [1, 0, -pageWidth / 2, 0, 1, -pageHeight / 2, 0, 0, 1];
    const tilted = [
      cosine,
      -sine,
      0,
      sine,
      cosine,
      0,
      (2 * lean[0]) / pageWidth,
      (2 * lean[1]) / pageHeight,
      1,
    ];
    const toMiddle = [1, 0, this.width / 2, 0, 1, this.height / 2, 0, 0, 1];
    this.#toPicture = product(toMiddle, product(tilted, fromMiddle));
    this.#toPage = inverse(this.#toPicture);
  }

  /** Where a spot of the page is in the picture; written to `out`, which is passed on. */
  toPicture(x: number, y: number, out: Float64Array): Float64Array {
    return apply(this.#toPicture, x, y, out);
  }

  /** Which spot of the page a spot in the picture shows. */
  toPage(x: number, y: number, out: Float64Array): Float64Array {
    return apply(this.#toPage, x, y, out);
  }
}

function apply(matrix: Matrix, x: number, y: number, out: Float64Array): Float64Array {
  const scale = 1 / (matrix[6] * x + matrix[7] * y + matrix[8]);
  out[0] = (matrix[0] * x + matrix[1] * y + matrix[2]) * scale;
  out[1] = (matrix[3] * x + matrix[4] * y + matrix[5]) * scale;
  return out;
}

function product(a: Matrix, b: Matrix): Matrix {
  return Array.from({ length: 9 }, (_, at) => {
    const row = at - (at % 3);
    const column = at % 3;
    return a[row] * b[column] + a[row + 1] * b[column + 3] + a[row + 2] * b[column + 6];
  });
}

/** Up to a factor, which homogeneous coordinates do not see: the transposed matrix of cofactors. */
function inverse([a, b, c, d, e, f, g, h, i]: Matrix): Matrix {
  return [
    e * i - f * h,
    c * h - b * i,
    b * f - c * e,
    f * g - d * i,
    a * i - c * g,
    c * d - a * f,
    d * h - e * g,
    b * g - a * h,
    a * e - b * d,
  ];
}
