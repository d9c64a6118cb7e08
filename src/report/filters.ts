/** The weights of a network's first layer as pictures: paper where they are zero, red above, blue below. */
import type { Network } from '../model/network.ts';
import type { Picture } from './picture.ts';

/** Most filters that are shown. */
const MOST = 64;

const ABOVE = [194, 65, 12];
const ZERO = [250, 250, 247];
const BELOW = [37, 99, 175];

/**
 * A picture of each filter's first input channel, for a first layer that is a convolution [height, width, in, out], or
 * of each unit's weights, for a dense one [pixels, units]. Empty where the network begins with neither.
 */
export function filterPictures({ model, weights }: Network): Picture[] {
  const first = [...weights].find(([name]) => name.endsWith('.weight'));
  if (!first) return [];
  const { shape, values } = first[1];
  const [height, width] = shape.length === 4 ? shape : model.input;
  const [channels, filters] = shape.length === 4 ? shape.slice(2) : [1, shape[1]];
  const size = height * width;
  if (size * channels * filters !== values.length || size <= 1) return [];
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return Array.from({ length: Math.min(filters, MOST) }, (_, filter) => {
    const pixels = new Uint8Array(size * 3);
    for (let i = 0; i < size; i++) {
      const strength = values[i * channels * filters + filter] / (largest || 1);
      const colour = strength > 0 ? ABOVE : BELOW;
      for (let c = 0; c < 3; c++) pixels[3 * i + c] = ZERO[c] + (colour[c] - ZERO[c]) * Math.abs(strength);
    }
    return { width, height, channels: 3, pixels };
  });
}
