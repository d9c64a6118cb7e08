import { describe, expect, it } from 'vitest';
import { Purpose, RandomStream } from '../../../kernels/random/reference.ts';
import { drawScene } from './scene.ts';

describe('a picture of no page', () => {
  const scenes = Array.from({ length: 30 }, (_, i) => drawScene(new RandomStream(3, Purpose.pages, i)));

  it('is the same for the same stream', () => {
    expect(drawScene(new RandomStream(3, Purpose.pages, 4))).toEqual(scenes[4]);
  });

  it('has all its pixels, and something to see in them', () => {
    for (const { width, height, channels, data } of scenes) {
      expect(data).toHaveLength(width * height * channels);
      expect(Math.max(...data) - Math.min(...data)).toBeGreaterThan(20);
    }
  });

  it('comes in grey and in colour', () => {
    expect(new Set(scenes.map(({ channels }) => channels))).toEqual(new Set([1, 3]));
  });
});
