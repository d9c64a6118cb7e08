/** Blurs: see corruption.ts for the source. Gaussian blur is of its longer list, not of MNIST-C itself. */
import { at, blurred, type Corruption, type Grey, mapPixels } from './corruption.ts';

export const gaussianBlur: Corruption = {
  title: 'Gaussian blur',
  severity: 2,
  apply: (picture, severity) => blurred(picture, [1, 2, 3, 4, 6][severity - 1]),
};

/** Deviation of the blur, how far pixels move, how often. */
const GLASS: [deviation: number, distance: number, times: number][] = [
  [0.7, 1, 2],
  [0.9, 2, 1],
  [1, 2, 3],
  [1.1, 3, 2],
  [1.5, 4, 2],
];

/** As through frosted glass: blurred, half of the pixels changed places with one nearby, and blurred again. */
export const glassBlur: Corruption = {
  title: 'glass blur',
  severity: 1,
  apply(picture, severity, random) {
    const [deviation, distance, times] = GLASS[severity - 1];
    const { width, height } = picture;
    const pixels = blurred(picture, deviation);
    for (let time = 0; time < times; time++) {
      for (let row = height - distance; row > distance; row--) {
        for (let column = width - distance; column > distance; column--) {
          if (random.uniform() < 0.5) continue;
          const otherColumn = column + random.below(2 * distance) - distance;
          const other = (row + random.below(2 * distance) - distance) * width + otherColumn;
          const here = row * width + column;
          [pixels[here], pixels[other]] = [pixels[other], pixels[here]];
        }
      }
    }
    return blurred({ ...picture, pixels }, deviation);
  },
};

/** Radius in pixels, and deviation of the half bell that a point is drawn out to. */
const MOTION: [radius: number, deviation: number][] = [
  [10, 3],
  [15, 5],
  [15, 8],
  [15, 12],
  [20, 15],
];

/** As ImageMagick's motion blur: a point becomes a trail along a line at −45° to 45°. Pictures go on as their edges. */
export const motionBlur: Corruption = {
  title: 'motion blur',
  severity: 1,
  apply(picture, severity, random) {
    const [radius, deviation] = MOTION[severity - 1];
    const angle = random.between(-Math.PI / 4, Math.PI / 4);
    const weights = Array.from({ length: 2 * radius + 1 }, (_, i) =>
      Math.exp(-(i ** 2) / (2 * deviation ** 2)),
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const steps = weights.map((_, i) => ({
      row: Math.ceil(i * Math.sin(angle) - 0.5),
      column: Math.ceil(i * Math.cos(angle) - 0.5),
    }));
    return mapPixels(picture, (row, column) => {
      let sum = 0;
      steps.forEach((step, i) => {
        sum += weights[i] * edged(picture, row + step.row, column + step.column);
      });
      return sum / total;
    });
  },
};

function edged(picture: Grey, row: number, column: number): number {
  const { width, height } = picture;
  return at(picture, Math.min(height - 1, Math.max(0, row)), Math.min(width - 1, Math.max(0, column)));
}
