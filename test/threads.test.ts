/** Teams of threads: the same bits twice, and no hanging, crashing or leaking when something goes wrong. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { KernelCall } from '../kernels/operation.ts';
import { type CompileOptions, compile } from '../src/engine/compile.ts';
import type { Executable } from '../src/engine/executable.ts';
import { LEVELS, loadKernels } from '../src/engine/wasm/module.ts';
import { Pool } from '../src/engine/wasm/pool.ts';
import { bindCall } from '../src/engine/wasm/team.ts';
import {
  batchNorm,
  conv2d,
  dense,
  dropout,
  flatten,
  type ModelSpec,
  maxPool2d,
  relu,
} from '../src/model/layers.ts';
import { parityErrors } from './operations.ts';

const model: ModelSpec = {
  input: [10, 11, 2],
  layers: [
    conv2d({ filters: 7, kernelSize: 3, padding: 'same' }),
    batchNorm(),
    relu(),
    maxPool2d({ poolSize: 2 }),
    dropout({ rate: 0.3 }),
    flatten(),
    dense({ units: 5 }),
  ],
};

const infer = (threads: number) => compile(model, { batch: 6, mode: 'infer', threads });

/** Everything that five training steps leave behind. */
async function trainFiveSteps(options: Pick<CompileOptions, 'threads' | 'level' | 'mixup'>) {
  const executable = await compile(model, {
    ...{ ...options, batch: 6, mode: 'train' },
    loss: { type: 'softmaxCrossEntropy' },
    optimizer: { type: 'adam', clipNorm: 0.5 },
  });
  executable.initialise(7);
  for (let i = 0; i < executable.input.length; i++) executable.input[i] = Math.sin(i);
  for (let i = 0; i < 6; i++) executable.labels[i] = i % 5;
  for (let step = 0; step < 5; step++) executable.train(7, step, 0.01);
  const result = [...executable.weights(), ['loss', executable.loss] as const].map(([name, values]) => [
    name,
    [...values],
  ]);
  await executable.dispose();
  return result;
}

describe.each(LEVELS)('at level %s', (level) => {
  test.each([1, 2, 3, 5])('training with %i threads gives the same bits twice', async (threads) => {
    const first = await trainFiveSteps({ level, threads });
    expect(await trainFiveSteps({ level, threads })).toEqual(first);
    const mixed = await trainFiveSteps({ level, threads, mixup: { alpha: 1 } });
    expect(mixed).not.toEqual(first);
    expect(await trainFiveSteps({ level, threads, mixup: { alpha: 1 } })).toEqual(mixed);
  });
});

describe('executables of one team', () => {
  async function outputOf(executable: Executable) {
    executable.infer();
    return [...executable.output];
  }

  test('run while others come and go, to the same bits', async () => {
    const lasting = await infer(3);
    lasting.initialise(1);
    lasting.input.forEach((_, i) => {
      lasting.input[i] = Math.cos(i);
    });
    const expected = await outputOf(lasting);
    for (let i = 0; i < 30; i++) {
      const other = await infer(3);
      const goes = other.dispose();
      const comes = infer(3);
      // Now, and a few turns of the event loop later, when the workers have been released and not yet gathered.
      for (let turn = 0; turn < 4; turn++) {
        expect(await outputOf(lasting)).toEqual(expected);
        await Promise.resolve();
      }
      await goes;
      await (await comes).dispose();
    }
    expect(await outputOf(lasting)).toEqual(expected);
    await lasting.dispose();
  });

  test('start from zeros, also where their memory was used before', async () => {
    const before = await infer(2);
    for (const values of [before.input, ...before.weights().values()]) values.fill(3);
    await before.dispose();
    const after = await infer(2);
    expect(after.input.buffer).toBe(before.input.buffer);
    for (const [name, values] of [...after.weights(), ['input', after.input] as const]) {
      if (!name.endsWith('Variance')) expect(new Set(values), name).toEqual(new Set([0]));
    }
    await after.dispose();
  });

  test('cannot be used after dispose(), which may be called twice', async () => {
    const executable = await infer(2);
    await executable.dispose();
    await executable.dispose();
    expect(() => executable.infer()).toThrow('disposed of');
  });
});

describe('a kernel that traps', () => {
  /** Sums 4000 vectors of 16 bytes in a memory of 64 KiB: too much for the member that has the second half. */
  const secondHalf: KernelCall = { kernel: 'sumOfSquares', args: [4096, 64], extent: 4000 };
  /** Begins before address 0, so that the first half traps. */
  const firstHalf: KernelCall = { kernel: 'sumOfSquares', args: [-16, 64], extent: 2000 };

  async function run(call: KernelCall) {
    const { module } = await loadKernels('simd', true);
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
    const pool = await Pool.start(2);
    const base = await pool.bind({ module, memory, programs: [[call, call]] });
    const own = [call, call].map((each) => bindCall(exports, each, 0, 2));
    return { pool, run: () => pool.run(base, own) };
  }

  test('in a worker is told to the thread that waits, and the pool is out of use', async () => {
    const { pool, run: runOnce } = await run(secondHalf);
    expect(runOnce).toThrow('A kernel failed in thread 2 (memory access out of bounds)');
    expect(pool.ready).toBe(false);
    await pool.unbind(0, 1);
  });

  test('in the calling thread is thrown there, and the pool is out of use', async () => {
    const { pool, run: runOnce } = await run(firstHalf);
    expect(runOnce).toThrow('memory access out of bounds');
    expect(pool.ready).toBe(false);
  });

  test('leaves other executables usable, and the next one has a new team', async () => {
    const before = await infer(4);
    fillOnes(before);
    before.infer();
    const expected = [...before.output];
    const { poolOf } = await import('../src/engine/wasm/pool.ts');
    const broken = await poolOf(4);
    broken.team.fail(new Error('for the test'));
    before.infer();
    expect([...before.output]).toEqual(expected);
    await before.dispose();
    const after = await infer(4);
    expect(await poolOf(4)).not.toBe(broken);
    fillOnes(after);
    after.infer();
    expect([...after.output]).toEqual(expected);
    await after.dispose();
  });
});

function fillOnes(executable: Executable): void {
  executable.initialise(3);
  executable.input.fill(0.5);
}

describe('a worker that ends', () => {
  const threads = process.getBuiltinModule('node:worker_threads');
  type Worker = InstanceType<typeof threads.Worker>;

  /** Does some work, and says which workers were started meanwhile. */
  async function withWorkers<Result>(work: () => Promise<Result>): Promise<[Result, Worker[]]> {
    const started: Worker[] = [];
    const { Worker } = threads;
    threads.Worker = class extends Worker {
      constructor(...parameters: ConstructorParameters<typeof Worker>) {
        super(...parameters);
        started.push(this);
      }
    };
    try {
      return [await work(), started];
    } finally {
      threads.Worker = Worker;
    }
  }

  test('between steps puts its pool out of use', async () => {
    const [pool, [worker]] = await withWorkers(() => Pool.start(2));
    expect(pool.ready).toBe(true);
    await worker.terminate();
    expect(pool.ready).toBe(false);
  });

  test.each([2, 3])('in the middle of a step is told to the thread that waits (of %i)', async (count) => {
    const [pool, workers] = await withWorkers(() => Pool.start(count));
    const { module } = await loadKernels('simd', true);
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const call: KernelCall = { kernel: 'sumOfSquares', args: [4096, 64], extent: 100 };
    const base = await pool.bind({ module, memory, programs: [new Array(50).fill(call)] });
    const others = workers.slice(1).map((worker) => once(worker, 'exit'));
    // This thread's slice of the third call ends the first worker; nobody can hear of it before the step is over.
    const own = Array.from({ length: 50 }, (_, i) => ({
      run: () => void (i === 2 && workers[0].terminate()),
      args: [],
    }));
    const began = performance.now();
    expect(() => pool.run(base, own)).toThrow(
      `Thread 2 of ${count} has ended, perhaps for want of memory; the results of this step are not valid.`,
    );
    expect(performance.now() - began).toBeLessThan(5000);
    expect(pool.ready).toBe(false);
    await Promise.all(others);
  });

  test('just before a step is told too, and the executable goes on alone', async () => {
    const [executable, [worker]] = await withWorkers(() => infer(6));
    fillOnes(executable);
    executable.infer();
    const expected = [...executable.output];
    void worker.terminate();
    expect(() => executable.infer()).toThrow('Thread 2 of 6 has ended');
    executable.infer();
    expect([...executable.output]).toEqual(expected);
    await executable.dispose();
  });
});

describe('a process', () => {
  const engine = new URL('../src/engine/compile.ts', import.meta.url).href;

  async function output(script: string): Promise<string> {
    const source = `import { compile } from '${engine}';
      const model = { input: [28, 28, 3], layers: [{ type: 'conv2d', filters: 32, kernelSize: 3 }] };
      const make = (threads) => compile(model, { batch: 64, mode: 'infer', threads });
      ${script}`;
    const args = ['--input-type=module', '--eval', source];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 15_000 });
    return stdout;
  }

  test('with idle workers ends by itself', async () => {
    expect(await output('(await make(3)).infer(); console.log("end");')).toBe('end\n');
  });

  test.each([1, 2])('that makes and drops 150 executables (threads: %i) does not grow', async (threads) => {
    // Each has 6 MiB, so that nothing less than using them again keeps all below 400.
    const script = `
      for (let i = 0; i < 150; i++) {
        const executable = await make(${threads});
        executable.input.fill(1);
        executable.infer();
        await executable.dispose();
      }
      console.log(process.memoryUsage().rss);`;
    expect(Number(await output(script))).toBeLessThan(400 * 2 ** 20);
  });
});

describe('without SharedArrayBuffer', () => {
  afterEach(() => vi.unstubAllGlobals());

  test('there is one thread, whatever was asked for, and the description says why', async () => {
    vi.stubGlobal('SharedArrayBuffer', undefined);
    const executable = await infer(3);
    expect(executable.description).toContain('1 thread: there is no SharedArrayBuffer');
    const layers = [conv2d({ filters: 9, kernelSize: 3 })];
    const errors = await parityErrors({ layers, input: [8, 8, 3], batch: 2, seed: 1 }, { threads: 2 });
    for (const [tensor, error] of errors) expect(error, tensor).toBeLessThan(1e-4);
  });
});
