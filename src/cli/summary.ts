/** `inkling summary`: a model's layers, shapes, parameters and work. */
import type { Argv } from 'yargs';
import { type ModelSpec, type ModelSummary, presetNames, summarise, UsageError } from '../index.ts';
import { byteSize, count, magnitude } from './format.ts';
import { type ModelFile, readModel } from './models.ts';
import { openPreset } from './presets.ts';
import { tableLines } from './table.ts';
import { harmless, paint, print, printJson } from './terminal.ts';

export function flags(commandLine: Argv) {
  return commandLine
    .positional('model', {
      type: 'string',
      describe: 'Model file [default: the one that comes with Inkling]',
    })
    .option('preset', {
      type: 'string',
      requiresArg: true,
      describe: `Show the model of a preset instead: ${presetNames().join(', ')}, or a JSON file`,
    })
    .option('json', { type: 'boolean' })
    .example('$0 summary', 'The model that comes with Inkling')
    .example('$0 summary runs/default/model.safetensors', 'A model of your own')
    .example('$0 summary --preset default', 'What train would train');
}

type Flags = Awaited<ReturnType<typeof flags>['argv']>;

export async function run({ model, preset: presetName, json }: Flags): Promise<number> {
  if (presetName !== undefined && model !== undefined) {
    throw new UsageError(`Name a model file or a preset, not both ${model} and --preset ${presetName}.`);
  }
  const file = presetName === undefined ? await readModel(model) : undefined;
  const spec: ModelSpec = file ? file.network.model : (await openPreset(presetName)).recipe.model;
  const summary = summarise(spec);
  if (json) {
    printJson({
      model: file?.path,
      preset: presetName,
      name: spec.name,
      ...summary,
      bytes: file?.bytes,
      classNames: file?.network.classNames,
      normalisation: file?.network.normalisation,
      provenance: file?.network.provenance,
    });
    return 0;
  }
  showLayers(summary);
  if (file) showFile(file);
  return 0;
}

/** Prints a model's layers. */
export function showLayers({ layers, input, parameters, state, flops }: ModelSummary): void {
  const head = ['layer', 'type', 'output', 'parameters', 'FLOPs'].map((title) => paint('bold', title));
  const rows = [
    ['input', '', input.join('×'), '', ''],
    ...layers.map((layer) => [
      harmless(layer.name),
      layer.type,
      layer.outputShape.join('×'),
      count(layer.parameters),
      magnitude(layer.flops),
    ]),
    ['total', '', '', count(parameters), magnitude(flops)].map((text) => paint('bold', text)),
  ];
  for (const line of tableLines([head, ...rows], ['left', 'left', 'right', 'right', 'right'])) print(line);
  if (state > 0) print(`The ${count(state)} values of running statistics are not counted as parameters.`);
}

/** Of what a file tells of its training, those that are tables and not facts: reports and the app draw them. */
const TABLES: readonly string[] = ['history', 'confusion'];

function showFile({ path, bytes, network }: ModelFile): void {
  const { mean, deviation } = network.normalisation;
  const facts: [string, string][] = [
    ['file', `${path}, ${byteSize(bytes)}`],
    ['classes', network.classNames.join(' ')],
    ['pixels', `0 to 1, less ${mean.toFixed(4)}, over ${deviation.toFixed(4)}`],
  ];
  for (const [key, value] of Object.entries(network.provenance)) {
    if (TABLES.includes(key)) continue;
    facts.push([key, typeof value === 'string' ? value : JSON.stringify(value)]);
  }
  print();
  const rows = facts.map(([key, value]) => [paint('bold', harmless(key)), harmless(value)]);
  for (const line of tableLines(rows, [])) print(line);
}
