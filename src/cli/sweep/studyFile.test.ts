import { expect, test } from 'vitest';
import { findPreset, recipeWith, trialCount } from '../../index.ts';
import { openStudy, parseYaml, studyNames } from './studyFile.ts';

test('the nine models are nine, no two the same, with five seeds', async () => {
  expect(await studyNames()).toEqual(['nine-models']);
  const study = await openStudy('nine-models');
  expect([trialCount(study), study.repeats]).toEqual([9, 5]);
  const { search } = study;
  if (search.type !== 'arms') throw new Error('They are not arms.');
  const base = findPreset(study.preset).recipe;
  const recipes = search.arms.map(({ name, set }) => recipeWith(base, { ...study.set, ...set }, name));
  expect(new Set(recipes.map((recipe) => JSON.stringify(recipe))).size).toBe(9);
  const convolutions = recipes.map(
    ({ model }) => model.layers.filter(({ type }) => type === 'conv2d').length,
  );
  expect(convolutions).toEqual([1, 2, 3, 4, 5, 3, 3, 3, 3]);
  const optimizers = recipes.map(({ optimizer }) => optimizer.type);
  expect(optimizers.slice(5)).toEqual(['sgd', 'rmsprop', 'adagrad', 'adam']);
  expect(new Set(optimizers.slice(0, 5))).toEqual(new Set(['adam']));
});

test('a study that is not there is told, with the one that was meant', async () => {
  await expect(openStudy('nine-model')).rejects.toThrow(/no study "nine-model"; did you mean nine-models\?/);
  await expect(openStudy('other')).rejects.toThrow(/and no such file; there is nine-models\./);
});

test('aliases are followed', () => {
  expect(parseYaml('a: &x { b: 1 }\nc: *x\nd: *x\n', 'f')).toEqual({ a: { b: 1 }, c: { b: 1 }, d: { b: 1 } });
});

const bomb = (levels: number) =>
  ['a0: &a0 [x, x, x, x, x, x, x, x, x]']
    .concat(Array.from({ length: levels }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(9)}]`))
    .join('\n');

test.each<[string, string, RegExp]>([
  ['a bracket that stays open', 'name: x\narms: [1, 2\n', /not valid YAML in line \d, column \d+: /],
  ['bad indentation', 'a:\n  b: 1\n c: 2\n', /in line 3, column \d+: /],
  ['a key given twice', 'a: 1\nb: 2\na: 3\n', /in line 3, column 1: Map keys must be unique/],
  ['an alias of nothing', 'a: *nowhere\n', /in line 1, column 4: .*nowhere/],
  ['an unknown tag', 'a: !!js/function "x"\n', /in line 1, .*[Uu]nresolved tag/],
  ['two documents', 'a: 1\n---\nb: 2\n', /in line 2, .*multiple documents/],
  ['a bomb of aliases', bomb(9), /aliases that stand for too much/],
  ['a small bomb', bomb(3), /aliases that stand for too much/],
  ['an alias in a circle', 'a: &a\n  b: *a\n', /an alias within what it stands for/],
  ['a list in itself', '&a [ *a ]\n', /an alias within what it stands for/],
  ['brackets twenty thousand deep', '['.repeat(2e4), /nested too deeply|not valid YAML/],
  ['a tab as indentation', 'a:\n\tb: 1\n', /in line 2/],
])('%s is told in one sentence', (_, text, expected) => {
  expect(() => parseYaml(text, 'mine.yaml')).toThrow(expected);
  expect(() => parseYaml(text, 'mine.yaml')).toThrow(/^mine\.yaml [^\n]*[.?]$/);
});
