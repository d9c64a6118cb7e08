/** Modules that an engine refuses or compiles wrongly, planted in place of the built ones. */
import { describe, expect, test } from 'vitest';
import relaxed from '../../../kernels/build/relaxed.js';
import { batchNorm, conv2d, dense, flatten, type ModelSpec, relu } from '../../model/layers.ts';
import { compile } from '../compile.ts';
import { KernelChooser } from './choose.ts';
import { type KernelModule, type Level, loadKernels } from './module.ts';
import { unshare } from './unshare.ts';

/** Opcodes of f32x4.relaxed_madd, a · b + c, and of f32x4.relaxed_nmadd, c - a · b. */
const MULTIPLY_ADD = [0xfd, 0x85, 0x02];
const MULTIPLY_SUBTRACT = [0xfd, 0x86, 0x02];

/** The relaxed kernels as a compiler with one wrong line would make them. */
function miscompiled(): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from(atob(relaxed), (character) => character.charCodeAt(0));
  for (let i = 0; i + 2 < bytes.length; i++) {
    if (MULTIPLY_ADD.every((byte, j) => bytes[i + j] === byte)) bytes.set(MULTIPLY_SUBTRACT, i);
  }
  return bytes;
}

/** A chooser for which some levels are planted; `wide` is left out, so that `relaxed` is tried first. */
function chooserWith(planted: (shared: boolean) => Promise<WebAssembly.Module>): KernelChooser {
  return new KernelChooser(async (level: Level, shared = false): Promise<KernelModule> => {
    if (level === 'wide') throw new Error('Left out.');
    return level === 'relaxed'
      ? { level, shared, module: await planted(shared) }
      : loadKernels(level, shared);
  });
}

const plantings = {
  'computes wrongly': (shared: boolean) =>
    WebAssembly.compile(shared ? miscompiled() : unshare(miscompiled())),
  'is refused': () => WebAssembly.compile(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0xff)),
  'lacks a kernel': () => WebAssembly.compile(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)),
};

const model: ModelSpec = {
  input: [9, 9, 2],
  layers: [conv2d({ filters: 8, kernelSize: 3 }), batchNorm(), relu(), flatten(), dense({ units: 3 })],
};

async function answers(options: Parameters<typeof compile>[1], choose?: KernelChooser) {
  const executable = await compile(model, options, choose && ((level, use) => choose.choose(level, use)));
  executable.initialise(1);
  for (let i = 0; i < executable.input.length; i++) executable.input[i] = Math.sin(i);
  executable.infer();
  const result = { output: [...executable.output], description: executable.description };
  await executable.dispose();
  return result;
}

describe.each(Object.entries(plantings))('a level whose module %s', (how, plant) => {
  test.each(['infer', 'train'] as const)('is passed over for the next, to %s', async (mode) => {
    for (const threads of [1, 2]) {
      const options = { batch: 4, mode, threads };
      const { output, description } = await answers(options, chooserWith(plant));
      expect(output).toEqual((await answers({ ...options, level: 'simd' })).output);
      expect(description).toContain(`wasm (SIMD, ${threads} thread`);
      const isTold = description.includes('relaxed passed over, since it computes wrongly here');
      expect(isTold).toBe(how === 'computes wrongly');
    }
  });

  test('is not used when asked for by name', async () => {
    await expect(
      answers({ batch: 4, mode: 'infer', level: 'relaxed' }, chooserWith(plant)),
    ).rejects.toThrow();
  });

  test('stands in the survey with its reason', async () => {
    const { levels, chosen } = await chooserWith(plant).survey();
    expect(chosen).toBe('simd');
    expect(levels).toMatchObject([
      { level: 'simd', works: true },
      { level: 'relaxed', works: false, reason: expect.stringMatching(/./) },
      { level: 'wide', works: false, reason: 'Left out.' },
    ]);
    if (how === 'computes wrongly') expect(levels[1].reason).toMatch(/^Its .* differs from the reference by/);
  });
});

test('where every level computes wrongly there is an error instead of a number', async () => {
  const chooser = new KernelChooser(async (level, shared = false) => ({
    ...{ level, shared, module: await plantings['computes wrongly'](shared) },
  }));
  await expect(answers({ batch: 4, mode: 'infer' }, chooser)).rejects.toThrow(
    /^WebAssembly does not work here \(.* use the reference backend\.$/,
  );
});
