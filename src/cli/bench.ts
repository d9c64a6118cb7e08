/** `inkling bench`: how fast kernels run here, and networks train and answer, by us and by others. */
import type { Argv } from 'yargs';
import { caseName, type Direction, KERNEL_CASES, type KernelCase } from '../bench/kernels/cases.ts';
import { benchKernels, type KernelResult } from '../bench/kernels/measure.ts';
import { describeMachine } from '../bench/machine.ts';
import { renderMarkdown, replaceBetweenMarkers, type Section, withMarkers } from '../bench/markdown.ts';
import { type BenchResult, type BenchSkip, benchNetworks, type Workload } from '../bench/networks.ts';
import type { Peak } from '../bench/peak.ts';
import { renderReport } from '../bench/report.ts';
import { RIVAL_NAMES, RIVALS, type Rival } from '../bench/rivals/catalogue.ts';
import { installRivals } from '../bench/rivals/install.ts';
import { benchScaling, type ScalingResult } from '../bench/scaling/measure.ts';
import { milliseconds } from '../bench/summary.ts';
import { fileErrorCode } from '../data/files.ts';
import { InklingError, NETWORKS, readFileBounded, UsageError, writeFileAtomic } from '../index.ts';
import { showRun } from './benchTables.ts';
import { engineOptions, oneOf, wholeNumber } from './flags.ts';
import { note, printJson } from './terminal.ts';

const KINDS = ['kernels', 'train', 'infer', 'scaling'] as const;
type Kind = (typeof KINDS)[number];
const BACKENDS = ['wasm', 'webgpu'] as const;
type Backend = (typeof BACKENDS)[number];
/** Curves take longest, and few ask for them. */
const DEFAULT_KINDS: readonly Kind[] = ['kernels', 'train', 'infer'];
const DEFAULT_SECONDS: Record<Kind, number> = { kernels: 1, train: 8, infer: 8, scaling: 1 };
const DEFAULT_BATCHES: Record<Workload, number[]> = { train: [128], infer: [1, 32, 256] };
const ALL_NETWORKS = Object.keys(NETWORKS);
/** `convnet` is there to train beside jax-js, and says nothing about inference that the others do not. */
const DEFAULT_NETWORKS: Record<Workload, string[]> = {
  train: ALL_NETWORKS,
  infer: ALL_NETWORKS.filter((name) => name !== 'convnet'),
};
const MOST_THREADS = 64;
const MOST_PICTURES = 65_536;
const MOST_SECONDS = 3600;
const LARGEST_MARKDOWN = 2 ** 24;

export function flags(commandLine: Argv) {
  return commandLine
    .positional('what', {
      choices: KINDS,
      describe:
        'kernels: each operation alone; train: steps with Adam; infer: answers for a batch; scaling: how times grow [default: all but scaling]',
    })
    .option('network', {
      type: 'string',
      requiresArg: true,
      describe: `Networks to time, with commas between: ${ALL_NETWORKS.join(', ')} [default: all, but convnet only to train; deep for scaling]`,
    })
    .option('kernel', {
      type: 'string',
      requiresArg: true,
      describe: 'Of the kernels only those whose case has this text in it',
    })
    .option('batch', {
      type: 'string',
      requiresArg: true,
      describe: 'Pictures at a time [default: 128 to train; 1, 32 and 256 to infer; 1 to 1024 for scaling]',
    })
    .option('backend', {
      choices: BACKENDS,
      coerce: oneOf('backend', BACKENDS),
      requiresArg: true,
      default: 'wasm' as const,
      describe: 'What of ours computes: WebAssembly, or the graphics card',
    })
    .option('threads', {
      type: 'string',
      requiresArg: true,
      describe: 'Numbers of threads to compare [default: 1 and all]',
    })
    .option('repeats', {
      type: 'number',
      coerce: wholeNumber('repeats', 3, 10_000),
      requiresArg: true,
      default: 25,
      describe: 'Turns of each case, of which the median counts',
    })
    .option('seconds', {
      type: 'number',
      coerce: wholeNumber('seconds', 1, MOST_SECONDS),
      requiresArg: true,
      describe:
        'The most that each engine may take for a case, if three turns fit [default: 8 for a network, 1 for a kernel]',
    })
    .option('rivals', {
      type: 'string',
      requiresArg: true,
      default: 'none',
      describe: `Engines to time beside ours: none, all of its kind, or some of ${RIVAL_NAMES.join(', ')}`,
    })
    .option('install-rivals', {
      type: 'boolean',
      describe: 'First get the rivals that the npm registry has, about 700 MB',
    })
    .option('patience', {
      type: 'number',
      coerce: wholeNumber('patience', 1, MOST_SECONDS),
      requiresArg: true,
      default: 60,
      describe: 'Seconds: a rival whose step takes longer is left out',
    })
    .option('report', {
      type: 'string',
      requiresArg: true,
      describe: 'Also write a page with charts to this HTML file',
    })
    .option('markdown', {
      type: 'string',
      requiresArg: true,
      describe:
        'Also write tables to this file, between its markers where it has them; of kernels alone, between markers of their own',
    })
    .option('json', { type: 'boolean' })
    .example('$0 bench kernels --kernel conv2d', 'Convolutions beside what this machine can do')
    .example('$0 bench train', 'A training step of each network')
    .example('$0 bench infer --network deep --batch 1,256', 'One network, two batch sizes')
    .example('$0 bench train --backend webgpu --rivals tfjs-webgpu', 'On the graphics card, also in Chromium')
    .example('$0 bench --rivals all --install-rivals --report bench.html', 'Beside everyone else');
}

type Flags = Awaited<ReturnType<typeof flags>['argv']>;

export async function run(flags: Flags): Promise<number> {
  const { what, repeats, report, markdown } = flags;
  const networks = networksOf(flags.network);
  const { backend } = flags;
  const rivals = rivalsOf(flags.rivals, backend);
  const kernelCases = kernelCasesOf(flags.kernel);
  const { level } = engineOptions({});
  const threads = threadsOf(flags.threads, backend);
  if (backend === 'webgpu' && what === 'scaling') {
    throw new UsageError(
      'Curves are of WebAssembly; leave out --backend webgpu, or choose kernels, train or infer.',
    );
  }
  const batches = flags.batch === undefined ? undefined : wholeNumbers('batch', flags.batch, MOST_PICTURES);
  const section = what === 'kernels' ? 'kernels' : 'all';
  const saveMarkdown = markdown === undefined ? undefined : await openMarkdown(markdown, section);
  if (flags.installRivals) await installRivals();

  const results: BenchResult[] = [];
  const skips: BenchSkip[] = [];
  const kernels: KernelResult[] = [];
  const scaling: ScalingResult[] = [];
  const keep = <Row extends Measured>(rows: Row[]) => ({
    onResult(row: Row) {
      rows.push(row);
      tell(row, flags.json);
    },
  });
  const measure = async (kind: Kind): Promise<Peak> => {
    const timing = { backend, level, repeats, secondsEach: flags.seconds ?? DEFAULT_SECONDS[kind] };
    if (kind === 'kernels') {
      return (await benchKernels({ ...timing, cases: kernelCases, threads, ...keep(kernels) })).peak;
    }
    if (kind === 'scaling') {
      const [network] = networks ?? (['deep'] as const);
      return (await benchScaling({ ...timing, network, batches, ...keep(scaling) })).peak;
    }
    const { peak } = await benchNetworks({
      ...{ ...timing, workload: kind, threads, rivals, stepLimitSeconds: flags.patience },
      networks: networks ?? DEFAULT_NETWORKS[kind],
      ...{ batches: batches ?? DEFAULT_BATCHES[kind], ...keep(results) },
      onSkip(skip) {
        skips.push(skip);
        if (flags.json) printJson(skip);
      },
    });
    return peak;
  };
  let peak: Peak | undefined;
  for (const kind of what ? [what as Kind] : DEFAULT_KINDS) peak = await measure(kind);
  if (!peak) return 0;
  const all = { machine: describeMachine(), peak, results, skips, kernels, scaling };
  if (!flags.json) showRun(all);
  if (report !== undefined) await writeFileAtomic(report, renderReport(all));
  await saveMarkdown?.(renderMarkdown(all));
  return 0;
}

type Measured = Pick<BenchResult, 'case' | 'engine' | 'threads' | 'milliseconds'>;

function tell(row: Measured, json: boolean | undefined): void {
  if (json) printJson(row);
  else note(`${row.case}, ${row.engine} on ${row.threads}: ${milliseconds(row.milliseconds)} ms`);
}

function kernelCasesOf(text: string | undefined): readonly KernelCase[] {
  if (text === undefined) return KERNEL_CASES;
  const cases = KERNEL_CASES.map((kernelCase) => {
    const directions = Object.entries(kernelCase.directions).filter(([direction]) =>
      caseName(kernelCase, direction as Direction).includes(text),
    );
    return { ...kernelCase, directions: Object.fromEntries(directions) };
  }).filter(({ directions }) => Object.keys(directions).length > 0);
  if (cases.length > 0) return cases;
  const names = new Set(KERNEL_CASES.map(({ operation }) => operation));
  throw new UsageError(`No kernel's case has "${text}" in it; there are gemm, ${[...names].join(', ')}.`);
}

type NetworkName = keyof typeof NETWORKS;

function networksOf(list: string | undefined): NetworkName[] | undefined {
  const names = list?.split(',');
  for (const name of names ?? []) {
    if (Object.hasOwn(NETWORKS, name)) continue;
    throw new UsageError(`There is no network "${name}"; there are ${ALL_NETWORKS.join(', ')}.`);
  }
  return names as NetworkName[] | undefined;
}

function rivalsOf(list: string, backend: Backend): readonly Rival[] {
  if (list === 'none') return [];
  if (list === 'all') return RIVALS.filter((rival) => rival.backend === backend);
  return list.split(',').map((name) => {
    const rival = RIVALS.find((candidate) => candidate.name === name);
    if (rival && rival.backend === backend) return rival;
    if (rival) {
      throw new UsageError(`The rival ${name} is timed beside ours with --backend ${rival.backend}.`);
    }
    throw new UsageError(
      `There is no rival "${name}"; --rivals takes none, all, or some of ${RIVAL_NAMES.join(', ')}.`,
    );
  });
}

/** On a graphics card there is nothing to choose: 1, which says nothing. */
function threadsOf(list: string | undefined, backend: Backend): number[] {
  if (list === undefined) {
    return backend === 'webgpu' ? [1] : [...new Set([1, navigator.hardwareConcurrency])];
  }
  if (backend === 'wasm') return wholeNumbers('threads', list, MOST_THREADS);
  throw new UsageError('--threads is of WebAssembly; leave it out with --backend webgpu.');
}

function wholeNumbers(flag: string, list: string, maximum: number): number[] {
  return list.split(',').map((word) => wholeNumber(flag, 1, maximum)(Number(word)));
}

/**
 * Looks at the file that tables go into, before anything is measured: between its markers, or into a new file.
 * Returns what writes them.
 */
async function openMarkdown(path: string, section: Section): Promise<(tables: string) => Promise<void>> {
  let text: string;
  try {
    text = new TextDecoder().decode(await readFileBounded(path, LARGEST_MARKDOWN));
  } catch (error) {
    if (!(error instanceof InklingError) || fileErrorCode(error.cause) !== 'ENOENT') throw error;
    return (tables) => writeFileAtomic(path, withMarkers(tables, section));
  }
  if (replaceBetweenMarkers(text, '', section) === undefined) {
    throw new UsageError(
      `${path} has no markers for the tables to go between; name a file that is not there yet, and see the markers in it.`,
    );
  }
  return (tables) => writeFileAtomic(path, replaceBetweenMarkers(text, tables, section) as string);
}
