/** Leaving out samples that say nothing changes nothing of what is read. */
import { describe, expect, it } from 'vitest';
import { Classifier, decodeNetwork, type Picture, Reader } from '../../src/index.ts';
import { makeSample } from '../../test/pictures/set.ts';
import { simplest } from './simplest.ts';
import { shippedModel } from './testing/pictures.ts';

/** A drawing in one shade of ink, with colours and opacity as canvases give them. */
async function greyDrawing(number: number): Promise<Picture> {
  const { picture } = await makeSample('canvas', number, 'development');
  const { width, height, channels, data } = picture;
  const all = new Uint8Array(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++)
    all.fill(data[i * channels + Math.min(1, channels - 1)], 4 * i, 4 * i + 3);
  return { width, height, channels: 4, data: all };
}

describe('simplest', () => {
  it.each([
    ['nothing', () => undefined, 1],
    ['opacity', (data: Uint8Array) => data.fill(9, 3, 4), 2],
    ['colour', (data: Uint8Array) => data.set([1, 2, 3], 40), 3],
    ['both', (data: Uint8Array) => data.set([1, 2, 3, 4], 40), 4],
  ])('keeps what says something: %s', async (_, change, channels) => {
    const picture = await greyDrawing(1);
    change(picture.data as Uint8Array);
    const simple = simplest(picture);
    expect(simple.channels).toBe(channels);
    expect(simple.data).toHaveLength(picture.width * picture.height * channels);
    expect(simplest(simple)).toBe(simple);
  });

  it('changes no answer', async () => {
    const network = decodeNetwork(shippedModel().bytes, 'model');
    const classifier = await Classifier.create(network, { batch: 8, threads: 1 });
    const reader = new Reader(classifier);
    let digits = 0;
    for (let number = 0; number < 8; number++) {
      const picture = await greyDrawing(number);
      const [whole, simple] = [await reader.read(picture), await reader.read(simplest(picture))];
      expect(simple.text).toBe(whole.text);
      for (const [i, { box, probabilities }] of simple.digits.entries()) {
        expect(box).toEqual(whole.digits[i].box);
        for (const [k, probability] of probabilities.entries()) {
          expect(probability).toBeCloseTo(whole.digits[i].probabilities[k], 5);
        }
      }
      digits += simple.digits.length;
    }
    expect(digits).toBeGreaterThan(5);
    await classifier.dispose();
  }, 60_000);
});
