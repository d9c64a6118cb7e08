/** Margins of one shade are cut off, and nothing else is. */
import { describe, expect, it } from 'vitest';
import { type Trimmed, withMargins, withoutMargins } from './margins.ts';
import type { Picture } from './picture.ts';

/** A rectangle of ink on paper. */
function drawing(width: number, height: number, [x, y, w, h]: readonly number[], paper = 255): Picture {
  const data = new Uint8Array(width * height).fill(paper);
  for (let row = y; row < y + h; row++) data.fill(255 - paper, row * width + x, row * width + x + w);
  return { width, height, channels: 1, data };
}

/** With a black line along all four sides. */
function framed(picture: Picture, thickness: number): Picture {
  const { width, height } = picture;
  const data = picture.data.map((value, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return Math.min(x, y, width - 1 - x, height - 1 - y) < thickness ? 0 : value;
  });
  return { ...picture, data };
}

const inkOf = ({ data, width }: Picture, paper: number) => {
  const first = data.findIndex((value) => value !== paper);
  return [first % width, Math.floor(first / width)];
};

describe('withoutMargins', () => {
  it.each([0, 255])('keeps a share of the size of the ink on all sides, on paper of %i', (paper) => {
    const { picture, left, top } = withoutMargins(drawing(400, 300, [100, 50, 60, 80], paper));
    expect([left, top, picture.width, picture.height]).toEqual([88, 38, 84, 104]);
    expect(inkOf(picture, paper)).toEqual([12, 12]);
  });

  it('keeps some pixels around a dot, and what there is in a corner', () => {
    const { picture, left, top } = withoutMargins(drawing(200, 200, [0, 198, 2, 2]));
    expect([left, top, picture.width, picture.height]).toEqual([0, 186, 14, 14]);
  });

  it('cuts clear margins off, whatever colour they would have', () => {
    const [width, height] = [100, 90];
    const data = Uint8Array.from({ length: width * height * 4 }, (_, i) => (i % 4 === 3 ? 0 : i % 251));
    data[(40 * width + 30) * 4 + 3] = 255;
    const { picture, left, top } = withoutMargins({ width, height, channels: 4, data });
    expect([left, top, picture.width, picture.height]).toEqual([18, 28, 25, 25]);
    expect(picture.data[(12 * 25 + 12) * 4 + 3]).toBe(255);
  });

  it.each([1, 3])('cuts a frame of %i pixels off, with the margins inside of it', (thickness) => {
    const trimmed = withoutMargins(framed(drawing(300, 200, [100, 50, 60, 80]), thickness));
    const { left, top } = trimmed;
    expect([left, top, trimmed.picture.width, trimmed.picture.height]).toEqual([88, 38, 84, 104]);
    expect(inkOf(trimmed.picture, 255)).toEqual([12, 12]);
  });

  it('cuts off a frame that is open at one place, and leaves one that ink hangs on', () => {
    const open = framed(drawing(300, 200, [100, 50, 60, 80]), 1);
    open.data[150] = 255;
    const { picture, left, top } = withoutMargins(open);
    expect([left, top, picture.width, picture.height]).toEqual([88, 38, 84, 104]);
    const hanging = framed(drawing(300, 200, [100, 0, 60, 80]), 1);
    expect(withoutMargins(hanging)).toEqual({ picture: hanging, left: 0, top: 0 });
  });

  /** A digit on paper with grain, in the middle of margins of one shade; as it is kept with loss, blurred by `loss` pixels. */
  function inGallery(margin: number, loss = 0): Picture {
    const [width, height] = [200, 240];
    const data = Uint8Array.from({ length: width * height }, (_, i) => {
      const [x, y] = [i % width, Math.floor(i / width)];
      const outside = Math.max(40 - x, 50 - y, x - (width - 41), y - (height - 51));
      if (outside > 0) return margin + (outside <= loss && (x + y) % 3 === 0 ? 6 : 0);
      const isInk = Math.abs(x - 100) < 4 && Math.abs(y - 120) < 40;
      return isInk ? 60 : 150 + ((x * 7 + y * 13) % 11);
    });
    return { width, height, channels: 1, data };
  }

  it.each([
    ['black', 0, 0],
    ['white', 255, 0],
    ['black, and kept with loss', 0, 7],
  ])('cuts the margins around a photo off to its sides: %s', (_, margin, loss) => {
    const { picture, left, top } = withoutMargins(inGallery(margin, loss));
    expect([left, top, picture.width, picture.height]).toEqual([42, 52, 116, 136]);
  });

  it.each([
    ['small', 30, 90],
    ['large', 90, 400],
  ])('takes no %s bar with edges of grey for a photo', (_, w, h) => {
    const data = Uint8Array.from({ length: 500 * 500 }, (_, i) => {
      const [x, y] = [(i % 500) - 100, Math.floor(i / 500) - 50];
      const inside = Math.min(x, w - 1 - x, y, h - 1 - y);
      return inside < 0 ? 255 : inside < 1 ? 150 : 40;
    });
    const { left, top } = withoutMargins({ width: 500, height: 500, channels: 1, data });
    expect([left < 100, top < 50]).toEqual([true, true]);
  });

  it('takes no thick ring for a photo', () => {
    const data = Uint8Array.from({ length: 160 * 160 }, (_, i) => {
      const away = Math.hypot((i % 160) - 79.5, Math.floor(i / 160) - 79.5);
      return away < 50 && away > 26 ? 10 : 255;
    });
    const { left, top } = withoutMargins({ width: 160, height: 160, channels: 1, data });
    expect([left, top]).toEqual([15, 15]);
  });

  it('leaves a picture as it is that is blank, has small margins, or uneven paper', () => {
    const uneven = drawing(200, 200, [90, 90, 9, 9]);
    for (let i = 0; i < uneven.data.length; i++) uneven.data[i] -= i % 5;
    for (const picture of [drawing(50, 50, [0, 0, 0, 0]), drawing(100, 100, [10, 10, 80, 80]), uneven]) {
      expect(withoutMargins(picture)).toEqual({ picture, left: 0, top: 0 });
    }
  });
});

describe('withMargins', () => {
  it.each([1, 3] as const)('puts paper of the middle shade around a picture of %i channels', (channels) => {
    const { width, height, data } = drawing(20, 10, [3, 0, 4, 10], 200);
    const drawn = {
      width,
      height,
      channels,
      data: Uint8Array.from([...data].flatMap((value) => new Array<number>(channels).fill(value))),
    };
    const framed = withMargins(drawn);
    expect(framed).toMatchObject({ left: -6, top: -6, picture: { width: 32, height: 22 } });
    const { picture } = framed as Trimmed;
    const pixel = (x: number, y: number) => picture.data[(y * picture.width + x) * channels];
    expect([pixel(0, 0), pixel(31, 21), pixel(9, 5), pixel(9, 6), pixel(9, 15), pixel(9, 16)]).toEqual([
      ...[200, 200, 200, 55, 55, 200],
    ]);
  });

  it.each<[string, (x: number, y: number) => number]>([
    ['noise', (x, y) => 90 + (Math.imul(x * 71 + y * 149 + 1, 1103515245) >>> 25)],
    ['a scene', (x, y) => (x + y < 40 ? 20 : x - y > 10 ? 110 : 230)],
  ])('knows no paper around %s', (_, shade) => {
    const data = Uint8Array.from({ length: 40 * 60 }, (_, i) => shade(i % 40, Math.floor(i / 40)));
    expect(withMargins({ width: 40, height: 60, channels: 1, data })).toBeUndefined();
  });
});
