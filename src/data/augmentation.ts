/**
 * Random affine distortion: the same digit, written a little differently.
 *
 * Each example is rotated, scaled, sheared and shifted about its centre, by amounts drawn anew in every epoch. The
 * inverse map takes each pixel of the result to a place in the original, where the four pixels around it are mixed
 * (bilinear). The draw depends on seed, epoch and example alone, never on the batch or on who computes it.
 */
import { onlyKnown, real } from '../../kernels/attributes.ts';
import { OperationError } from '../../kernels/operation.ts';
import { Purpose, RandomStream } from '../../kernels/random/reference.ts';
import { UsageError } from '../errors.ts';

/** Each is the largest change to either side; 0 by default. */
export interface AugmentationSpec {
  /** Degrees. */
  rotation?: number;
  /** Share of the size. */
  scale?: number;
  /** Horizontal shift per row. */
  shear?: number;
  /** Pixels. */
  shift?: number;
}

export function checkAugmentation(spec: AugmentationSpec): Required<AugmentationSpec> {
  const raw = spec as Record<string, unknown>;
  try {
    onlyKnown(raw, ['rotation', 'scale', 'shear', 'shift']);
    return {
      rotation: real(raw, 'rotation', 0, 181, 0),
      scale: real(raw, 'scale', 0, 1, 0),
      shear: real(raw, 'shear', 0, 1, 0),
      shift: real(raw, 'shift', 0, 1000, 0),
    };
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    throw new UsageError(`Augmentation: ${error.message}.`, { cause: error });
  }
}

/** Where a pixel of the result comes from: source = matrix · (pixel − centre) + centre + shift. */
interface Affine {
  xx: number;
  xy: number;
  yx: number;
  yy: number;
  shiftX: number;
  shiftY: number;
}

function drawAffine(spec: Required<AugmentationSpec>, seed: number, epoch: number, example: number): Affine {
  const random = new RandomStream(seed, Purpose.augmentation, epoch, example);
  const angle = (random.between(-spec.rotation, spec.rotation) * Math.PI) / 180;
  const inverseX = 1 / (1 + random.between(-spec.scale, spec.scale));
  const inverseY = 1 / (1 + random.between(-spec.scale, spec.scale));
  const shear = random.between(-spec.shear, spec.shear);
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  return {
    xx: (cosine + shear * sine) * inverseX,
    xy: (-sine + shear * cosine) * inverseX,
    yx: sine * inverseY,
    yy: cosine * inverseY,
    shiftX: random.between(-spec.shift, spec.shift),
    shiftY: random.between(-spec.shift, spec.shift),
  };
}

/**
 * Writes the distorted picture, normalised, to `target`: `source` [height, width, channels] in bytes becomes
 * table[byte], and where the map leaves the picture, table[0].
 */
export function augment(
  source: Uint8Array,
  target: { [index: number]: number },
  at: number,
  [height, width, channels]: readonly [number, number, number],
  table: Float32Array,
  spec: Required<AugmentationSpec>,
  position: { seed: number; epoch: number; example: number },
): void {
  const map = drawAffine(spec, position.seed, position.epoch, position.example);
  const centreX = (width - 1) / 2;
  const centreY = (height - 1) / 2;
  const paper = table[0];
  const line = width * channels;
  for (let row = 0; row < height; row++) {
    const down = row - centreY;
    for (let column = 0; column < width; column++) {
      const across = column - centreX;
      const x = map.xx * across + map.xy * down + centreX + map.shiftX;
      const y = map.yx * across + map.yy * down + centreY + map.shiftY;
      const left = Math.floor(x);
      const top = Math.floor(y);
      const right = x - left;
      const below = y - top;
      // Which of the four pixels around it lie in the picture.
      const hasLeft = left >= 0 && left < width;
      const hasRight = left >= -1 && left < width - 1;
      const hasTop = top >= 0 && top < height;
      const hasBottom = top >= -1 && top < height - 1;
      let from = top * line + left * channels;
      for (let channel = 0; channel < channels; channel++, from++) {
        const topLeft = hasTop && hasLeft ? table[source[from]] : paper;
        const topRight = hasTop && hasRight ? table[source[from + channels]] : paper;
        const bottomLeft = hasBottom && hasLeft ? table[source[from + line]] : paper;
        const bottomRight = hasBottom && hasRight ? table[source[from + line + channels]] : paper;
        const upper = topLeft + (topRight - topLeft) * right;
        const lower = bottomLeft + (bottomRight - bottomLeft) * right;
        target[at++] = upper + (lower - upper) * below;
      }
    }
  }
}
