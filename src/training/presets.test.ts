/** Presets: each is sound and trains, and what is wrong with a file is said before anything is done. */
import { describe, expect, test } from 'vitest';
import { READER_CLASSES, withClasses } from '../data/dataset.ts';
import { syntheticDigits } from '../data/synthetic/index.ts';
import { UsageError } from '../errors.ts';
import { NETWORKS } from '../model/networks.ts';
import { findPreset, parsePreset, preset, presetNames } from './presets.ts';
import { train } from './train.ts';

const digits = syntheticDigits({ count: 20, seed: 1 });

describe.each(presetNames())('%s', (name) => {
  test('trains on a handful of pictures', { timeout: 60_000 }, async () => {
    const { model, weightAveraging, ...recipe } = preset(name);
    const data = withClasses(digits, name === 'reader' ? READER_CLASSES : digits.classNames);
    const { network, history } = await train(model, {
      ...recipe,
      ...{ weightAveraging: weightAveraging && { ...weightAveraging, everySteps: 1 } },
      ...{ batch: 8, epochs: 1, threads: 1, data },
    });
    expect(history).toHaveLength(1);
    expect(history[0].trainLoss).toBeGreaterThan(0);
    for (const { values } of network.weights.values()) expect(values.every(Number.isFinite)).toBe(true);
  });

  test('says what it is, and that its model has its name', () => {
    const { description, recipe } = findPreset(name);
    expect(description).toMatch(/\.$/);
    expect(recipe.model.name).toBe(name);
  });
});

test('triple64 is the network that speed is compared on', () => {
  expect(preset('triple64').model).toEqual(NETWORKS.triple64);
});

describe('a file', () => {
  const model = { input: [4, 4, 1], layers: [{ type: 'flatten' }, { type: 'dense', units: 2 }] };

  test('needs no more than a model', () => {
    const { description, report, recipe } = parsePreset({ model }, 'mine.json');
    expect([description, report]).toEqual(['', true]);
    expect(recipe).toMatchObject({ model, epochs: 5, batch: 128 });
  });

  test.each([
    [[], 'mine.json must hold an object with a model'],
    [{ model, descripton: '' }, 'mine.json has an unknown key "descripton"; did you mean description?'],
    [{ model, learningrate: 1 }, 'has an unknown key "learningrate"; did you mean learningRate?'],
    [{ model, zebra: 1 }, 'has an unknown key "zebra"; it may have description, report, model, epochs,'],
    [{ model, report: 'yes' }, 'its report true or false'],
    [{ model, epochs: 0 }, 'mine.json: epochs must be a whole number from 1'],
    [
      { model, augmentation: { rotaton: 1 } },
      'mine.json: Augmentation has no "rotaton"; did you mean rotation?',
    ],
    [{ model, weightAveraging: { decai: 1 } }, 'weightAveraging has no "decai"; did you mean decay?'],
    [{ model, schedule: { type: 'cosine', warm: 1 } }, 'The schedule cosine has no option "warm"'],
    [{ model, callbacks: [{ type: 'earlyStop' }] }, 'There is no callback "earlyStop"'],
    [{ model, optimizer: { type: 'adam', beta3: 1 } }, 'has no attribute "beta3": it takes beta1, beta2,'],
    [{ model, optimizer: { type: 'adam', clipNorm: 0 } }, 'clipNorm must be a number above 0'],
    [
      { model, loss: { smoothing: 0.1 } },
      'has no attribute "smoothing": it takes labelSmoothing, classWeights',
    ],
    [{ epochs: 1 }, "The model's input must be a list of sizes"],
    [{ model: { ...model, layers: [{ type: 'dens', units: 2 }] } }, '"dens"'],
    [
      { model: { ...model, layers: [{ type: 'flatten' }, { type: 'dense', unit: 2 }] } },
      'no attribute "unit"',
    ],
  ])('that is wrong is told in a sentence: %j', (json, message) => {
    expect(() => parsePreset(json, 'mine.json')).toThrow(UsageError);
    expect(() => parsePreset(json, 'mine.json')).toThrow(message);
  });
});
