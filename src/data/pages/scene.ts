/**
 * Pictures of no page at all, as cameras are pointed at: things of any form and colour before a background, lit from
 * somewhere, out of focus, with textures and noise. What the finder makes of them is never a digit.
 */
import type { RandomStream } from '../../../kernels/random/reference.ts';
import type { Picture } from '../../vision/picture.ts';
import { addNoise, blur } from './camera.ts';
import { Grain, unevenness } from './grain.ts';

type Plane = Float32Array;

/** Sides of the picture in pixels. */
const SIDE = { least: 40, most: 200 };
const MOST_THINGS = 14;

/** A form around the origin, of a radius of about 1: how deep within it a spot is, negative outside. */
type Form = (x: number, y: number) => number;

/** A picture with nothing to read in it, in grey or in colour. */
export function drawScene(random: RandomStream): Picture {
  const width = Math.round(random.between(SIDE.least, SIDE.most));
  const height = Math.round(random.between(SIDE.least, SIDE.most));
  const grain = new Grain(random);
  const channels = random.uniform() < 0.3 ? 1 : 3;
  const planes = Array.from({ length: channels }, () => new Float32Array(width * height));
  // Surfaces at several scales, as a landscape has them, with a colour cast that changes slowly.
  let spacing = Math.max(width, height) * random.between(0.4, 0.8);
  let depth = random.between(10, 50);
  const fade = random.between(0.3, 0.75);
  for (const plane of planes) plane.fill(random.between(30, 225));
  for (let octave = 0; octave < 5 && spacing > 2; octave++) {
    const surface = unevenness(width, height, spacing, grain);
    for (const plane of planes) {
      const share = depth * random.between(0.7, 1.3);
      for (let i = 0; i < plane.length; i++) plane[i] += share * surface[i];
    }
    spacing /= random.between(2, 3);
    depth *= fade;
  }
  const things = random.below(MOST_THINGS + 1);
  for (let thing = 0; thing < things; thing++) putThing(planes, width, height, random);
  const softness = random.uniform() < 0.5 ? random.between(0.4, 2.5) : 0;
  const noise = random.between(0, random.uniform() < 0.2 ? 40 : 8);
  const data = new Uint8ClampedArray(width * height * channels);
  for (const [channel, plane] of planes.entries()) {
    if (softness > 0) blur(plane, width, height, softness);
    addNoise(plane, noise, grain);
    for (let i = 0; i < plane.length; i++) data[i * channels + channel] = plane[i];
  }
  return { width, height, channels: channels === 1 ? 1 : 3, data };
}

/** Paints one thing over what is there, with a shade across it and perhaps stripes. */
function putThing(planes: readonly Plane[], width: number, height: number, random: RandomStream): void {
  const form = drawForm(random);
  const radius = Math.min(width, height) * 0.5 * random.uniform() ** 1.5 + 2;
  const [x, y] = [random.between(0, width), random.between(0, height)];
  const angle = random.between(0, 2 * Math.PI);
  const [across, down] = [Math.cos(angle) / radius, Math.sin(angle) / radius];
  const flatness = random.between(1, 3);
  const shade = random.between(-60, 60);
  const stripes = random.uniform() < 0.25 ? random.between(2, 12) : 0;
  const colours = planes.map(() => random.between(0, 255));
  const edge = radius / random.between(0.5, 2.5);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [right, below] = [column + 0.5 - x, row + 0.5 - y];
      const u = right * across + below * down;
      const v = flatness * (below * across - right * down);
      const cover = Math.min(1, Math.max(0, 0.5 + edge * form(u, v)));
      if (cover === 0) continue;
      const light = shade * u + (stripes > 0 && Math.sin(stripes * u * Math.PI) > 0 ? 50 : 0);
      for (const [channel, plane] of planes.entries()) {
        const i = row * width + column;
        plane[i] += cover * (colours[channel] + light - plane[i]);
      }
    }
  }
}

function drawForm(random: RandomStream): Form {
  const kind = random.uniform();
  if (kind < 0.35) return (x, y) => 1 - Math.hypot(x, y);
  if (kind < 0.55) return (x, y) => 1 - Math.max(Math.abs(x), Math.abs(y));
  if (kind < 0.8) {
    // A blob: a circle whose radius changes with the direction.
    const waves = Array.from({ length: 4 }, (_, i) => [
      random.between(0, 0.5) / (i + 1),
      random.between(0, 2 * Math.PI),
    ]);
    return (x, y) => {
      const angle = Math.atan2(y, x);
      const reach = waves.reduce(
        (sum, [height, phase], i) => sum + height * Math.sin((i + 2) * angle + phase),
        1,
      );
      return Math.max(0.15, reach) - Math.hypot(x, y);
    };
  }
  // A triangle or another polygon: within all of its sides.
  const sides = 3 + random.below(4);
  const distances = Array.from({ length: sides }, () => random.between(0.4, 1));
  return (x, y) =>
    Math.min(
      ...distances.map((distance, side) => {
        const angle = (2 * Math.PI * side) / sides;
        return distance - x * Math.cos(angle) - y * Math.sin(angle);
      }),
    );
}
