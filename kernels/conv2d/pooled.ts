/** Shapes of a convolution and of the max pool of 2×2 behind it. */
import type { Shape } from '../operation.ts';
import type { PoolGeometry } from '../pool/reference.ts';
import type { Conv2dGeometry } from './reference.ts';

export const convolvedShape = (g: Conv2dGeometry): Shape => [g.batch, g.outHeight, g.outWidth, g.filters];

export const pooledShape = (g: Conv2dGeometry): Shape => [
  g.batch,
  Math.floor(g.outHeight / 2),
  Math.floor(g.outWidth / 2),
  g.filters,
];

/** Of the pool behind the convolution. */
export function poolGeometry(g: Conv2dGeometry): PoolGeometry {
  const [images, outputHeight, outputWidth, channels] = pooledShape(g);
  return {
    ...{ images, height: g.outHeight, width: g.outWidth, channels, outputHeight, outputWidth },
    ...{ windowHeight: 2, windowWidth: 2, strideHeight: 2, strideWidth: 2, top: 0, left: 0 },
  };
}
