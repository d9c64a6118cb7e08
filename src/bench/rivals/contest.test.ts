import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { conv2d, dense, dropout, flatten, sequential } from '../../model/layers.ts';
import { NETWORKS } from '../../model/networks.ts';
import { benchNetworks } from '../networks.ts';
import { drawSubject, forComparison, resultsOf } from '../subject.ts';
import type { Rival } from './catalogue.ts';
import { Contest, worstDifference } from './contest.ts';
import { decodeFloats, encodeFloats } from './protocol.ts';

const MODEL = sequential({ input: [4, 4, 1] }, [
  conv2d({ filters: 2, kernelSize: 3 }),
  flatten(),
  dropout({ rate: 0.5 }),
  dense({ units: 3 }),
]);

/** A process that replies what it is told to, whatever it is asked. */
const PUPPET = `
import { createInterface } from 'node:readline';
const { ready, ran, chatter, ends } = JSON.parse(process.argv[2]);
for await (const line of createInterface({ input: process.stdin })) {
  if (chatter) console.log(chatter);
  if (ends) { console.error('out of luck'); process.exit(3); }
  const { type, runs } = JSON.parse(line);
  const reply = type === 'run' ? { type: 'ran', milliseconds: ran * runs } : { type: 'ready', ...ready };
  console.log(JSON.stringify(reply));
}
process.exit();
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inkling-rival-'));
  await writeFile(join(folder, 'puppet.mjs'), PUPPET);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function puppet(script: object, rival: Partial<Rival> = {}): Rival {
  return {
    ...{ name: 'puppet', packages: [], layout: 'channelsLast', backend: 'wasm', singleThreaded: true },
    command: async () => ({
      file: process.execPath,
      args: [join(folder, 'puppet.mjs'), JSON.stringify(script)],
    }),
    ...rival,
  };
}

/** What a rival that computes as we do replies in its trial. */
async function rightResults(workload: 'train' | 'infer', steps: number) {
  const subject = await drawSubject(MODEL, workload, 4);
  return resultsOf(forComparison(subject, 4), steps, { threads: 1 });
}

async function enter(rival: Rival, workload: 'train' | 'infer' = 'infer') {
  const contest = new Contest([rival], 60);
  try {
    const [entry] = await contest.enter(await drawSubject(MODEL, workload, 4), [1, 2]);
    return 'time' in entry ? { ...entry, took: await entry.time(7) } : entry;
  } finally {
    contest.close();
  }
}

describe('a rival', () => {
  const ready = { version: '1.2', threads: 1, milliseconds: 5 };

  test('that computes what we compute is timed, whatever else it prints', async () => {
    const results = await rightResults('infer', 2);
    const rival = puppet({ ready: { ...ready, results }, ran: 3, chatter: 'Hello {"type":"ran"} there' });
    expect(await enter(rival)).toMatchObject({ version: '1.2', threads: 1, difference: 0, took: 21 });
  });

  test('that computes something else is reported, and not timed', async () => {
    const results = await rightResults('train', 2);
    results[1][0] *= 1.01;
    const rival = puppet({ ready: { ...ready, results } });
    expect(await enter(rival, 'train')).toMatchObject({
      skipped: 'its results differ from ours by 1.0e-2, so it is not timed',
    });
  });

  test('that would take too long is not waited for', async () => {
    const results = await rightResults('infer', 2);
    const rival = puppet({ ready: { ...ready, results, milliseconds: 61_000 } });
    expect(await enter(rival)).toMatchObject({ skipped: expect.stringContaining('some 61 s') });
  });

  test('that ends is reported with its last words', async () => {
    expect(await enter(puppet({ ends: true }))).toMatchObject({
      skipped: 'it ended (code 3): out of luck',
    });
  });

  test('that does not start, or is not there, or cannot, is reported', async () => {
    const broken = puppet({}, { command: async () => ({ file: join(folder, 'nothing'), args: [] }) });
    expect(await enter(broken)).toMatchObject({ skipped: expect.stringContaining('does not start') });
    const missing = puppet({}, { command: async () => 'it is not installed' });
    expect(await enter(missing)).toMatchObject({ skipped: 'it is not installed' });
    const unable = puppet({}, { cannot: { train: 'it only infers' } });
    expect(await enter(unable, 'train')).toMatchObject({ skipped: 'it only infers' });
  });
});

test('a benchmark times rivals beside us and gives the ratio', async () => {
  const results = await resultsOf(forComparison(await drawSubject(NETWORKS.tfjs, 'infer', 2), 2), 2, {
    threads: 1,
  });
  const rival = puppet({ ready: { version: '9', threads: 1, milliseconds: 1, results }, ran: 50 });
  const skips: object[] = [];
  const { results: rows } = await benchNetworks({
    ...{ workload: 'infer', networks: ['tfjs'], batches: [2], threads: [1], repeats: 3, secondsEach: 0.1 },
    rivals: [rival, puppet({}, { name: 'absent', command: async () => 'not here' })],
    onSkip: (skip) => skips.push(skip),
  });
  expect(rows.map(({ engine }) => engine)).toEqual(['inkling-wasm', 'puppet']);
  expect(rows[0].ratio).toBe(1);
  expect(rows[1]).toMatchObject({ case: 'infer/tfjs/2', version: '9', milliseconds: 50, difference: 0 });
  expect(rows[1].ratio).toBeCloseTo(50 / rows[0].milliseconds);
  expect(skips).toEqual([{ case: 'infer/tfjs/2', engine: 'absent', threads: 1, skipped: 'not here' }]);
}, 60_000);

test('differences are relative, and what is missing or no number counts as wrong', () => {
  expect(worstDifference([[1, 2.002]], [[1, 2]])).toBeCloseTo(0.002 / Math.sqrt(2.5), 6);
  expect(worstDifference([[1, Number.NaN]], [[1, 2]])).toBe(Number.POSITIVE_INFINITY);
  expect(worstDifference([[1]], [[1, 2]])).toBe(Number.POSITIVE_INFINITY);
  expect(worstDifference([], [[1, 2]])).toBe(Number.POSITIVE_INFINITY);
});

test('floats survive the way to another process', () => {
  const values = Float32Array.of(0, -1.5, 3e-38, 1e38);
  expect(decodeFloats(encodeFloats(values.subarray(1)))).toEqual(values.subarray(1));
});
