import { describe, expect, test } from 'vitest';
import { augment, checkAugmentation } from './augmentation.ts';
import { normalisationTable } from './batches.ts';

const table = normalisationTable({ mean: 0, deviation: 1 });
const shape = [5, 4, 2] as const;
const picture = Uint8Array.from({ length: 40 }, (_, i) => (i * 37) % 256);

function distort(spec: object, position = { seed: 1, epoch: 2, example: 3 }): Float32Array {
  const target = new Float32Array(50);
  augment(picture, target, 10, shape, table, checkAugmentation(spec), position);
  expect([...target.subarray(0, 10)]).toEqual(new Array(10).fill(0));
  return target.subarray(10);
}

describe('augment', () => {
  test('changes nothing where it may change nothing', () => {
    expect(distort({})).toEqual(Float32Array.from(picture, (byte) => table[byte]));
  });

  test('draws by seed, epoch and example alone', () => {
    const spec = { rotation: 20, scale: 0.2, shear: 0.2, shift: 1 };
    expect(distort(spec)).toEqual(distort(spec));
    expect(distort(spec)).not.toEqual(distort(spec, { seed: 1, epoch: 3, example: 3 }));
    expect(distort(spec)).not.toEqual(distort(spec, { seed: 1, epoch: 2, example: 4 }));
  });

  test('a shift moves ink without losing it, as long as it stays inside', () => {
    const source = new Uint8Array(81);
    source[4 * 9 + 4] = 255;
    for (let example = 0; example < 20; example++) {
      const target = new Float32Array(81);
      const position = { seed: 5, epoch: 0, example };
      augment(source, target, 0, [9, 9, 1], table, checkAugmentation({ shift: 3 }), position);
      expect(target.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    }
  });

  test('what comes from outside the picture is paper', () => {
    const dark = normalisationTable({ mean: 0.5, deviation: 0.5 });
    const target = new Float32Array(9).fill(7);
    const spec = checkAugmentation({ shift: 900 });
    augment(new Uint8Array(9).fill(255), target, 0, [3, 3, 1], dark, spec, { seed: 2, epoch: 0, example: 0 });
    expect([...target]).toEqual(new Array(9).fill(-1));
  });

  test.each<[object, string]>([
    [{ rotation: -1 }, 'Augmentation: rotation must be a number from 0 to below 181, not -1.'],
    [{ zoom: 0.1 }, 'Augmentation: has no attribute "zoom"'],
  ])('%j is refused', (spec, message) => {
    expect(() => checkAugmentation(spec)).toThrow(message);
  });
});
