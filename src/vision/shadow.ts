/**
 * Two ways to see through a hard shadow, whose edges are stronger than a digit's; `lit` has a third, for those who know how large
 * the digits are.
 *
 * By hue: a shadow leaves the shares of red, green and blue as they are, and blue ink on brown card has others than the card,
 * in the shadow and beside it. The plane is made as `grey` makes its own, but of two chromaticities in place of three
 * channels: it is their projection on the axis along which neighbouring pixels differ most.
 *
 * By depth: where a shadow touches a digit the two are one dark shape, which reaches to the edge of the picture; but ink is
 * darker than a shadow. So brightness is told in three classes, ink, shadow and paper, such that values differ least within
 * them (Otsu, "A threshold selection method from gray-level histograms", 1979), and all that is no darker than the shadow is
 * made as light as it.
 */
import { meanAround } from './around.ts';
import type { Grey } from './grey.ts';
import type { Picture } from './picture.ts';
import { createPlane, type Plane } from './plane.ts';

/** Pixels of the plane. Cameras and JPEG keep less detail of colour than of brightness. */
const LARGEST_AREA = 300_000;
/** In the dark colour is noise: chromaticities are as if there were so much more light, of all three channels together. */
const DARKNESS = 30;
/** Opacity of less than this anywhere makes a picture a clear one, whose colours are not known. */
const OPAQUE = 250;
/** Of chromaticities from −1 to 1 to brightness. */
const MIDDLE = 128;
const GAIN = 255;
/** A picture whose chromaticities deviate by less along their axis, of 255, has but one hue. */
const ONE_HUE = 2;

/** The plane to look for ink in; undefined where the picture has no colours, or but one hue. */
export function toHue(picture: Picture): Grey | undefined {
  const { width, height, channels } = picture;
  if (channels < 3) return undefined;
  const scale = Math.max(1, Math.ceil(Math.sqrt((width * height) / LARGEST_AREA)));
  const chroma = chromaticities(picture, scale);
  if (!chroma) return undefined;
  const [across, along] = axisOf(chroma);
  const [one, other] = chroma.map(({ data }) => data);
  const plane = createPlane(chroma[0].width, chroma[0].height);
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < one.length; i++) {
    const value = across * one[i] + along * other[i];
    plane.data[i] = MIDDLE + value;
    sum += value;
    squares += value * value;
  }
  const mean = sum / one.length;
  if (squares / one.length - mean * mean < ONE_HUE * ONE_HUE) return undefined;
  for (let i = 0; i < one.length; i++) plane.data[i] = Math.min(255, Math.max(0, plane.data[i] - mean));
  return { plane, scale, isLight: false };
}

/** How far the means of cells are from grey, towards red or green and towards blue or yellow. */
function chromaticities({ width, height, channels, data }: Picture, scale: number): Plane[] | undefined {
  const columns = Math.ceil(width / scale);
  const rows = Math.ceil(height / scale);
  const planes = [createPlane(columns, rows), createPlane(columns, rows)];
  const [reds, greens, blues] = [0, 1, 2].map(() => new Float64Array(columns));
  for (let row = 0, i = 0; row < rows; row++) {
    for (const sums of [reds, greens, blues]) sums.fill(0);
    const bottom = Math.min(height, (row + 1) * scale);
    for (let y = row * scale; y < bottom; y++) {
      for (let x = 0, at = y * width * channels; x < width; x++, at += channels) {
        if (channels === 4 && data[at + 3] < OPAQUE) return undefined;
        const column = (x / scale) | 0;
        reds[column] += data[at];
        greens[column] += data[at + 1];
        blues[column] += data[at + 2];
      }
    }
    for (let column = 0; column < columns; column++, i++) {
      const count = (bottom - row * scale) * (Math.min(width, (column + 1) * scale) - column * scale);
      const [red, green, blue] = [reds[column], greens[column], blues[column]];
      const light = red + green + blue + DARKNESS * count;
      planes[0].data[i] = (GAIN * (red - green)) / light;
      planes[1].data[i] = (GAIN * (blue - (red + green) / 2)) / light;
    }
  }
  return planes;
}

/** The direction in which values differ most from those around them, large differences counting for more. */
function axisOf([one, other]: readonly Plane[]): [number, number] {
  const reach = Math.max(1, Math.round(Math.min(one.width, one.height) / 12));
  const [oneAround, otherAround] = [one, other].map((plane) => meanAround(plane, reach).data);
  let [squares, products, otherSquares] = [0, 0, 0];
  for (let i = 0; i < oneAround.length; i++) {
    const u = one.data[i] - oneAround[i];
    const v = other.data[i] - otherAround[i];
    const weight = u * u + v * v;
    squares += weight * u * u;
    products += weight * u * v;
    otherSquares += weight * v * v;
  }
  const angle = 0.5 * Math.atan2(2 * products, squares - otherSquares);
  return [Math.cos(angle), Math.sin(angle)];
}

const LEVELS = 256;
/** Share of the picture that ink may take at most, and must take at least. */
const MOST_INK = 0.25;
const LEAST_INK = 0.0005;
/** A shadow is this share of the picture, or there is none. */
const LEAST_SHADOW = 0.01;
/** Ink that is not so much darker than the shadow does not stand out from it. */
const DARKER = 24;
/** Where the light is cut off: so far from the edge of the shadow's class towards its mean. */
const CUT = 0.5;

/** The plane without all that is lighter than a shadow; undefined where ink and shadow are not told apart. */
export function toDepth({ plane, scale, isLight }: Grey): Grey | undefined {
  const { width, height, data } = plane;
  const counts = new Float64Array(LEVELS);
  for (let i = 0; i < data.length; i++) counts[Math.min(LEVELS - 1, Math.max(0, Math.round(data[i])))]++;
  const classes = threeClasses(counts);
  if (!classes) return undefined;
  const [ink, shadow] = classes;
  const all = data.length;
  if (ink.count < LEAST_INK * all || ink.count > MOST_INK * all || shadow.count < LEAST_SHADOW * all)
    return undefined;
  if (shadow.mean - ink.mean < DARKER) return undefined;
  const cut = ink.end + CUT * (shadow.mean - ink.end);
  const depth = createPlane(width, height);
  for (let i = 0; i < data.length; i++) depth.data[i] = data[i] < cut ? data[i] : cut;
  return { plane: depth, scale, isLight };
}

interface Class {
  /** The first level that is no longer in it. */
  end: number;
  count: number;
  mean: number;
}

/** The three runs of levels whose means differ most, from dark to light; undefined where there are not so many levels. */
function threeClasses(counts: Float64Array): Class[] | undefined {
  // Before each level: how many values, and their sum.
  const before = new Float64Array(LEVELS + 1);
  const sums = new Float64Array(LEVELS + 1);
  for (let level = 0; level < LEVELS; level++) {
    before[level + 1] = before[level] + counts[level];
    sums[level + 1] = sums[level] + level * counts[level];
  }
  const spread = (begin: number, end: number) => {
    const count = before[end] - before[begin];
    return count > 0 ? (sums[end] - sums[begin]) ** 2 / count : 0;
  };
  let best = -1;
  let ends: number[] | undefined;
  for (let first = 1; first < LEVELS - 1; first++) {
    for (let second = first + 1; second < LEVELS; second++) {
      const all = spread(0, first) + spread(first, second) + spread(second, LEVELS);
      if (all > best) [best, ends] = [all, [first, second, LEVELS]];
    }
  }
  return ends?.map((end, i): Class => {
    const begin = i > 0 ? ends[i - 1] : 0;
    const count = before[end] - before[begin];
    return { end, count, mean: count > 0 ? (sums[end] - sums[begin]) / count : 0 };
  });
}
