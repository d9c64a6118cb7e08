/** The engines we are timed beside: what each can do, and how its process is started. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PortableLayout } from '../../model/portable.ts';
import { findChromium } from '../browser/chromium.ts';
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
  /** What computes, as we are asked for it. */
  backend: 'wasm' | 'webgpu';
  /** Our own engine, in a place other than this process. It takes networks as they are. */
  isOurs?: boolean;
  /** The engine of ours that must be timed in the same place. */
  beside?: string;
  /** Rivals of one home share a process. */
  home?: string;
  /** Uses one thread, whatever is asked. */
  singleThreaded?: boolean;
  /** Why it is not timed in a workload. */
  cannot?: Partial<Record<Workload, string>>;
  /** Its command, or why there is none. */
  command(threads: number): Promise<Command | string>;
}

const FOLDER = import.meta.dirname;
const ONLY_INFERS = 'ONNX Runtime does not train';

const inNode = (file: string, packages: readonly string[]) => async (): Promise<Command | string> => {
  const missing = packages.find((wanted) => !isInstalled(wanted));
  if (missing) return notInstalled(missing);
  return { file: process.execPath, args: [join(FOLDER, file)] };
};

function inNodeRival(
  file: string,
  rival: Pick<Rival, 'name' | 'packages' | 'layout'> & Partial<Rival>,
): Rival {
  return { backend: 'wasm', ...rival, command: inNode(file, rival.packages) };
}

const OURS_IN_CHROMIUM = 'inkling-webgpu-chromium';

/** One Chromium, and one page in it, is the home of all engines that need a browser. */
function inChromium(rival: Pick<Rival, 'name' | 'packages'> & Partial<Rival>): Rival {
  return {
    ...{ backend: 'webgpu', layout: 'channelsLast', home: 'chromium', singleThreaded: true },
    ...{ beside: OURS_IN_CHROMIUM, ...rival },
    async command() {
      const missing = rival.packages.find((wanted) => !isInstalled(wanted));
      if (missing) return notInstalled(missing);
      const file = findChromium();
      if (!file) {
        return 'there is no Chromium here; install it (on Debian: apt install chromium), or name it with CHROMIUM';
      }
      return { file: process.execPath, args: [join(FOLDER, 'chromium.ts'), file] };
    },
  };
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
    backend: 'wasm',
    async command(threads) {
      const file = await pythonWith('import torch');
      if (!file) return 'no python3 here has PyTorch; install it (on Debian: apt install python3-torch)';
      return { file, args: [join(FOLDER, 'pytorch.py'), 'cpu'], env: { OMP_NUM_THREADS: `${threads}` } };
    },
  },
  inChromium({
    name: 'tfjs-webgpu',
    packages: ['@tensorflow/tfjs', '@tensorflow/tfjs-backend-webgpu'],
  }),
  {
    name: 'pytorch-cuda',
    packages: [],
    layout: 'channelsFirst',
    backend: 'webgpu',
    async command() {
      const file = await pythonWith('import torch; assert torch.cuda.is_available()');
      if (!file) return 'no python3 here has PyTorch with a graphics card that CUDA reaches';
      return { file, args: [join(FOLDER, 'pytorch.py'), 'cuda'] };
    },
  },
];

const OUR_PAGE = inChromium({ name: OURS_IN_CHROMIUM, packages: [], isOurs: true });

/**
 * Rivals, and behind them our own engine in a page where one of them runs in a page: if a rival does not get ready and
 * its process is ended, ours has a new one.
 */
export function withOurs(rivals: readonly Rival[]): readonly Rival[] {
  return rivals.some(({ beside }) => beside === OURS_IN_CHROMIUM) ? [...rivals, OUR_PAGE] : rivals;
}

export const RIVAL_NAMES = RIVALS.map(({ name }) => name);

function isInstalled(name: string): boolean {
  return existsSync(join(FOLDER, 'node_modules', name, 'package.json'));
}

const notInstalled = (name: string) =>
  `${name} is not installed; --install-rivals gets it from the npm registry`;

const pythons = new Map<string, Promise<string | undefined>>();

/** The first Python that runs this: a version manager's may hide the system's. */
function pythonWith(code: string): Promise<string | undefined> {
  const known = pythons.get(code);
  if (known) return known;
  const found = findPython(code);
  pythons.set(code, found);
  return found;
}

async function findPython(code: string): Promise<string | undefined> {
  for (const file of ['python3', '/usr/bin/python3']) {
    try {
      await promisify(execFile)(file, ['-c', code], { timeout: 60_000 });
      return file;
    } catch {}
  }
  return undefined;
}
