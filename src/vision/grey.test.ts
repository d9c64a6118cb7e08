/** Colours become the brightness that tells ink from paper. */
import { describe, expect, it } from 'vitest';
import { toGrey } from './grey.ts';
import type { Picture } from './picture.ts';
import { colourPicture, digitAt, greyPicture, inkOf, planeBy } from './testing/draw.ts';

const ink = inkOf(60, 60, digitAt(4, 15, 10, 36), 4);

/** How far apart ink and paper are, of 255. */
function contrastOf(picture: Picture): number {
  const { data } = toGrey(picture).plane;
  const of = (isWanted: (share: number) => boolean) => {
    const values = data.filter((_, i) => isWanted(ink.data[i]));
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  };
  return of((share) => share === 0) - of((share) => share === 1);
}

describe('toGrey', () => {
  it('keeps grey to the bit, in any number of channels', () => {
    const grey = greyPicture(ink, 230, 30);
    const expected = Float32Array.from(grey.data);
    expect(toGrey(grey)).toEqual({
      plane: { width: 60, height: 60, data: expected },
      scale: 1,
      isLight: true,
    });
    for (const channels of [2, 3, 4] as const) {
      const data = new Uint8Array(3600 * channels).map((_, i) => {
        const isOpacity = channels % 2 === 0 && i % channels === channels - 1;
        return isOpacity ? 255 : grey.data[Math.floor(i / channels)];
      });
      expect(toGrey({ width: 60, height: 60, channels, data }).plane.data).toEqual(expected);
    }
  });

  it.each([
    ['red on green as bright', [60, 160, 60], [200, 60, 60]],
    ['blue on white', [255, 255, 255], [20, 30, 200]],
    ['yellow on dark', [20, 20, 30], [250, 220, 60]],
    ['red on blue', [50, 60, 210], [220, 60, 60]],
  ])('sees %s', (_, paper, colour) => {
    expect(Math.abs(contrastOf(colourPicture(ink, paper, colour)))).toBeGreaterThan(60);
  });

  it('sees a drawing on a clear ground, whatever its colour', () => {
    for (const shade of [0, 128, 255]) {
      expect(
        contrastOf(colourPicture(ink, [shade, shade, shade, 0], [shade, shade, shade, 255])),
      ).toBeCloseTo(255, 0);
      expect(contrastOf(colourPicture(ink, [shade, 0], [shade, 255]))).toBeCloseTo(255, 0);
    }
  });

  it('lays dark ink and its light shine on what shows both, not on the clear ground alone', () => {
    const picture = colourPicture(ink, [0, 0, 0, 0], [10, 10, 40, 255]);
    const { data } = picture;
    for (let i = 0; i < data.length; i += 4) if (i % 3 === 0 && data[i + 3] === 255) data[i + 2] = 120;
    expect(contrastOf(picture)).toBeGreaterThan(60);
  });

  it('averages large pictures into cells, and keeps one flat value flat', () => {
    const picture: Picture = {
      width: 2001,
      height: 1500,
      channels: 1,
      data: new Uint8Array(2001 * 1500).fill(77),
    };
    const { plane, scale } = toGrey(picture);
    expect(scale).toBe(2);
    expect([plane.width, plane.height]).toEqual([1001, 750]);
    expect(plane.data.every((value) => value === 77)).toBe(true);
  });

  it('says no light of weights below zero', () => {
    expect(toGrey(colourPicture(ink, [60, 200, 60], [200, 60, 60])).isLight).toBe(false);
    expect(toGrey(colourPicture(ink, [250, 250, 240], [20, 20, 60])).isLight).toBe(true);
  });

  it.each([
    [1, 1],
    [1, 60],
    [60, 1],
  ])('takes %i×%i pixels of any channels', (width, height) => {
    const plane = planeBy(width, height, (x, y) => (x + y) % 2);
    for (const paper of [[200], [200, 0], [9, 200, 30], [9, 200, 30, 0]]) {
      const grey = toGrey(
        colourPicture(
          plane,
          paper,
          paper.map((value) => 255 - value),
        ),
      );
      expect(grey.plane.data.some(Number.isNaN)).toBe(false);
    }
  });
});
