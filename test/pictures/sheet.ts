/** Pictures as files to look at: one each, or many on a contact sheet. */
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import type { Picture } from '../../src/vision/picture.ts';
import type { Sample } from './sample.ts';

const CELL = 240;
const GAP = 8;
const COLUMNS = 6;
/** Neither paper nor ink, so that transparent pictures and their edges show. */
const GROUND = { r: 120, g: 140, b: 120 };

function toSharp({ width, height, channels, data }: Picture): Sharp {
  return sharp(data, { raw: { width, height, channels }, limitInputPixels: false });
}

export async function savePicture(path: string, picture: Picture): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await toSharp(picture).png().toFile(path);
}

/** Writes a PNG with all samples, each fitted into a cell, with the boxes of its truth drawn in. */
export async function saveSheet(path: string, samples: readonly Sample[]): Promise<void> {
  const rows = Math.ceil(samples.length / COLUMNS);
  const cells = await Promise.all(
    samples.map(async (sample, i) => {
      const { picture } = sample;
      const scale = Math.min(CELL / picture.width, CELL / picture.height);
      const [width, height] = [picture.width, picture.height].map((side) =>
        Math.max(1, Math.round(side * scale)),
      );
      const frames = sample.boxes
        .map(([x, y, w, h]) => {
          const [left, top, wide, high] = [x, y, w, h].map((value) => value * scale);
          return `<rect x="${left}" y="${top}" width="${wide}" height="${high}"/>`;
        })
        .join('');
      const drawn = `<svg width="${width}" height="${height}"><g fill="none" stroke="red" stroke-opacity="0.6">${frames}</g></svg>`;
      const small = await toSharp(picture)
        .resize(width, height, { kernel: scale > 1 ? 'nearest' : 'lanczos3' })
        .png()
        .toBuffer();
      const input = await sharp(small)
        .composite([{ input: Buffer.from(drawn) }])
        .png()
        .toBuffer();
      return {
        input,
        left: GAP + (i % COLUMNS) * (CELL + GAP),
        top: GAP + Math.floor(i / COLUMNS) * (CELL + GAP),
      };
    }),
  );
  await mkdir(dirname(path), { recursive: true });
  await sharp({
    create: {
      width: COLUMNS * (CELL + GAP) + GAP,
      height: rows * (CELL + GAP) + GAP,
      channels: 3,
      background: GROUND,
    },
  })
    .composite(cells)
    .png()
    .toFile(path);
}
