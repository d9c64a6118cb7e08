/** What the load is made of: pictures as data sets and canvases give them. */
import sharp from 'sharp';
import { encodePng } from '../../server/reading/png.ts';
import { syntheticDigits } from '../../src/index.ts';
import { drawStroke, emptyMask } from '../pictures/mask.ts';
import type { Point } from '../pictures/strokes.ts';

const DIGIT_SIZE = 28;
const DIGIT_PIXELS = DIGIT_SIZE ** 2;
const CANVAS_SIZE = 280;
const PEN = 22;

/** The digits 0 to 9 as grey PNG files of 28×28 pixels, as MNIST has them. */
export function digitPngs(): Buffer<ArrayBuffer>[] {
  const { images } = syntheticDigits({ count: 10, seed: 7 });
  return Array.from({ length: 10 }, (_, i) =>
    Buffer.from(
      encodePng({
        width: DIGIT_SIZE,
        height: DIGIT_SIZE,
        channels: 1,
        data: images.slice(i * DIGIT_PIXELS, (i + 1) * DIGIT_PIXELS),
      }),
    ),
  );
}

/** A two drawn with a round pen on a canvas of 280×280: black on white, with colours and opacity, as browsers code it. */
export async function drawingPng(): Promise<Buffer<ArrayBuffer>> {
  const mask = emptyMask(CANVAS_SIZE, CANVAS_SIZE);
  const bow = Array.from({ length: 25 }, (_, i): Point => {
    const angle = Math.PI * (1 - i / 18);
    return [140 - 55 * Math.cos(Math.PI - angle), 105 - 50 * Math.sin(angle)];
  });
  drawStroke(mask, [...bow, [90, 220], [205, 222]], PEN);
  const data = new Uint8Array(CANVAS_SIZE ** 2 * 4);
  for (const [i, ink] of mask.values.entries()) {
    data.fill(Math.round(255 * (1 - ink)), 4 * i, 4 * i + 3);
    data[4 * i + 3] = 255;
  }
  const raw = { width: CANVAS_SIZE, height: CANVAS_SIZE, channels: 4 } as const;
  return Buffer.from(await sharp(data, { raw }).png({ adaptiveFiltering: true }).toBuffer());
}
