import { afterAll, describe, expect, test } from 'vitest';
import { batchNorm, conv2d, dense, flatten, type ModelSpec, relu } from '../model/layers.ts';
import { type CompileOptions, compile } from './compile.ts';
import type { Executable } from './executable.ts';

const MODEL: ModelSpec = {
  input: [6, 6, 1],
  layers: [conv2d({ filters: 4, kernelSize: 3 }), batchNorm(), relu(), flatten(), dense({ units: 3 })],
};

const BACKENDS: { name: string; options: Partial<CompileOptions> }[] = [
  { name: 'one thread', options: { threads: 1 } },
  { name: 'two threads', options: { threads: 2 } },
  { name: 'the reference', options: { backend: 'reference' } },
];

const compiled: Executable[] = [];
afterAll(() => Promise.all(compiled.map((executable) => executable.dispose())));

async function start(options: Partial<CompileOptions>, mode: 'train' | 'infer'): Promise<Executable> {
  const optimizer = { type: 'adam', clipNorm: 1 };
  const loss = { type: 'softmaxCrossEntropy' } as const;
  const executable = await compile(MODEL, { batch: 2, mode, loss, optimizer, ...options });
  compiled.push(executable);
  executable.initialise(1);
  executable.input.fill(0.5);
  return executable;
}

describe.each(BACKENDS)('a profile on $name', ({ options }) => {
  test('has every call of a training step in order, and changes no result', async () => {
    const [plain, profiled] = [await start(options, 'train'), await start(options, 'train')];
    plain.train(1, 0, 0.01);
    const times = await profiled.profile(() => profiled.train(1, 0, 0.01));
    expect([...profiled.weights()]).toEqual([...plain.weights()]);

    const phases = times.map(({ phase }) => phase);
    const order = ['forward', 'backward', 'update'];
    expect(phases).toEqual([...phases].sort((a, b) => order.indexOf(a) - order.indexOf(b)));
    for (const phase of order) expect(phases).toContain(phase);
    const operations = new Set(times.map(({ operation }) => operation));
    for (const name of ['conv2d', 'dense', 'softmaxCrossEntropy', 'adam']) expect(operations).toContain(name);
    for (const { milliseconds } of times) expect(milliseconds).toBeGreaterThanOrEqual(0);

    expect(await profiled.profile(() => {})).toEqual([]);
  });

  test('has what prepares an inference only where it is done', async () => {
    const executable = await start(options, 'infer');
    const calls = async () =>
      (await executable.profile(() => executable.infer())).map(({ kernel }) => kernel);
    const [first, second] = [await calls(), await calls()];
    expect(second).toEqual(first.slice(-second.length));
    expect(second).not.toContain('packPanels');
    if (options.threads) expect(first).toContain('packPanels');
  });
});
