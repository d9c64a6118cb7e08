/** Sound pictures of many kinds, from which damaged ones are made. */
import sharp from 'sharp';
import { syntheticDigits } from '../../src/index.ts';

const SIDE = 28;

/** A row of digits in black on white, as PNG. */
async function row(indices: readonly number[]): Promise<Buffer> {
  const digits = syntheticDigits({ count: 12, seed: 3 });
  const width = SIDE * indices.length;
  const pixels = new Uint8Array(width * SIDE);
  indices.forEach((index, place) => {
    for (let i = 0; i < SIDE * SIDE; i++) {
      const at = Math.floor(i / SIDE) * width + place * SIDE + (i % SIDE);
      pixels[at] = 255 - digits.images[index * SIDE * SIDE + i];
    }
  });
  return sharp(pixels, { raw: { width, height: SIDE, channels: 1 } })
    .png()
    .toBuffer();
}

/** Small files of each format, and of its kinds: grey, coloured, clear, deep, interlaced, progressive, animated. */
export async function seedPictures(): Promise<{ name: string; bytes: Buffer }[]> {
  const digits = await row([0, 1, 2]);
  const grey = sharp(digits).toColourspace('b-w');
  const colour = sharp(digits).resize({ width: 150 }).tint('#3355aa').toColourspace('srgb');
  const clear = colour.clone().ensureAlpha(0.6);
  const frames = await Promise.all([0, 1, 2].map((index) => row([index])));
  const animated = () => sharp(frames, { join: { animated: true } });
  const making: Record<string, Promise<Buffer>> = {
    'png grey': grey.clone().png().toBuffer(),
    'png colour': colour.clone().png().toBuffer(),
    'png clear': clear.clone().png().toBuffer(),
    'png palette': colour.clone().png({ palette: true, colours: 8 }).toBuffer(),
    'png interlaced': clear.clone().png({ progressive: true }).toBuffer(),
    'png deep': colour.clone().toColourspace('rgb16').png().toBuffer(),
    'jpeg grey': grey.clone().jpeg().toBuffer(),
    'jpeg colour': colour.clone().jpeg({ quality: 60 }).toBuffer(),
    'jpeg progressive': colour.clone().jpeg({ progressive: true }).toBuffer(),
    'jpeg turned': colour.clone().withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    'jpeg cmyk': colour.clone().toColourspace('cmyk').jpeg().toBuffer(),
    'webp lossy': colour.clone().webp().toBuffer(),
    'webp lossless': clear.clone().webp({ lossless: true }).toBuffer(),
    'webp animated': animated().webp().toBuffer(),
    gif: colour.clone().gif().toBuffer(),
    'gif animated': animated().gif().toBuffer(),
    tiff: colour.clone().tiff({ compression: 'deflate' }).toBuffer(),
    avif: colour.clone().avif({ effort: 0 }).toBuffer(),
  };
  return Promise.all(Object.entries(making).map(async ([name, bytes]) => ({ name, bytes: await bytes })));
}
