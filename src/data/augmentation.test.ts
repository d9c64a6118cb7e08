import { describe, expect, test } from 'vitest';
import { checkAugmentation } from './augmentation.ts';

describe('checkAugmentation', () => {
  test('completes what is left out', () => {
    expect(checkAugmentation({ rotation: 10, cutOut: 6 })).toEqual({
      ...{ rotation: 10, scale: 0, shear: 0, shift: 0, elastic: 0, elasticSpacing: 7 },
      ...{ thickness: 0, contrast: 0, brightness: 0, noise: 0, cutOut: 6 },
      ...{ outline: 0, lines: 0, negative: 0, spoiled: 1 },
    });
  });

  test.each<[object, string]>([
    [{ rotation: -1 }, 'Augmentation: rotation must be a number from 0 to 180, not -1.'],
    [{ scale: 1 }, 'Augmentation: scale must be a number from 0 to 0.99, not 1.'],
    [{ thickness: '1' }, 'Augmentation: thickness must be a number from 0 to 1, not "1".'],
    [{ noise: Number.NaN }, 'Augmentation: noise must be a number from 0 to 1, not NaN.'],
    [{ cutOut: 2.5 }, 'Augmentation: cutOut must be a whole number from 0 to 65534, not 2.5.'],
    [{ elasticSpacing: 1 }, 'Augmentation: elasticSpacing must be a whole number from 2 to 1024, not 1.'],
    [{ roation: 10 }, 'Augmentation has no "roation"; did you mean rotation?'],
    [{ cutout: 4 }, 'Augmentation has no "cutout"; did you mean cutOut?'],
    [{ blur: 1 }, 'Augmentation has no "blur"; it takes rotation, scale, shear, shift, elastic, '],
  ])('%j is refused', (spec, message) => {
    expect(() => checkAugmentation(spec)).toThrow(message);
  });
});
