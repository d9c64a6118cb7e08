/** From the ink on a page to the picture somebody took of it. */
import type { RandomStream } from '../../../kernels/random/reference.ts';
import type { Picture } from '../../vision/picture.ts';
import { addNoise, blur, compress } from './camera.ts';
import { Grain, unevenness } from './grain.ts';
import type { Colour, Look, Ruling, Shadow } from './look.ts';
import type { Projection } from './projection.ts';
import type { InkPlane } from './shape.ts';

/** Pencil and chalk are rough over about so many pixels. */
const ROUGH_SPACING = 2;

/**
 * The picture of a page with this ink and look. Blur is that of ink and ruling: the light changes slowly, so it would
 * hardly do more to the sum.
 */
export function develop(
  { width, height, ink }: InkPlane,
  look: Look,
  projection: Projection,
  random: RandomStream,
): Picture {
  const grain = new Grain(random);
  const light = lightOf(width, height, look, grain);
  const covered = coverage(width, height, ink, look, grain);
  const lines = look.ruling && rulingOf(width, height, look.ruling, projection);
  blur(covered, width, height, look.blur);
  if (lines) blur(lines, width, height, look.blur);
  const [paper, pen, ruled] = [look.paper, look.pen, look.ruling?.colour ?? look.paper].map((colour) =>
    look.isGrey ? greyOf(colour) : colour,
  );
  const channels = look.isGrey ? 1 : 3;
  const planes = Array.from({ length: channels }, (_, channel) => {
    const plane = new Float32Array(width * height);
    const bare = paper[channel];
    const inked = pen[channel];
    const ruling = ruled[channel] - bare;
    for (let i = 0; i < plane.length; i++) {
      const under = lines ? bare + lines[i] * ruling : bare;
      plane[i] = (under + covered[i] * (inked - under)) * light[i];
    }
    addNoise(plane, look.noise, grain);
    return plane;
  });
  if (look.quality !== undefined) compressAll(planes, width, height, look.quality);
  const data = new Uint8ClampedArray(width * height * channels);
  for (const [channel, plane] of planes.entries()) {
    for (let i = 0; i < plane.length; i++) data[i * channels + channel] = plane[i];
  }
  return { width, height, channels, data };
}

/** As JPEG does: brightness loses by frequencies, and colour is that of four pixels together. */
function compressAll(planes: readonly Float32Array[], width: number, height: number, quality: number): void {
  if (planes.length === 1) {
    compress(planes[0], width, height, quality);
    return;
  }
  const [red, green, blue] = planes;
  const grey = new Float32Array(width * height);
  for (let i = 0; i < grey.length; i++) grey[i] = 0.299 * red[i] + 0.587 * green[i] + 0.114 * blue[i];
  for (const plane of planes) {
    for (let i = 0; i < plane.length; i++) plane[i] -= grey[i];
    coarsen(plane, width, height);
  }
  compress(grey, width, height, quality);
  for (const plane of planes) for (let i = 0; i < plane.length; i++) plane[i] += grey[i];
}

/** Gives each square of 2 × 2 pixels its mean. */
function coarsen(plane: Float32Array, width: number, height: number): void {
  for (let row = 0; row < height; row += 2) {
    const below = row + 1 < height ? width : 0;
    for (let column = 0; column < width; column += 2) {
      const at = row * width + column;
      const right = column + 1 < width ? 1 : 0;
      const mean = (plane[at] + plane[at + right] + plane[at + below] + plane[at + below + right]) / 4;
      plane[at] = mean;
      plane[at + right] = mean;
      plane[at + below] = mean;
      plane[at + below + right] = mean;
    }
  }
}

function greyOf([red, green, blue]: Colour): Colour {
  const grey = 0.299 * red + 0.587 * green + 0.114 * blue;
  return [grey, grey, grey];
}

/** How bright the bare page is at each pixel, as a share of its colour: light, shadow and the paper's own grain. */
function lightOf(width: number, height: number, look: Look, grain: Grain): Float32Array {
  const light = new Float32Array(width * height).fill(1);
  if (look.shadow) darken(light, width, height, look.shadow);
  if (look.patchiness > 0) {
    const patches = unevenness(width, height, look.patch, grain);
    for (let i = 0; i < light.length; i++) light[i] *= 1 + look.patchiness * patches[i];
  }
  if (look.fibre > 0) for (let i = 0; i < light.length; i++) light[i] *= 1 + look.fibre * grain.normal();
  return light;
}

function darken(light: Float32Array, width: number, height: number, shadow: Shadow): void {
  const { at, direction, depth, softness } = shadow;
  const across = Math.cos(direction);
  const down = Math.sin(direction);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const way = 0.5 + across * ((column + 0.5) / width - 0.5) + down * ((row + 0.5) / height - 0.5);
      light[row * width + column] *= 1 - depth / (1 + Math.exp((at - way) / (0.25 * softness)));
    }
  }
}

/** How much of each pixel the pen covers. */
function coverage(width: number, height: number, ink: Float64Array, look: Look, grain: Grain): Float32Array {
  const covered = new Float32Array(width * height);
  const most = 1 - look.clearness;
  const rough = look.roughness > 0 ? unevenness(width, height, ROUGH_SPACING, grain) : undefined;
  for (let i = 0; i < covered.length; i++) {
    if (ink[i] === 0) continue;
    const lost = rough ? look.roughness * Math.max(0, rough[i] + 0.3 * grain.normal()) : 0;
    covered[i] = ink[i] * most * Math.max(0.25, 1 - lost);
  }
  return covered;
}

/** How much of each pixel is a ruled line or dot. */
function rulingOf(width: number, height: number, ruling: Ruling, projection: Projection): Float32Array {
  const { kind, spacing, start, width: thickness } = ruling;
  const lines = new Float32Array(width * height);
  const spot = new Float64Array(2);
  const reach = thickness / 2 + 0.5;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      projection.toPage(column + 0.5, row + 0.5, spot);
      const across = distanceToLine(spot[0] - start[0], spacing);
      const down = distanceToLine(spot[1] - start[1], spacing);
      const distance =
        kind === 'lines' ? down : kind === 'squares' ? Math.min(across, down) : Math.max(across, down) - 0.5;
      if (distance < reach) lines[row * width + column] = Math.min(1, reach - distance);
    }
  }
  return lines;
}

function distanceToLine(place: number, spacing: number): number {
  return Math.abs(place - spacing * Math.round(place / spacing));
}
