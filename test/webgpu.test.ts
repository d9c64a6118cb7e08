/** The WebGPU backend beyond its kernels: what it gives back, what it says, and what it survives. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, describe, expect, vi } from 'vitest';
import { batchNorm as batchNormOperation } from '../kernels/batchnorm/index.ts';
import type { FloatArray } from '../kernels/operation.ts';
import { Purpose, RandomStream } from '../kernels/random/reference.ts';
import { type CompileOptions, compile } from '../src/engine/compile.ts';
import type { Executable } from '../src/engine/executable.ts';
import type { OptimizerOptions } from '../src/engine/plan.ts';
import { openCard } from '../src/engine/webgpu/device.ts';
import {
  averagePool2d,
  batchNorm,
  channelScale,
  conv2d,
  dense,
  dropout,
  flatten,
  gelu,
  globalAveragePool,
  type LayerSpec,
  type ModelSpec,
  maxPool2d,
  relu,
  zeroPadding2d,
} from '../src/model/layers.ts';
import { onCard, onSoftwareCard } from './adapter.ts';
import { parityErrors, relativeError } from './operations.ts';

const LONG = 120_000;

/** The mean of ten stripes of a picture: enough to train on, and quickly compiled. */
const STRIPES: ModelSpec = {
  input: [28, 28, 1],
  layers: [averagePool2d({ poolSize: [28, 10], stride: [28, 2] }), flatten(), batchNorm({ name: 'norm' })],
};

const LOSS = {
  type: 'softmaxCrossEntropy',
  labelSmoothing: 0.1,
  classWeights: [1, 2, 3, 1, 2, 3, 1],
} as const;

/** The first layer has no bias: before a batch norm its gradient is nothing but rounding. */
function compileSmall(optimizer: OptimizerOptions, options: Partial<CompileOptions>): Promise<Executable> {
  const layers = [dense({ units: 9, useBias: false }), batchNorm(), relu(), dense({ units: 7 })];
  return compile({ input: [5], layers }, { batch: 12, mode: 'train', loss: LOSS, optimizer, ...options });
}

/** Some steps, with the worth of each. */
async function trainSmall(executable: Executable, steps: number) {
  const random = new RandomStream(3, Purpose.synthetic);
  executable.initialise(1);
  for (let step = 0; step < steps; step++) {
    for (let i = 0; i < executable.input.length; i++) executable.input[i] = Math.fround(random.normal());
    for (let i = 0; i < executable.labels.length; i++) executable.labels[i] = random.below(7);
    executable.train(1, step, 0.02);
  }
  return {
    worth: await executable.takeWorth(),
    loss: await executable.read('loss'),
    tensors: new Map([...(await executable.readWeights()), ...(await executable.readSlots())]),
  };
}

describe('training steps agree with the reference', () => {
  const optimizers: OptimizerOptions[] = [
    { type: 'sgd', l2: 0.01 },
    { type: 'sgd', momentum: 0.9, weightDecay: 0.1 },
    { type: 'sgd', momentum: 0.9, nesterov: true },
    { type: 'rmsprop' },
    { type: 'rmsprop', momentum: 0.5, l2: 0.01 },
    { type: 'adagrad' },
    { type: 'adam', clipNorm: 0.05 },
    { type: 'adam', clipNorm: 50 },
    { type: 'adamw', weightDecay: 0.1 },
  ];
  const trials = [
    ...optimizers.map((optimizer) => ({ optimizer, mixup: undefined })),
    { optimizer: { type: 'sgd' }, mixup: { alpha: 1 } },
  ];
  for (const { optimizer, mixup } of trials) {
    onCard(
      JSON.stringify({ ...optimizer, mixup }),
      async () => {
        const card = await compileSmall(optimizer, { backend: 'webgpu', mixup });
        const reference = await compileSmall(optimizer, { backend: 'reference', precision: 64, mixup });
        const actual = await trainSmall(card, 6);
        const expected = await trainSmall(reference, 6);
        for (const [name, values] of expected.tensors) {
          const error = relativeError(actual.tensors.get(name) as FloatArray, values);
          expect(error, name).toBeLessThan(1e-3);
        }
        expect(relativeError(actual.loss, expected.loss)).toBeLessThan(1e-4);
        expect(actual.worth).toHaveLength(6);
        actual.worth.forEach(({ loss, correct }, step) => {
          expect(loss).toBeCloseTo(expected.worth[step].loss, 2);
          expect(correct).toBe(expected.worth[step].correct);
        });
        await card.dispose();
      },
      LONG,
    );
  }
});

describe('a card without subgroups', () => {
  onCard(
    'trains all the same',
    async () => {
      const { traits } = await openCard();
      const { subgroups } = traits;
      Object.assign(traits, { subgroups: false });
      const optimizer = { type: 'adam', clipNorm: 0.05 };
      const card = await compileSmall(optimizer, { backend: 'webgpu' }).finally(() =>
        Object.assign(traits, { subgroups }),
      );
      const reference = await compileSmall(optimizer, { backend: 'reference', precision: 64 });
      const actual = await trainSmall(card, 3);
      const expected = await trainSmall(reference, 3);
      for (const [name, values] of expected.tensors) {
        const error = relativeError(actual.tensors.get(name) as FloatArray, values);
        expect(error, name).toBeLessThan(1e-3);
      }
      expect(actual.worth.map(({ correct }) => correct)).toEqual(
        expected.worth.map(({ correct }) => correct),
      );
      await card.dispose();
    },
    LONG,
  );
});

describe('what is tiny becomes zero in', () => {
  const optimizers: OptimizerOptions[] = [
    { type: 'sgd', momentum: 0.9 },
    { type: 'rmsprop', momentum: 0.9 },
    { type: 'adagrad' },
    { type: 'adam' },
  ];
  for (const optimizer of optimizers) {
    onCard(optimizer.type, async () => {
      const model: ModelSpec = { input: [4], layers: [dense({ units: 7, useBias: false })] };
      const options = { batch: 2, mode: 'train', loss: LOSS, optimizer, backend: 'webgpu' } as const;
      const executable = await compile(model, options);
      // The input is zero, and so is the gradient; 2^-110 is far from denormal.
      const tiny = (tensors: Map<string, FloatArray>) =>
        new Map([...tensors].map(([name, { length }]) => [name, new Float32Array(length).fill(2 ** -110)]));
      executable.writeWeights(tiny(await executable.readWeights()));
      executable.writeSlots(tiny(await executable.readSlots()));
      executable.train(1, 0, 0.01);
      const left = [...(await executable.readWeights()), ...(await executable.readSlots())];
      expect(left.length).toBeGreaterThan(1);
      for (const [name, values] of left) expect([...new Set(values)], name).toEqual([0]);
      await executable.dispose();
    });
  }
});

function compileStripes(options: Partial<CompileOptions> = {}): Promise<Executable> {
  return compile(STRIPES, {
    ...{ backend: 'webgpu', batch: 16, mode: 'train', optimizer: { type: 'adam' } },
    ...{ loss: { type: 'softmaxCrossEntropy' }, ...options },
  });
}

describe('more workgroups than one direction takes', () => {
  const layers: LayerSpec[] = [
    gelu(),
    dropout({ rate: 0.3 }),
    maxPool2d({ poolSize: 3, stride: 1 }),
    averagePool2d({ poolSize: 2 }),
    zeroPadding2d({ padding: 3 }),
    channelScale({ layers: [globalAveragePool()] }),
  ];
  for (const layer of layers) {
    onCard(`go in two: ${layer.type}`, async () => {
      const { traits } = await openCard();
      const { limits } = traits;
      Object.assign(traits, { limits: { maxComputeWorkgroupsPerDimension: 5 } });
      const trial = { layers: [layer], input: [20, 21, 8], batch: 4, seed: 1 };
      const errors = await parityErrors(trial, { backend: 'webgpu' }).finally(() =>
        Object.assign(traits, { limits }),
      );
      for (const [tensor, error] of errors) expect(error, tensor).toBeLessThan(1e-4);
    });
  }
});

describe('buffers', () => {
  onCard('are all given back', async () => {
    const card = await openCard();
    const before = card.liveBuffers;
    const executable = await compileStripes();
    expect(card.liveBuffers).toBeGreaterThan(before);
    executable.initialise(1);
    executable.train(1, 0, 0.01);
    await executable.readWeights();
    await executable.profile(() => executable.infer());
    await executable.dispose();
    await executable.dispose();
    expect(card.liveBuffers).toBe(before);
    expect(() => executable.infer()).toThrow('disposed of');
  });

  onCard(
    'and memory do not grow from step to step',
    async () => {
      const card = await openCard();
      const augmentation = { rotation: 10, scale: 0.1, shear: 0.1, shift: 2 };
      const normalisation = { mean: 0.1, deviation: 0.3 };
      const executable = await compileStripes({
        ...{ batch: 4, source: { examples: 20, normalisation, augmentation } },
      });
      executable.initialise(1);
      const run = async (steps: number) => {
        for (let step = 0; step < steps; step++) {
          for (let i = 0; i < 4; i++) executable.indices[i] = (4 * step + i) % 20;
          executable.train(1, step, 0.001);
          if (step % 8 === 0) await executable.takeWorth();
        }
        await executable.takeWorth();
        return { buffers: card.liveBuffers, bytes: process.memoryUsage().rss };
      };
      // Dawn and the allocator set up their pools in some thousand steps, by and by; what leaks grows for ever.
      const { buffers, bytes } = await run(200);
      const growth = [];
      let [before, round] = [bytes, 0];
      do {
        const now = await run(1000);
        expect(now.buffers).toBe(buffers);
        growth.push(now.bytes - before);
        before = now.bytes;
      } while (growth[growth.length - 1] > 2 ** 21 && ++round < 8);
      expect(growth[growth.length - 1], `bytes by thousand steps: ${growth}`).toBeLessThanOrEqual(2 ** 21);
      await executable.dispose();
    },
    2 * LONG,
  );
});

describe('a profile', () => {
  onCard('has every dispatch of a step, in order', async () => {
    const executable = await compileStripes();
    executable.initialise(1);
    const times = await executable.profile(() => executable.train(1, 0, 0.01));
    const phases = times.map(({ phase }) => phase);
    expect([...new Set(phases)]).toEqual(['forward', 'backward', 'update']);
    expect(times.map(({ kernel }) => kernel)).toEqual(
      expect.arrayContaining(['averagePool2dForward', 'batchNormMoments', 'tally', 'adam']),
    );
    for (const { milliseconds } of times) expect(milliseconds).toBeGreaterThanOrEqual(0);
    await executable.dispose();
  });

  onCard('says how much each dispatch does', async () => {
    const model: ModelSpec = { input: [12], layers: [dense({ units: 8, useBias: false }), relu()] };
    const executable = await compile(model, { backend: 'webgpu', batch: 16, mode: 'infer' });
    const times = await executable.profile(() => executable.infer());
    const product = times.find(({ amount }) => amount?.unit === 'flops');
    expect(product?.amount?.count).toBe(2 * 16 * 12 * 8);
    await executable.dispose();
    const training = await compileStripes();
    const calls = await training.profile(() => training.train(1, 0, 0.01));
    // Parameters, gradients and two slots of a batch norm of ten channels, each padded, and the rates.
    const { amount } = calls.find(({ kernel }) => kernel === 'adam') ?? {};
    expect(amount?.unit).toBe('bytes');
    expect(amount?.count).toBeGreaterThanOrEqual(4 * 4 * 2 * 10);
    await training.dispose();
  });
});

describe('errors', () => {
  afterEach(() => vi.restoreAllMocks());

  onCard('name the layer whose tensor does not fit a buffer', async () => {
    const layers = [relu({ name: 'first' }), averagePool2d({ poolSize: 1, name: 'second' })];
    const options = { backend: 'webgpu', batch: 4096, mode: 'infer' } as const;
    await expect(compile({ input: [400, 400, 1], layers }, options)).rejects.toThrow(
      /needs a buffer of 2500 MiB, and this graphics card has at most \d+ MiB .*choose a smaller batch/,
    );
  });

  onCard('name the layer whose shader is refused', async () => {
    vi.spyOn(batchNormOperation.webgpu!, 'forward').mockReturnValue([
      {
        ...{ kernel: 'wrong', code: 'nonsense', entryPoint: 'wrong' },
        ...{ bindings: ['x', 'y'], workgroups: [1, 1, 1] },
      },
    ]);
    const { liveBuffers } = await openCard();
    await expect(compileStripes()).rejects.toThrow(
      /^norm \(wrong, forward\): the graphics card refused it: /,
    );
    expect((await openCard()).liveBuffers).toBe(liveBuffers);
  });

  onSoftwareCard('say that the memory is full, and give back what was had of it', async () => {
    const card = await openCard();
    const before = card.liveBuffers;
    // A buffer exactly as large as the limits allow, which is more than such a card has for it.
    const input: ModelSpec['input'] = [16, 16, 1];
    const batch = card.device.limits.maxStorageBufferBindingSize / (4 * 16 * 16);
    const layers = [averagePool2d({ poolSize: 16 })];
    await expect(compile({ input, layers }, { backend: 'webgpu', batch, mode: 'infer' })).rejects.toThrow(
      /^\w.*: the graphics card has no memory left; choose a smaller batch\.$/,
    );
    expect(card.liveBuffers).toBe(before);
    const next = await compileStripes();
    next.initialise(1);
    next.train(1, 0, 0.01);
    expect(await next.read('loss')).toHaveLength(16);
    await next.dispose();
    expect(await openCard(), 'the card was not lost').toBe(card);
  });

  onCard('say that views of a card are not to be had', async () => {
    const executable = await compileStripes();
    expect(() => executable.weights()).toThrow('"norm.gamma" lies on the graphics card');
    expect(() => executable.output).toThrow('await');
    await executable.dispose();
  });
});

describe('the choice', () => {
  /** A model that is worth a card. */
  const large: ModelSpec = {
    input: [28, 28, 8],
    layers: [conv2d({ filters: 32, kernelSize: 3 }), flatten(), dense({ units: 10 })],
  };

  onCard('takes no card in software by itself', async () => {
    const { traits } = await openCard();
    const executable = await compile(large, { batch: 64, mode: 'infer' });
    expect(executable.description).toMatch(traits.isSoftware ? /^wasm/ : /^webgpu/);
    await executable.dispose();
  });

  onCard('is said in the description', async () => {
    const executable = await compileStripes();
    expect(executable.description).toBe(`webgpu (${(await openCard()).description})`);
    await executable.dispose();
    const halved = await compileStripes({ precision: 16 });
    expect(halved.description).toBe(`webgpu (${(await openCard()).description}, half precision)`);
    await halved.dispose();
  });
});

describe('a process', () => {
  const engine = new URL('../src/engine/compile.ts', import.meta.url).href;

  async function output(script: string, env: Record<string, string> = {}): Promise<string> {
    const source = `import { compile } from '${engine}';
      const layers = [{ type: 'relu' }];
      const make = (backend) => compile({ input: [8], layers }, { backend, batch: 2, mode: 'infer' });
      ${script}`;
    const args = ['--input-type=module', '--eval', source];
    const options = { timeout: 30_000, env: { ...process.env, ...env } };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, options);
    expect(stderr).toBe('');
    return stdout;
  }

  onCard('ends by itself, whether or not it gave its executable back', async () => {
    const script =
      "const e = await make('webgpu'); e.input.fill(-1); e.infer(); console.log(...await e.read('output'))";
    const zeros = `${new Array(16).fill(0).join(' ')}\n`;
    expect(await output(script)).toBe(zeros);
    expect(await output(`${script}; await e.dispose()`)).toBe(zeros);
  });

  onCard('without a card says so in a sentence, and takes WebAssembly by itself', async () => {
    const none = {
      VK_DRIVER_FILES: '',
      XDG_DATA_DIRS: '/nowhere',
      XDG_CONFIG_DIRS: '/nowhere',
      HOME: '/nowhere',
    };
    const script = "await make('webgpu').catch((error) => console.log(error.message))";
    expect(await output(script, none)).toMatch(/^There is no graphics card here that WebGPU can use; .*\n$/);
    const choice = `
      const model = { input: [28, 28, 8], layers: [{ type: 'conv2d', filters: 64, kernelSize: 3 }] };
      const executable = await compile(model, { batch: 64, mode: 'infer' });
      console.log(executable.description);`;
    expect(await output(choice, none)).toMatch(/^wasm/);
  });
});
