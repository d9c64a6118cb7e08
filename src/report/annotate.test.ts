/** What is drawn over pictures, and where. */
import { describe, expect, it } from 'vitest';
import type { Box, Picture, PictureReading } from '../vision/picture.ts';
import { annotate } from './annotate.ts';
import { Canvas, textSize } from './canvas.ts';
import { saliencySheet } from './saliency.ts';

function plain(width: number, height: number, channels: 1 | 3 | 4, shade: number): Picture {
  return { width, height, channels, data: new Uint8Array(width * height * channels).fill(shade) };
}

function reading(box: Box, confidence: number, rejected: string | false = false): PictureReading {
  const digit = { digit: 4, confidence, probabilities: [], notDigit: 0, box, image: new Uint8Array(784) };
  return { text: '4', digits: [digit], rejected };
}

function pixel({ width, channels, data }: Picture, x: number, y: number): number[] {
  return [...data.subarray((y * width + x) * channels, (y * width + x + 1) * channels)];
}

describe('annotate', () => {
  it.each<[string, number, string | false, number[]]>([
    ['a sure digit in blue', 0.99, false, [0, 114, 178]],
    ['an unsure digit in orange', 0.6, false, [213, 94, 0]],
    ['what was turned away in grey', 0.99, 'No digit.', [110, 110, 110]],
  ])('frames %s, outside the box', (_, confidence, rejected, colour) => {
    const drawn = annotate(plain(1000, 800, 1, 250), reading([300, 400, 100, 200], confidence, rejected));
    expect(drawn).toMatchObject({ width: 1000, height: 800, channels: 3 });
    for (const [x, y] of [
      [299, 500],
      [400, 500],
      [350, 399],
      [350, 600],
    ]) {
      expect(pixel(drawn, x, y)).toEqual(colour);
    }
    expect(pixel(drawn, 350, 500)).toEqual([250, 250, 250]);
    expect(pixel(drawn, 300, 400)).toEqual([250, 250, 250]);
    // The sign stands above the frame, white on its colour.
    const above = Array.from({ length: 60 }, (_, i) => pixel(drawn, 300 + i, 370).join());
    expect(above).toContain(colour.join());
    expect(above).toContain('255,255,255');
  });

  it('enlarges small pictures, and stays within them', () => {
    const drawn = annotate(plain(28, 20, 4, 255), reading([0, 0, 28, 20], 1));
    expect(drawn).toMatchObject({ width: 28 * 18, height: 20 * 18 });
    expect(drawn.data).toHaveLength(28 * 18 * 20 * 18 * 3);
  });

  it('draws over strips and far outside', () => {
    expect(annotate(plain(60_000, 1, 1, 0), reading([10, 0, 5, 1], 1)).height).toBe(1);
    expect(annotate(plain(500, 500, 3, 9), reading([-1e6, 490, 3e6, 1e6], 1)).width).toBe(500);
  });
});

describe('Canvas', () => {
  it('lays what is clear on chequered grey', () => {
    const clear = { ...plain(20, 20, 4, 255), data: new Uint8Array(1600) };
    const canvas = Canvas.of(clear);
    expect(pixel(canvas, 0, 0)).toEqual([112, 112, 112]);
    expect(pixel(canvas, 8, 0)).toEqual([144, 144, 144]);
  });

  it('writes every digit differently, and ten of them in the room it tells', () => {
    const { width, height } = textSize('0123456789', 1);
    const canvas = new Canvas(width, height);
    canvas.write('0123456789', 0, 0, 1, [0, 0, 0], [255, 255, 255]);
    const signs = Array.from({ length: 10 }, (_, digit) => {
      let dots = '';
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < 6; x++) dots += pixel(canvas, digit * 6 + x, y)[0] === 0 ? '#' : '.';
      }
      return dots;
    });
    expect(new Set(signs).size).toBe(10);
    expect(signs.every((dots) => dots.includes('#'))).toBe(true);
  });
});

describe('saliencySheet', () => {
  it('warms what speaks for a digit and cools what speaks against it', () => {
    const heat = new Float32Array(784);
    heat[0] = 0.2;
    heat[27] = -0.1;
    const digit = { digit: 7, confidence: 0.5, image: new Uint8Array(784), heat };
    const sheet = saliencySheet(Array(9).fill(digit));
    const one = saliencySheet([digit]);
    expect(sheet.width).toBe(12 + 8 * (224 + 12));
    expect(sheet.height - 12).toBe(2 * (one.height - 12));
    const top = one.height - 12 - 224;
    const [red, , blue] = pixel(one, 14, top + 2);
    expect(red - blue).toBeGreaterThan(100);
    const [coolRed, , coolBlue] = pixel(one, 12 + 222, top + 2);
    expect(coolBlue - coolRed).toBeGreaterThan(20);
    expect(pixel(one, 120, top + 100)).toEqual([255, 255, 255]);
  });

  it('is a blank sheet where nothing was read', () => {
    expect(saliencySheet([]).width).toBeGreaterThan(0);
  });
});
