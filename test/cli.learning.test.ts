/** `models`, `finetune` and `data export-corrections` on a database of their own. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { versionOf } from '../server/learning/registry.ts';
import { forgetfulModel, otherModel, shippedModel } from '../server/reading/testing/pictures.ts';
import { openStore } from '../server/store/open.ts';
import { samplePrediction } from '../server/store/testing/samples.ts';
import { dense, encodeNetwork, flatten, sequential, syntheticDigits, train } from '../src/index.ts';
import { inkling, jsonLines, lastJsonLine, temporaryFolder } from './commandLine.ts';

const folder = await temporaryFolder();
const file = join(folder, 'app.db');
const env = { INKLING_DB: file };
const other = otherModel('another');
const otherFile = join(folder, 'another.safetensors');
const first = shippedModel().version;
const run = (...args: string[]) => inkling(args, { env, cwd: folder });

beforeAll(async () => {
  await writeFile(otherFile, other.bytes);
});

test('models are listed, promoted, shown and rolled back', { timeout: 240_000 }, async () => {
  expect(jsonLines((await run('models', 'list', '--json')).stdout)).toMatchObject([
    { version: first, state: 'champion' },
  ]);
  const promoted = await run('models', 'promote', otherFile, '--reason', 'A trial.', '--json');
  expect(lastJsonLine(promoted.stdout)).toEqual({ champion: other.version, previous: first });
  expect(
    lastJsonLine((await run('models', 'show', other.version.slice(0, 5), '--json')).stdout),
  ).toMatchObject({
    ...{ version: other.version, name: 'another', state: 'champion' },
    promotions: [{ version: other.version, previous: first, reason: 'A trial.' }],
  });
  const rolledBack = await run('models', 'rollback', '--json');
  expect(lastJsonLine(rolledBack.stdout)).toEqual({ champion: first, previous: other.version });
  const states = jsonLines((await run('models', 'list', '--json')).stdout).map(({ version, state }) => [
    version,
    state,
  ]);
  expect(Object.fromEntries(states)).toEqual({ [first]: 'champion', [other.version]: 'archived' });
});

test('what cannot be promoted is told in a sentence, and nothing changes', { timeout: 240_000 }, async () => {
  const shaped = sequential({ name: 'wide', input: [14, 14, 1] }, [flatten(), dense({ units: 10 })]);
  const data = { ...syntheticDigits({ count: 16, seed: 1 }), shape: [14, 14, 1] as const };
  data.images = data.images.slice(0, 16 * 196);
  const { network } = await train(shaped, { data, epochs: 1, batch: 16, threads: 1 });
  const [wrongShape, forgetful, text] = ['shape', 'forgetful', 'text'].map((name) =>
    join(folder, `${name}.safetensors`),
  );
  await writeFile(wrongShape, encodeNetwork(network));
  await writeFile(forgetful, forgetfulModel().bytes);
  await writeFile(text, 'This is no model.');
  for (const [args, said] of [
    [['promote', wrongShape], /takes 14×14×1 .* needs one for digits of 28×28×1/],
    [['promote', forgetful], /known digits, so it is damaged or was not trained/],
    [['promote', text], /text\.safetensors/],
    [['promote', '0123456789ab'], /no model "0123456789ab" here/],
    [['promote', 'candidate'], /no candidate at the moment/],
    [['promote', 'champion'], /is champion already/],
    [['promote'], /takes 1 model, not 0/],
    [['rollback'], /so there is none to go back to/],
  ] as const) {
    const { code, stderr } = await run('models', ...args);
    expect(code, stderr).toBeGreaterThan(0);
    expect(stderr.trim().split('\n'), stderr).toHaveLength(1);
    expect(stderr).toMatch(said);
  }
  const [champion] = jsonLines((await run('models', 'list', '--json')).stdout).filter(
    ({ state }) => state === 'champion',
  );
  expect(champion.version).toBe(first);
});

test('two models are compared pair by pair', { timeout: 240_000 }, async () => {
  const args = ['models', 'compare', first, other.version, '--dataset', 'synthetic', '--threads', '1'];
  expect(lastJsonLine((await run(...args, '--json')).stdout)).toMatchObject({
    ...{ models: [first, other.version], examples: 2000, onlyFirst: 0, onlySecond: 0 },
    ...{ difference: 0, pValue: 1, test: 'exact binomial' },
  });
  expect((await run(...args)).stdout).toContain('Chance could well have made this difference');
});

test('a candidate is tried, and the list tells how each model fares', { timeout: 240_000 }, async () => {
  const store = await openStore({ file });
  const samples = [first, first, other.version].map((model) => samplePrediction({ owner: 'tried', model }));
  for (const sample of samples) await store.add(sample);
  await store.correct('tried', samples[0].id, '1', 1);
  const tried = await run('models', 'try', './another.safetensors', '--share', '0.2', '--json');
  expect(lastJsonLine(tried.stdout), tried.stderr).toEqual({
    champion: first,
    candidate: other.version,
    share: 0.2,
  });
  await store.addReadings({ champion: first, candidate: other.version, digits: 10, agreed: 9 });
  const listed = jsonLines((await run('models', 'list', '--json')).stdout);
  const of = (version: string) => listed.find((line) => line.version === version);
  expect(of(first)).toMatchObject({
    ...{ share: null, predictions: 2, agreement: { count: 9, of: 10 } },
    corrections: { count: 1, of: 2, rate: 0.5 },
  });
  expect(of(other.version)).toMatchObject({ share: 0.2, predictions: 1, corrections: { count: 0, of: 1 } });
  expect((await run('models', 'list')).stdout).toMatch(
    /50\.00 % \(9\.45 % to 90\.55 %\) .*90\.00 % of 10 digits/,
  );
  for (const [args, said] of [
    [['try', other.version, '--share', '0.6'], /--share must be a number from 0 to 0\.5, not 0\.6/],
    [['try', 'champion'], /answers everyone already/],
    [['try', '0123456789ab'], /no model "0123456789ab" here/],
    [['list', '--share', '0.1'], /--share is for 'inkling models try'/],
  ] as const) {
    const { code, stderr } = await run('models', ...args);
    expect([code, stderr]).toEqual([2, expect.stringMatching(said)]);
  }
  expect(await store.trial(first)).toMatchObject({ share: 0.2 });
  expect((await run('models', 'end-trial')).stdout).toContain(`${first} answers everyone`);
  expect((await run('models', 'end-trial')).stderr).toContain('No model is tried at the moment');
  await store.removeAll('tried');
  await store.close();
});

test('accepted corrections are exported, and learnt from again', { timeout: 240_000 }, async () => {
  const { images } = syntheticDigits({ count: 20, seed: 77 });
  const store = await openStore({ file });
  for (let i = 0; i < 8; i++) {
    const sample = samplePrediction({ createdAt: i });
    sample.digits[0] = { ...sample.digits[0], image: images.slice(i * 784, (i + 1) * 784) };
    await store.add(sample);
    await store.correct('me', sample.id, i === 7 ? '77' : `${i}`, i);
    await store.review(sample.id, { state: i === 6 ? 'rejected' : 'accepted', text: null, at: 1 });
  }
  await store.close();
  const out = join(folder, 'corrections');
  const exported = await run('data', 'export-corrections', '--out', out, '--json');
  expect(lastJsonLine(exported.stdout), exported.stderr).toMatchObject({
    ...{ accepted: 7, unaligned: 1, pictures: 6, written: 6, noDigit: 0 },
  });
  expect((await readdir(out)).sort()).toEqual(['0', '1', '2', '3', '4', '5', 'weights.csv']);
  const weights = await readFile(join(out, 'weights.csv'), 'utf8');
  expect(weights.split('\n')).toHaveLength(8);

  const args = ['finetune', '--corrections', out, '--replay', 'synthetic+pages', '--threads', '1'];
  const small = ['--examples', '100', '--epochs', '1', '--json'];
  const tuned = await run(...args, ...small);
  const result = lastJsonLine(tuned.stdout);
  expect(result, tuned.stderr).toMatchObject({
    ...{ event: 'result', parent: first, outcome: 'rejected', trained: 4 },
    reason: expect.stringContaining('Rejected, since it is not better on corrections'),
  });
  expect(lastJsonLine((await run('models', 'show', `${result.version}`, '--json')).stdout)).toMatchObject({
    ...{ state: 'rejected', reason: result.reason, parents: [first] },
    data: { corrections: expect.stringMatching(/^[0-9a-f]{64}$/) },
  });

  await writeFile(
    join(out, 'weights.csv'),
    weights.replace(/^2\/.*\n/m, '2/missing.png,1\n3/another.png,1\n'),
  );
  expect((await run(...args)).stderr).toMatch(/weights\.csv does not fit the 6 pictures beside it/);
  await mkdir(join(folder, 'empty'));
  expect((await run('finetune', '--corrections', join(folder, 'empty'))).code).toBe(1);
  expect((await run('finetune', versionOf(new Uint8Array(1)))).stderr).toContain('There is no model');
});
