/** A model's file may tell much of its training or little; what is not what it should be is left out. */
import { expect, test } from 'vitest';
import { confusion, curve, origin } from './report.ts';

test('what there is of its origin is told', () => {
  const recipe = { epochs: 10, batch: 128, learningRate: 0.008, schedule: { type: 'oneCycle' } };
  const rows = new Map(origin({ recipe, testAccuracy: 0.9964, examples: '60000' }));
  expect(rows.get('Test accuracy')).toBe('99.64 %');
  expect(rows.get('Pictures')).toBe('60,000');
  expect(rows.get('Training')).toBe('10 passes');
  expect(rows.get('Learning rate')).toBe('0.008, oneCycle');
  expect(origin({})).toEqual([]);
  expect(origin({ recipe: 'none', testAccuracy: 'high' })).toEqual([]);
});

test('a curve is taken from the first that has one', () => {
  const history = [
    { epoch: 1, validationAccuracy: 0.9 },
    { epoch: 2, validationAccuracy: 0.95, trainAccuracy: 0.8, trainLoss: 'low', validationLoss: 0.2 },
  ];
  expect(curve({}, { history })).toEqual([
    { epoch: 1, accuracy: 0.9 },
    { epoch: 2, accuracy: 0.95, trainAccuracy: 0.8, loss: 0.2 },
  ]);
  expect(curve({ history: 'long' }, { history: [null, 3] })).toEqual([]);
});

test('confusions have to be a square of numbers', () => {
  expect(
    confusion(
      {},
      {
        confusion: [
          [1, 2],
          [3, 4],
        ],
      },
    ),
  ).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(confusion({ confusion: [[1, 2], [3]] })).toBeUndefined();
  expect(
    confusion({
      confusion: [
        [1, 'a'],
        [3, 4],
      ],
    }),
  ).toBeUndefined();
});
