/**
 * Augmentation, a picture at a time: see reference.ts. Units are pictures.
 *
 * Each worker has room for the one it is at, in this order: 48 random words; 16 more for noise; the picture's affine map, six floats;
 * the picture in floats with a border of paper, as it is and with thicker or thinner strokes; and the elastic field
 * (see elastic.wasm.ts). The border, a pixel before and two after, lets the four pixels around any place be read
 * without asking whether they are there.
 */
import { PURPOSE_AUGMENTATION, philoxBlocks } from '../random/philox.wasm';
import { either, uniform } from './draw.wasm';
import { drawField, writeSplineWeights } from './elastic.wasm';
import { drawLines, negate } from './overlay.wasm';
import { expand, expandPadded, outline, thicken } from './picture.wasm';
import { shade, wipe } from './shade.wasm';
import { drawMap, warp } from './warp.wasm';

export function augmentPictures(
  pictures: usize,
  indices: usize,
  y: usize,
  settings: usize,
  random: usize,
  scratch: usize,
  scratchBytes: i32,
  paddedBytes: i32,
  height: i32,
  width: i32,
  channels: i32,
  spacing: i32,
  cutOut: i32,
  mostLines: i32,
  begin: i32,
  end: i32,
  part: i32,
): void {
  const words = scratch + <usize>part * scratchBytes;
  const noiseWords = words + 192;
  const map = noiseWords + 64;
  const plain = map + 64;
  const thick = plain + paddedBytes;
  const field = thick + paddedBytes;
  const elastic = load<f32>(settings, 16);
  const thickness = load<f32>(settings, 20);
  const outlines = load<f32>(settings, 44);
  const negatives = load<f32>(settings, 48);
  const spoiled = load<f32>(settings, 52);
  const changesStrokes = thickness > 0 || outlines > 0;
  const maps =
    load<f32>(settings) + load<f32>(settings, 4) + load<f32>(settings, 8) + load<f32>(settings, 12) > 0;
  const moves = maps || elastic > 0 || changesStrokes;
  const shades = load<f32>(settings, 24) + load<f32>(settings, 28) + load<f32>(settings, 32) > 0;
  const offset = load<f32>(settings, 40);
  const size = height * width * channels;
  if (moves) memory.fill(plain, 0, 2 * paddedBytes);
  // Without an elastic field the displacements of a row stay zero.
  memory.fill(field, 0, width << 3);
  if (elastic > 0) writeSplineWeights(field, width, spacing);
  for (let slot = begin; slot < end; slot++) {
    const picture = pictures + <usize>load<i32>(indices + ((<usize>slot) << 2)) * size;
    const target = y + ((<usize>slot * size) << 2);
    philoxBlocks(words, random, 0, slot, PURPOSE_AUGMENTATION);
    const spoils = <f32>(load<u32>(words, 60) & 0xffff) < spoiled;
    if (spoils && (mostLines > 0 || negatives > 0)) {
      philoxBlocks(words + 64, random, 4, slot, PURPOSE_AUGMENTATION);
      philoxBlocks(words + 128, random, 8, slot, PURPOSE_AUGMENTATION);
    }
    if (moves) {
      expandPadded(picture, plain, height, width, channels);
      if (spoils && uniform(words + 52) < outlines) outline(plain, thick, height, width, channels);
      else if (changesStrokes) thicken(plain, thick, height, width, channels, either(words + 24, thickness));
      drawMap(words, map, settings, height, width);
      if (elastic > 0) drawField(field, height, width, spacing, elastic, random, slot);
      warp(
        changesStrokes ? thick : plain,
        target,
        map,
        field,
        height,
        width,
        channels,
        elastic > 0 ? spacing : 0,
      );
    } else {
      expand(picture, target, size);
    }
    if (spoils && mostLines > 0) drawLines(target, words, height, width, channels, mostLines);
    shade(target, size, words, noiseWords, settings, random, slot, shades && spoils);
    if (spoils && uniform(words + 56) < negatives) {
      negate(target, words, height, width, channels, load<f32>(settings, 36), offset);
    }
    if (cutOut > 0) wipe(target, words, height, width, channels, cutOut, offset);
  }
}
