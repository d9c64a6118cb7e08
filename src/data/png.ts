/**
 * A PNG file to brightness.
 *
 * `pngChunks.ts` checks the file and bounds what it can unpack to; the `fast-png` package undoes the filters and the
 * interlacing; here samples of 1 to 16 bits, grey, coloured, from a palette or transparent, become one number
 * per pixel. Transparent pixels are laid on white paper, since that is what people see behind them; a white digit
 * on a transparent ground therefore comes out blank.
 */
import { type DecodedPng, decode } from 'fast-png';
import { InklingError } from '../errors.ts';
import type { GreyPicture } from '../vision/centred.ts';
import { ColourType, type SoundPng, soundPng } from './pngChunks.ts';

/** Weights of red, green and blue in brightness, for gamma-coded values: ITU-R BT.601. */
const RED_WEIGHT = 0.299;
const GREEN_WEIGHT = 0.587;
const BLUE_WEIGHT = 0.114;

/**
 * Reads a PNG of at most 24 million pixels; 0 is black, 1 is white. `source` is what messages call the file.
 * Throws an `InklingError` where the file is no PNG, is damaged, is too large or is of a kind that cannot be read.
 */
export function decodePng(bytes: Uint8Array, source: string): GreyPicture {
  const png = soundPng(bytes, source);
  const { width, height, depth, interlaced } = png.header;
  if (interlaced && depth < 8) {
    // fast-png reads the passes of such pictures as if each sample filled a byte.
    throw new InklingError(
      `${source} is an interlaced PNG picture with ${depth} bits per sample, which cannot be read: save it without interlacing and try again.`,
    );
  }
  let decoded: DecodedPng;
  try {
    decoded = decode(png.bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : `${cause}`;
    throw new InklingError(`${source} is a damaged PNG picture (${reason}).`, { cause });
  }
  const samples = depth < 8 ? unpack(decoded.data, width, height, depth) : decoded.data;
  const pixels =
    png.header.colourType === ColourType.palette
      ? brightnessFromPalette(samples, png, source)
      : brightnessFromSamples(samples, png);
  return { width, height, pixels };
}

/** One sample per byte from rows of samples of 1, 2 or 4 bits, the first in the highest bits. */
function unpack(packed: ArrayLike<number>, width: number, height: number, depth: number): Uint8Array {
  const samples = new Uint8Array(width * height);
  const bytesPerRow = Math.ceil((width * depth) / 8);
  const mask = (1 << depth) - 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = x * depth;
      const byte = packed[y * bytesPerRow + (bit >> 3)];
      samples[y * width + x] = (byte >> (8 - depth - (bit & 7))) & mask;
    }
  }
  return samples;
}

function brightnessFromPalette(samples: ArrayLike<number>, png: SoundPng, source: string): Float32Array {
  const palette = png.palette!;
  const table = new Float32Array(palette.length / 3);
  for (let i = 0; i < table.length; i++) {
    const light = brightnessOf(palette[3 * i], palette[3 * i + 1], palette[3 * i + 2]) / 255;
    table[i] = onWhite(light, (png.transparency?.[i] ?? 255) / 255);
  }
  const pixels = new Float32Array(samples.length);
  for (let i = 0; i < pixels.length; i++) {
    if (samples[i] >= table.length) {
      throw new InklingError(`${source} is a damaged PNG picture: it uses a colour that its palette lacks.`);
    }
    pixels[i] = table[samples[i]];
  }
  return pixels;
}

function brightnessFromSamples(samples: ArrayLike<number>, { header, transparency }: SoundPng): Float32Array {
  const { width, height, depth, channels } = header;
  const isColoured = channels >= 3;
  const hasAlpha = channels === 2 || channels === 4;
  const most = 2 ** depth - 1;
  const transparent = transparency && transparentColour(transparency, most);
  const pixels = new Float32Array(width * height);
  for (let i = 0; i < pixels.length; i++) {
    const at = i * channels;
    const light = isColoured
      ? brightnessOf(samples[at], samples[at + 1], samples[at + 2]) / most
      : samples[at] / most;
    let alpha = 1;
    if (hasAlpha) alpha = samples[at + channels - 1] / most;
    else if (transparent?.every((value, channel) => value === samples[at + channel])) alpha = 0;
    pixels[i] = onWhite(light, alpha);
  }
  return pixels;
}

/** The value in each channel of the one colour that counts as transparent. Bits beyond the depth mean nothing. */
function transparentColour(transparency: Uint8Array, mask: number): number[] {
  const colour: number[] = [];
  for (let i = 0; i < transparency.length; i += 2) {
    colour.push(((transparency[i] << 8) | transparency[i + 1]) & mask);
  }
  return colour;
}

function brightnessOf(red: number, green: number, blue: number): number {
  return RED_WEIGHT * red + GREEN_WEIGHT * green + BLUE_WEIGHT * blue;
}

function onWhite(light: number, alpha: number): number {
  return 1 - alpha * (1 - light);
}
