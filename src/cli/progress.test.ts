import { describe, expect, test } from 'vitest';
import { barLine } from './progress.ts';
import { visibleWidth } from './terminal.ts';

const FACTS = ['accuracy 97.61 %', 'loss 0.0831', '1:23 left', '12,345 images/s'];

describe('a bar', () => {
  test('is filled by its share', () => {
    const line = barLine('Epoch 1/2', 0.5, [], 100);
    expect(line.split('━')).toHaveLength(16);
    expect(line.split('─')).toHaveLength(16);
  });

  test.each([20, 40, 60, 80, 100])('never outgrows %i columns', (width) => {
    for (const share of [0, 0.33, 1, 2]) {
      expect(visibleWidth(barLine('Epoch 10/10', share, FACTS, width))).toBeLessThanOrEqual(width);
    }
  });

  test('gives up its last facts first', () => {
    const line = barLine('Epoch 1/2', 0.5, FACTS, 60);
    expect(line).toContain('accuracy 97.61 %');
    expect(line).not.toContain('images/s');
  });
});
