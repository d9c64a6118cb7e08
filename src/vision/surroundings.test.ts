/** What is read stands on paper; what looks like a digit among things, or is filled, is a thing. */
import { describe, expect, it } from 'vitest';
import { toGrey } from './grey.ts';
import { normalise } from './normalise.ts';
import type { Box, Picture, PictureReading, ReadDigit } from './picture.ts';
import { onPaper } from './surroundings.ts';
import { colourPicture, digitAt, inkOf } from './testing/draw.ts';

const [WIDTH, HEIGHT] = [320, 240];
const TALL = 60;
const TOP = 80;
const PAPER = [240, 235, 225];
const INK = [40, 40, 60];

type Colour = readonly number[];
type Shape = 0 | 1 | 4;

/** What is read of digits side by side, and the picture with them, `pen` pixels wide. */
function written(shapes: readonly Shape[], pen = 5, paper: Colour = PAPER, ink: Colour = INK) {
  const lefts = shapes.map((_, i) => 60 + 70 * i);
  const strokes = shapes.flatMap((shape, i) => digitAt(shape, lefts[i], TOP, TALL));
  const picture = colourPicture(inkOf(WIDTH, HEIGHT, strokes, pen), paper, ink);
  const digits = shapes.map((digit, i): ReadDigit => {
    const plane = inkOf(80, 80, digitAt(digit, 10, 10, TALL), 5);
    const xs = [...plane.data.keys()].filter((at) => plane.data[at] > 0).map((at) => at % plane.width);
    const extent = { left: Math.min(...xs), right: Math.max(...xs) + 1, top: 7, bottom: 13 + TALL };
    const across = extent.right - extent.left;
    const box: Box = [lefts[i] + extent.left - 10, TOP - 3, across, TALL + 6];
    const probabilities = Array.from({ length: 10 }, (_, name) => (name === digit ? 0.991 : 0.001));
    return { digit, confidence: 0.991, probabilities, notDigit: 0, box, image: normalise(plane, extent) };
  });
  return { picture, reading: { text: shapes.join(''), digits, rejected: false } satisfies PictureReading };
}

/** The picture with what is not ink in another colour, where `isIn` says so. */
function painted(picture: Picture, colour: Colour, isIn: (x: number, y: number) => boolean): Picture {
  const { width, channels } = picture;
  const data = picture.data.slice();
  for (let i = 0; i < width * picture.height; i++) {
    const isPaper = PAPER.every(
      (value, channel) => channel >= channels || data[i * channels + channel] === value,
    );
    if (!isPaper || !isIn(i % width, Math.floor(i / width))) continue;
    data.set(colour.slice(0, channels), i * channels);
  }
  return { ...picture, data };
}

/** Inside of the first so many 0s. */
const insideOf = (count: number) => (x: number, y: number) =>
  Array.from({ length: count }, (_, i) => 60 + 70 * i + 0.3 * TALL).some(
    (middle) => ((x - middle) / 0.3) ** 2 + ((y - TOP - TALL / 2) / 0.5) ** 2 < TALL ** 2,
  );

const rejectionOf = (reading: PictureReading, picture: Picture) =>
  onPaper(reading, picture, toGrey(picture)).rejected;
const FILLED = 'What looks like a 0 has something else than paper inside.';
const AMONG_THINGS = 'There is much in the picture, and little of it looks like a digit.';

describe('a loop', () => {
  const { picture, reading } = written([0, 0, 4]);

  it('has paper inside', () => {
    expect(onPaper(reading, picture, toGrey(picture))).toBe(reading);
  });

  it.each([
    ['as dark as ink', [60, 60, 60]],
    ['of another colour', [230, 90, 70]],
  ])('is none of a digit where all inside is %s', (_, colour) => {
    const filled = painted(picture, colour, insideOf(2));
    const judged = onPaper(reading, filled, toGrey(filled));
    expect(judged).toEqual({ ...reading, text: '', rejected: FILLED });
  });

  it('may be filled in the smaller part of a row', () => {
    expect(rejectionOf(reading, painted(picture, [230, 90, 70], insideOf(1)))).toBe(false);
  });

  it('has what is around it inside where a shadow or a card is', () => {
    expect(
      rejectionOf(
        reading,
        painted(picture, [120, 118, 112], (x) => x < 170),
      ),
    ).toBe(false);
  });

  it('says nothing on paper of many colours', () => {
    const filled = painted(picture, [230, 90, 70], insideOf(2));
    const spotted = painted(filled, [60, 90, 200], (x, y) => (x + y) % 3 === 0);
    expect(rejectionOf(reading, spotted)).toBe(false);
  });

  it.each([
    ['a hairline', written([0], 0.5)],
    ['on a clear ground', written([0], 5, [0, 0, 0, 0], [0, 0, 0, 255])],
    ['in grey', written([0], 5, [240], [40])],
  ])('may be %s', (_, { picture, reading }) => expect(rejectionOf(reading, picture)).toBe(false));
});

describe('a picture', () => {
  const stripes = (period: number) => (x: number, y: number) =>
    y % period < period / 2 && (x < 40 || x > 150);
  const frame = (x: number, y: number) => Math.min(x - 20, y - 20, WIDTH - 20 - x, HEIGHT - 20 - y) < 0;

  it.each<[string, Shape, (x: number, y: number) => boolean, string | false]>([
    ['stripes beside a 4', 4, stripes(10), AMONG_THINGS],
    ['stripes beside a 1', 1, stripes(10), AMONG_THINGS],
    ['a sheet on a table', 4, frame, false],
    ['a sheet with a 1 on a table', 1, frame, false],
  ])('may have %s', (_, shape, isDark, expected) => {
    const { picture, reading } = written([shape]);
    expect(rejectionOf(reading, painted(picture, [70, 65, 60], isDark))).toBe(expected);
  });

  it('may have the edges of a shadow beside a digit, but not beside a 1, and no edges of things', () => {
    // A shadow with two edges of sixteen pixels each, and stripes with many.
    const riseAt = (x: number) => Math.max(0, Math.min(1, x / 16));
    const shadeAt = (x: number) => riseAt(x - 150) * riseAt(270 - x);
    const stripesAt = (x: number) => 0.5 + 0.5 * Math.sin(x / 3);
    const rejectedOf = (shape: Shape, darkAt: (x: number) => number) => {
      const { picture, reading } = written([shape], 3, [150, 146, 140], [125, 121, 116]);
      const data = picture.data.map((value, i) => {
        const x = Math.floor(i / 3) % WIDTH;
        return x < 145 ? value : Math.round((1 - 0.7 * darkAt(x)) * value);
      });
      return rejectionOf(reading, { ...picture, data });
    };
    expect(rejectedOf(4, shadeAt)).toBe(false);
    expect(rejectedOf(1, shadeAt)).toBe(AMONG_THINGS);
    expect(rejectedOf(4, stripesAt)).toBe(AMONG_THINGS);
  });

  it('may have a little beside many digits', () => {
    const { picture, reading } = written([4, 0, 4]);
    const lined = painted(picture, [70, 65, 60], (_, y) => y % 60 === 20);
    expect(rejectionOf(reading, lined)).toBe(false);
  });

  it('that was turned away stays so', () => {
    const { picture, reading } = written([4]);
    const turnedAway = { ...reading, text: '', rejected: 'No digit.' };
    expect(onPaper(turnedAway, picture, toGrey(picture))).toBe(turnedAway);
  });
});
