/** `inkling info`: what the engine finds on this machine, and what it takes. */
import { cpus, totalmem } from 'node:os';
import type { Argv } from 'yargs';
import packageFile from '../../package.json' with { type: 'json' };
import { type AdapterReport, surveyAdapters, surveyLevels } from '../index.ts';
import { engineOptions } from './flags.ts';
import { byteSize } from './format.ts';
import { tableLines } from './table.ts';
import { harmless, paint, print, printJson } from './terminal.ts';

export function flags(commandLine: Argv) {
  return commandLine
    .option('json', { type: 'boolean' })
    .example('$0 info', 'Instruction levels, threads, versions')
    .example('INKLING_WASM=simd $0 info', 'With a level of your choice');
}

type Flags = Awaited<ReturnType<typeof flags>['argv']>;

export async function run({ json }: Flags): Promise<number> {
  const wanted = engineOptions({}).level;
  const { levels, chosen } = await surveyLevels();
  const facts = {
    version: packageFile.version,
    node: process.versions.node,
    v8: process.versions.v8,
    platform: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    threads: navigator.hardwareConcurrency,
    memory: totalmem(),
    level: wanted ?? chosen,
    levelFrom: wanted ? 'INKLING_WASM' : 'the fastest that works',
    levels,
    adapters: await surveyAdapters(),
  };
  if (json) printJson(facts);
  else show(facts);
  return 0;
}

function show(facts: {
  version: string;
  node: string;
  v8: string;
  platform: string;
  processor: string;
  threads: number;
  memory: number;
  level: string;
  levelFrom: string;
  levels: Awaited<ReturnType<typeof surveyLevels>>['levels'];
  adapters: AdapterReport[];
}): void {
  const rows = [
    ['Inkling', facts.version],
    ['Node', `${facts.node} (V8 ${facts.v8})`],
    ['machine', `${harmless(facts.processor)}, ${facts.platform}, ${byteSize(facts.memory)}`],
    ['threads', String(facts.threads)],
    ['level', `${facts.level} (${facts.levelFrom})`],
  ];
  for (const line of tableLines(rows, [])) print(line);
  print();
  const head = ['level', 'instructions', 'here'].map((title) => paint('bold', title));
  const body = facts.levels.map(({ level, name, works, reason }) => [
    level,
    name,
    works ? 'works' : (reason ?? ''),
  ]);
  for (const line of tableLines([head, ...body], [])) print(line);
  print();
  showAdapters(facts.adapters);
}

function showAdapters(adapters: readonly AdapterReport[]): void {
  if (adapters.length === 0) {
    print('No graphics card that WebGPU can use.');
    return;
  }
  const head = ['graphics card', 'features', 'largest buffer', 'workgroup'].map((title) =>
    paint('bold', title),
  );
  const body = adapters.map(({ name, isSoftware, features, limits }) => [
    harmless(isSoftware ? `${name} (in software)` : name),
    features.join(', '),
    byteSize(limits.maxStorageBufferBindingSize),
    `${limits.maxComputeInvocationsPerWorkgroup} invocations, ${byteSize(limits.maxComputeWorkgroupStorageSize)}`,
  ]);
  for (const line of tableLines([head, ...body], [])) print(line);
}
