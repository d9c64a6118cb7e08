/** The engines we are timed beside: what each can do, and how its process is started. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PortableLayout } from '../../model/portable.ts';
import type { Workload } from '../subject.ts';
import type { Command } from './process.ts';

export interface Rival {
  /** As it stands in results. */
  name: string;
  /** The npm packages it comes in, or nothing for one that the machine has to bring. */
  packages: readonly string[];
  layout: PortableLayout;
  /** Takes networks as ONNX files, in place of steps. */
  readsOnnx?: boolean;
  /** Uses one thread, whatever is asked. */
  singleThreaded?: boolean;
  /** Why it is not timed in a workload. */
  cannot?: Partial<Record<Workload, string>>;
  /** Its command, or why there is none. */
  command(threads: number): Promise<Command | string>;
}

const FOLDER = import.meta.dirname;
const ONLY_INFERS = 'ONNX Runtime does not train';

const inNode =
  (file: string, name: string, packages: readonly string[]) => async (): Promise<Command | string> => {
    const missing = packages.find((wanted) => !isInstalled(wanted));
    if (missing) return `${missing} is not installed; --install-rivals gets it from the npm registry`;
    return { file: process.execPath, args: [join(FOLDER, file), name] };
  };

function inNodeRival(
  file: string,
  rival: Pick<Rival, 'name' | 'packages' | 'layout'> & Partial<Rival>,
): Rival {
  return { ...rival, command: inNode(file, rival.name, rival.packages) };
}

export const RIVALS: readonly Rival[] = [
  inNodeRival('tfjs.ts', {
    name: 'tfjs-cpu',
    packages: ['@tensorflow/tfjs'],
    layout: 'channelsLast',
    singleThreaded: true,
  }),
  inNodeRival('tfjs.ts', {
    name: 'tfjs-wasm',
    packages: ['@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm'],
    layout: 'channelsLast',
    // Its multi-threaded build looks for web workers.
    singleThreaded: true,
    cannot: {
      train: "TensorFlow.js's WASM backend cannot train convolutions: it has no kernel Conv2DBackpropFilter",
    },
  }),
  inNodeRival('jax.ts', {
    name: 'jax-js',
    packages: ['@jax-js/jax'],
    layout: 'channelsFirst',
    // Its threads are web workers too.
    singleThreaded: true,
  }),
  inNodeRival('ort.ts', {
    name: 'ort-web',
    packages: ['onnxruntime-web'],
    layout: 'channelsFirst',
    readsOnnx: true,
    cannot: { train: ONLY_INFERS },
  }),
  inNodeRival('ort.ts', {
    name: 'ort-node',
    packages: ['onnxruntime-node'],
    layout: 'channelsFirst',
    readsOnnx: true,
    cannot: { train: ONLY_INFERS },
  }),
  {
    name: 'pytorch',
    packages: [],
    layout: 'channelsFirst',
    async command(threads) {
      python ??= findPython();
      const file = await python;
      if (!file) return 'no python3 here has PyTorch; install it (on Debian: apt install python3-torch)';
      return { file, args: [join(FOLDER, 'pytorch.py')], env: { OMP_NUM_THREADS: `${threads}` } };
    },
  },
];

export const RIVAL_NAMES = RIVALS.map(({ name }) => name);

function isInstalled(name: string): boolean {
  return existsSync(join(FOLDER, 'node_modules', name, 'package.json'));
}

let python: Promise<string | undefined> | undefined;

/** The first Python that has PyTorch: a version manager's may hide the system's. */
async function findPython(): Promise<string | undefined> {
  for (const file of ['python3', '/usr/bin/python3']) {
    try {
      await promisify(execFile)(file, ['-c', 'import torch'], { timeout: 60_000 });
      return file;
    } catch {}
  }
  return undefined;
}
