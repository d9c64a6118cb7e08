/**
 * How a page looks: what was written with and on, in what light, and by what it was caught.
 *
 * Three families: drawings on a screen, which are clean; scans, which are nearly so; and photos, with shadows, blur, noise
 * and compression. Ranges are wide, and the pen always stands out from the paper more than the ruling does.
 */
import type { RandomStream } from '../../../kernels/random/reference.ts';

/** Red, green and blue, 0 to 255. */
export type Colour = readonly [number, number, number];

export interface Ruling {
  kind: 'lines' | 'squares' | 'dots';
  /** From line to line, in pixels. */
  spacing: number;
  /** Where the first lines are. */
  start: readonly [x: number, y: number];
  /** Of a line, in pixels. */
  width: number;
  colour: Colour;
}

export interface Shadow {
  /** Where its edge is, as a share of the way across the picture in a direction. */
  at: number;
  direction: number;
  /** How much of the light is missing there, and over which share of the picture it goes. */
  depth: number;
  softness: number;
}

export interface Look {
  paper: Colour;
  pen: Colour;
  /** How much of the paper a line lets through, 0 to 1. */
  clearness: number;
  /** How uneven a line is, as that of a pencil or of chalk. */
  roughness: number;
  ruling?: Ruling;
  shadow?: Shadow;
  /** Deviations of the paper's brightness, as shares: from pixel to pixel, and over about `patch` pixels. */
  fibre: number;
  patchiness: number;
  patch: number;
  /** Deviation of the blur, in pixels. */
  blur: number;
  /** Deviation of the camera's noise, of 255. */
  noise: number;
  /** Of JPEG, 1 to 100; undefined of what was not compressed. */
  quality?: number;
  isGrey: boolean;
}

const pick = <Value>(random: RandomStream, values: readonly Value[]): Value =>
  values[random.below(values.length)];
const chance = (random: RandomStream, probability: number) => random.uniform() < probability;

/** A look at random, for digits of so many pixels. */
export function drawLook(random: RandomStream, digitSize: number): Look {
  const family = random.uniform();
  if (family < 0.3) return onScreen(random);
  const look = family < 0.5 ? scanned(random, digitSize) : photographed(random, digitSize);
  return look;
}

const SCREEN: readonly (readonly [paper: Colour, pen: Colour])[] = [
  [
    [255, 255, 255],
    [0, 0, 0],
  ],
  [
    [255, 255, 255],
    [0, 0, 0],
  ],
  [
    [0, 0, 0],
    [255, 255, 255],
  ],
  [
    [0, 0, 0],
    [255, 255, 255],
  ],
];

function onScreen(random: RandomStream): Look {
  const isColoured = chance(random, 0.3);
  const [paper, pen] = isColoured ? contrasting(random) : pick(random, SCREEN);
  return {
    ...{ paper, pen, clearness: 0, roughness: 0, fibre: 0, patchiness: 0, patch: 1 },
    blur: chance(random, 0.3) ? random.between(0.3, 0.8) : 0,
    noise: 0,
    quality: chance(random, 0.2) ? random.between(40, 95) : undefined,
    isGrey: !isColoured,
  };
}

/** Any two colours of which one is much brighter. */
function contrasting(random: RandomStream): [Colour, Colour] {
  const dark: Colour = [random.between(0, 90), random.between(0, 90), random.between(0, 140)];
  const bright: Colour = [random.between(190, 255), random.between(190, 255), random.between(170, 255)];
  return chance(random, 0.5) ? [dark, bright] : [bright, dark];
}

function scanned(random: RandomStream, digitSize: number): Look {
  const brightness = random.between(215, 255);
  const paper = tinted(random, brightness, 8);
  return {
    ...{ paper, ...penOn(random, paper), ruling: drawRuling(random, digitSize, paper, 0.4) },
    fibre: random.between(0, 0.015),
    patchiness: random.between(0, 0.02),
    patch: random.between(10, 60),
    blur: random.between(0.2, 0.3 + 0.012 * digitSize),
    noise: random.between(0, 4),
    quality: chance(random, 0.5) ? random.between(45, 95) : undefined,
    isGrey: chance(random, 0.4),
  };
}

function photographed(random: RandomStream, digitSize: number): Look {
  const isBoard = chance(random, 0.15);
  const paper = isBoard
    ? tinted(random, random.between(25, 80), 18)
    : tinted(random, random.between(120, 245), 22);
  const writing = isBoard ? chalk(random) : penOn(random, paper);
  return {
    ...{ paper, ...writing },
    ruling: isBoard ? undefined : drawRuling(random, digitSize, paper, 0.5),
    shadow: chance(random, 0.6)
      ? {
          at: random.between(-0.3, 1.3),
          direction: random.between(0, 2 * Math.PI),
          depth: random.between(0.1, 0.6),
          softness: chance(random, 0.3) ? random.between(0.02, 0.1) : random.between(0.1, 0.8),
        }
      : undefined,
    fibre: random.between(0, 0.03),
    patchiness: random.between(0, 0.05),
    patch: random.between(6, 80),
    blur: random.between(0.3, 0.5 + 0.025 * digitSize),
    noise: random.between(0, 9),
    quality: chance(random, 0.8) ? random.between(25, 95) : undefined,
    isGrey: chance(random, 0.2),
  };
}

function tinted(random: RandomStream, brightness: number, spread: number): Colour {
  const warmth = spread * random.normal() * 0.5;
  const level = (value: number) => Math.min(255, Math.max(0, value));
  return [level(brightness + warmth), level(brightness + 0.3 * warmth), level(brightness - warmth)];
}

type Writing = Pick<Look, 'pen' | 'clearness' | 'roughness'>;

function chalk(random: RandomStream): Writing {
  const brightness = random.between(190, 250);
  return {
    pen: tinted(random, brightness, 12),
    clearness: random.between(0, 0.3),
    roughness: random.between(0.1, 0.5),
  };
}

/** Ink, pencil or marker, dark enough for this paper. */
function penOn(random: RandomStream, [red, green, blue]: Colour): Writing {
  const brightness = (red + green + blue) / 3;
  const kind = random.uniform();
  if (kind < 0.25) {
    const grey = brightness * random.between(0.3, 0.6);
    return {
      pen: [grey, grey, grey * 1.03],
      clearness: random.between(0, 0.2),
      roughness: random.between(0.05, 0.35),
    };
  }
  const low = () => brightness * random.between(0.02, 0.3);
  const high = () => brightness * random.between(0.35, 0.8);
  const pen: Colour =
    kind < 0.55
      ? [low(), low(), low()]
      : kind < 0.8
        ? [low(), brightness * random.between(0.1, 0.4), high()]
        : kind < 0.92
          ? [high(), low(), low()]
          : [low(), high() * 0.8, low()];
  return { pen, clearness: random.between(0, 0.15), roughness: random.between(0, 0.1) };
}

function drawRuling(
  random: RandomStream,
  digitSize: number,
  paper: Colour,
  probability: number,
): Ruling | undefined {
  if (!chance(random, probability)) return undefined;
  const kind = pick(random, ['lines', 'lines', 'squares', 'squares', 'dots'] as const);
  const spacing = Math.max(
    5,
    digitSize * (kind === 'lines' ? random.between(0.9, 2.2) : random.between(0.35, 1.6)),
  );
  const strength = random.between(0.08, 0.35);
  // Ruling takes away some of each colour, and of red mostly more, which makes it blue.
  const blueness = chance(random, 0.7) ? random.between(0.2, 0.9) : 0;
  return {
    ...{ kind, spacing },
    start: [random.between(0, spacing), random.between(0, spacing)],
    width: Math.max(0.6, Math.min(3, digitSize * random.between(0.01, 0.04))),
    colour: [
      paper[0] * (1 - strength),
      paper[1] * (1 - strength * (1 - 0.5 * blueness)),
      paper[2] * (1 - strength * (1 - blueness)),
    ],
  };
}
