import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../errors.ts';
import { preset } from '../training/presets.ts';
import { RECIPE_KEYS } from '../training/recipe.ts';
import { recipeWith } from './settings.ts';
import type { Parameters, Value } from './space.ts';
import { parseStudy, trialCount } from './study.ts';

const ARMS = [{ name: 'one', set: { learningRate: 0.1 } }];
const SPACE = { learningRate: { type: 'log', from: 1e-4, to: 0.1 } };
const RANDOM = { type: 'random', trials: 3 };
const parsed = (json: unknown) => parseStudy(json, 'mine.yaml', 'mine');

describe('a study', () => {
  test('has defaults for all but what it is about', () => {
    expect(parsed({ arms: ARMS })).toMatchObject({
      ...{ name: 'mine', preset: 'default', dataset: 'mnist', seed: 1, repeats: 1, reportTest: false },
    });
    const tpe = parsed({ space: SPACE, search: { type: 'tpe', trials: 30 }, pruner: { type: 'median' } });
    expect(tpe.search).toMatchObject({ startupTrials: 10, candidates: 24 });
    expect(tpe.pruner).toEqual({ startupTrials: 5, warmupEpochs: 0, interval: 1 });
    expect(trialCount(tpe)).toBe(30);
  });

  test('is searched as a grid unless it says otherwise, with whole steps', () => {
    const { search } = parsed({ space: { batch: { type: 'int', from: 10, to: 35, step: 10 } } });
    expect(search).toEqual({ type: 'grid', space: { batch: { type: 'int', from: 10, to: 30, step: 10 } } });
  });
});

describe('what is wrong in a study is told in one sentence:', () => {
  const log = (from: unknown, to: unknown) => ({
    space: { learningRate: { type: 'log', from, to } },
    search: RANDOM,
  });
  const inSpace = (dimension: unknown) => ({ space: { batch: dimension }, search: RANDOM });
  test.each<[unknown, RegExp]>([
    [null, /^mine\.yaml must be a mapping of keys to values, not null\.$/],
    [[], /must be a mapping.*not \[\]/],
    [{}, /must have either arms, which are compared, or a space, which is searched\./],
    [{ arms: ARMS, space: SPACE }, /not both/],
    [{ arms: ARMS, repeat: 3 }, /unknown key "repeat"; did you mean repeats\?/],
    [{ arms: ARMS, repeats: 0 }, /repeats must be a whole number from 1 to 1000, not 0/],
    [{ arms: ARMS, name: '../up' }, /name must be of at most 64 letters/],
    [{ arms: ARMS, name: '..' }, /name must be of/],
    [{ arms: [] }, /arms must be a list with at least one entry/],
    [{ arms: [{ set: {} }] }, /arm 1: its name must be a text/],
    [{ arms: [...ARMS, ...ARMS] }, /two arms that are called "one"; rename one/],
    [{ arms: ARMS, search: RANDOM }, /search goes with a space/],
    [{ arms: ARMS, pruner: { type: 'median' } }, /pruner would end arms early/],
    [{ arms: [{ name: 'a', set: { seed: 3 } }] }, /seed cannot be set by a path/],
    [{ arms: ARMS, validation: 0 }, /validation must be a whole number from 1/],
    [{ arms: ARMS, reportTest: 'yes' }, /reportTest must be true or false/],
    [{ space: {}, search: RANDOM }, /space is empty/],
    [
      { space: SPACE, search: { type: 'tpee', trials: 3 } },
      /search\.type must be one of.*did you mean tpe\?/,
    ],
    [{ space: SPACE, search: { type: 'random' } }, /search\.trials must be a whole number/],
    [{ space: SPACE, search: { ...RANDOM, candidates: 3 } }, /search of type random has an unknown key/],
    [{ space: SPACE }, /learningRate of the space needs steps/],
    [log(0, 1), /searched by its logarithm, so from must be above 0, not 0/],
    [log(-1, 1), /above 0, not -1/],
    [log(1, 1), /goes from 1 to 1; from must be less than to/],
    [log(2, 1), /goes from 2 to 1/],
    [log('a', 1), /from must be a number, not "a"/],
    [log(Number.NaN, 1), /from must be a number, not NaN/],
    [log(1, Number.POSITIVE_INFINITY), /to must be a number, not Infinity/],
    [inSpace({ type: 'float', from: -1e308, to: 1e308 }), /which is too far/],
    [{ space: { batch: { type: 'int', from: -1e9, to: 1e9 } } }, /has 2,000,000,001 runs/],
    [inSpace({ type: 'int', from: 1.5, to: 3 }), /from must be a whole number/],
    [inSpace({ type: 'int', from: 1, to: 3, step: 5 }), /step must be a whole number from 1 to 2/],
    [inSpace({ type: 'choice', values: [] }), /values must be a list with at least one entry/],
    [inSpace({ type: 'choice', values: [1, 2, 1] }), /has the value 1 twice/],
    [inSpace({ type: 'choice', value: [1] }), /unknown key "value"; did you mean values\?/],
    [inSpace({ type: 'categorical' }), /its type must be one of int, float, log, choice/],
    [inSpace(3), /batch of the space must be a mapping/],
    [{ arms: ARMS, repeats: 1000, space: undefined, set: 3 }, /set must be a mapping/],
    [{ space: { batch: { type: 'int', from: 1, to: 9999 } }, repeats: 2 }, /has 19,998 runs.*10,000/],
    [{ space: SPACE, search: RANDOM, pruner: { type: 'hyperband' } }, /pruner\.type must be one of median/],
    [
      { space: SPACE, search: RANDOM, pruner: { type: 'median', warmup: 1 } },
      /unknown key "warmup"; did you mean/,
    ],
  ])('%j', (json, expected) => {
    expect(() => parsed(json)).toThrow(expected);
    expect(() => parsed(json)).toThrow(/^mine\.yaml.*[.?]$/);
  });
});

describe('settings by path', () => {
  const recipe = preset('default');
  const withSettings = (settings: Parameters) => recipeWith(recipe, settings, 'mine, arm a');

  test('change what they name and nothing else', () => {
    const changed = withSettings({
      ...{ learningRate: 0.5, 'optimizer.weightDecay': 0.1, 'augmentation.rotation': 3, augmentation: null },
      'model.layers.0.filters': 8,
    });
    const { augmentation: _, ...rest } = structuredClone(recipe);
    Object.assign(rest.model.layers[0], { filters: 8 });
    expect(changed).toEqual({ ...rest, learningRate: 0.5, optimizer: { type: 'adamw', weightDecay: 0.1 } });
  });

  test('replace a mapping as a whole, and make what a preset has not', () => {
    expect(withSettings({ optimizer: { type: 'sgd' } }).optimizer).toEqual({ type: 'sgd' });
    expect(withSettings({ augmentation: null, 'augmentation.shift': 1 }).augmentation).toEqual({ shift: 1 });
  });

  test('make models of a template, whose numbers are settings, too', () => {
    const model = { template: 'convolutions', filters: 4 };
    for (const depth of [1, 2, 3, 5]) {
      const { layers } = withSettings({ model, 'model.depth': depth }).model;
      const convolutions = layers.filter((layer) => layer.type === 'conv2d');
      expect(convolutions.map(({ filters }) => filters)).toEqual([4, 8, 16, 16, 16].slice(0, depth));
      expect(layers.filter(({ type }) => type === 'maxPool2d')).toHaveLength(Math.min(2, depth));
      expect(layers.at(-1)).toEqual({ type: 'dense', units: 10 });
    }
  });

  test.each<[Parameters, RegExp]>([
    [{ learningrate: 1 }, /no preset has a setting "learningrate"; did you mean learningRate\?/],
    [{ 'optimiser.type': 'sgd' }, /did you mean optimizer\.type\?/],
    [{ 'learningRate.high': 1 }, /the path learningRate leads nowhere/],
    [{ 'model.depth': 3 }, /the path model\.depth leads nowhere; there is name, input, layers/],
    [{ 'model.layers.99.filters': 3 }, /the path model\.layers\.99 leads nowhere; there are 0 to 22/],
    [{ 'model.layers.0.filter': 3 }, /did you mean model\.layers\.0\.filters\?/],
    [{ model: { template: 'convolutions' }, 'model.dept': 3 }, /did you mean model\.depth\?/],
    [
      { model: { template: 'convolution' } },
      /template must be one of convolutions, not "convolution"; did you mean/,
    ],
    [{ model: { template: 'convolutions', depth: 0 } }, /depth must be a whole number from 1 to 20, not 0/],
    [{ model: { template: 'convolutions', dropout: 1 } }, /dropout must be from 0 to below 1, not 1/],
    [{ 'optimizer.__proto__': 1 }, /leads nowhere/],
    [{ '__proto__.x': 1 }, /no preset has a setting/],
    [{ 'optimizer.type': 'sdg' }, /There is no optimiser "sdg"/],
    [{ 'optimizer.momentun': 0.9 }, /no attribute "momentun"/],
    [{ 'schedule.factr': 0.9 }, /no option "factr"/],
    [{ learningRate: -1 }, /learningRate must be a number above 0, not -1/],
    [{ batch: 1.5 }, /batch must be a whole number/],
  ])('that lead nowhere or make no sense are told in one sentence: %j', (settings, expected) => {
    expect(() => withSettings(settings)).toThrow(expected);
    expect(() => withSettings(settings)).toThrow(/^mine, arm a.*[.?]$/);
  });
});

describe('whatever a file holds, the error is one that is meant for people', () => {
  const fails = (action: () => unknown) => {
    try {
      action();
    } catch (error) {
      expect(error).toBeInstanceOf(UsageError);
    }
  };
  const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Value>;

  test('in studies', () => {
    const key = fc.constantFrom(
      'name',
      'arms',
      'space',
      'search',
      'set',
      'pruner',
      'repeats',
      'parallel',
      'seed',
    );
    fc.assert(fc.property(fc.dictionary(key, json), (fields) => fails(() => parsed(fields))));
    const dimension = fc.dictionary(fc.constantFrom('type', 'from', 'to', 'steps', 'step', 'values'), json);
    const type = fc.constantFrom('int', 'float', 'log', 'choice');
    fc.assert(
      fc.property(dimension, type, (fields, kind) => {
        fails(() => parsed({ space: { batch: { ...fields, type: kind } } }));
      }),
    );
  });

  test('in settings', () => {
    const recipe = preset('sprint');
    const path = fc
      .tuple(
        fc.constantFrom(...RECIPE_KEYS),
        fc.constantFrom('', '.type', '.layers', '.layers.0', '.x.y', '.', '..'),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.dictionary(path, json, { maxKeys: 3 }), (settings) =>
        fails(() => recipeWith(recipe, settings, 'a')),
      ),
      { numRuns: 400 },
    );
  });
});
