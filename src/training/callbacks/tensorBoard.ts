/**
 * Events for TensorBoard: numbers of each epoch, histograms of the weights, pictures of mistakes, the model as text
 * and as a graph.
 *
 * Folders, names and the count of epochs from 0 are those of Keras's TensorBoard callback, so that runs of both can
 * be laid over each other. Times are when it happened, so event files differ from run to run; nothing else does.
 */
import { buildGraph } from '../../model/graph.ts';
import type { ModelSpec } from '../../model/layers.ts';
import { summarise } from '../../model/summary.ts';
import {
  type GraphNode,
  graphRecord,
  type SummaryEntry,
  summaryRecord,
  versionRecord,
} from '../../report/tensorboard.ts';
import type { EpochRecord } from '../checkpoint.ts';
import type { Callback, Output, TrainingControl } from './callback.ts';

export interface TensorBoardOptions {
  /** `tensorboard` by default. */
  folder?: string;
  /** Epochs between histograms of the weights, and 0 for none; 1 by default. */
  histogramEvery?: number;
  /** Pictures of mistakes on the validation set, each epoch; 16 by default. */
  mistakes?: number;
}

/** TensorBoard knows event files by the first words; the rest is free. */
const FILE = 'events.out.tfevents.inkling';

export function tensorBoard(
  options: TensorBoardOptions,
  output: Output,
  now: () => number = Date.now,
): Callback {
  const { folder = 'tensorboard', histogramEvery = 1, mistakes = 16 } = options;
  const files = { train: `${folder}/train/${FILE}`, validation: `${folder}/validation/${FILE}` };
  let positions = { train: 0, validation: 0 };
  const seconds = () => now() / 1000;

  async function write(which: keyof typeof files, bytes: Uint8Array): Promise<void> {
    await output.writeAt(files[which], positions[which], bytes);
    positions[which] += bytes.length;
  }

  async function begin(run: TrainingControl): Promise<void> {
    await write('train', versionRecord(seconds()));
    await write('train', graphRecord(seconds(), graphOf(run.model)));
    await write('train', summaryRecord(seconds(), 0, [{ tag: 'model', text: layerTable(run.model) }]));
    if (run.validation) await write('validation', versionRecord(seconds()));
  }

  return {
    name: `tensorBoard ${folder}`,
    onTrainBegin() {
      positions = { train: 0, validation: 0 };
    },
    async onEpochEnd(record, run) {
      if (positions.train === 0) await begin(run);
      const step = record.epoch - 1;
      const entries: SummaryEntry[] = scalars(record);
      if (histogramEvery > 0 && step % histogramEvery === 0) {
        for (const [name, values] of await run.weights()) {
          const [layer, ...role] = name.split('.');
          entries.push({ tag: `${layer}/${role.join('.')}`, histogram: values });
        }
      }
      await write('train', summaryRecord(seconds(), step, entries));
      if (!run.validation) return;
      await write(
        'validation',
        summaryRecord(seconds(), step, [
          { tag: 'epoch_loss', scalar: record.validationLoss! },
          { tag: 'epoch_accuracy', scalar: record.validationAccuracy! },
          ...mistakeEntries(run, mistakes),
        ]),
      );
    },
    state: () => ({ values: { positions: { ...positions } } }),
    restore({ values }) {
      positions = { ...(values.positions as typeof positions) };
    },
  };
}

function scalars({ trainLoss, trainAccuracy, learningRate }: EpochRecord): SummaryEntry[] {
  return [
    { tag: 'epoch_loss', scalar: trainLoss },
    { tag: 'epoch_accuracy', scalar: trainAccuracy },
    { tag: 'epoch_learning_rate', scalar: learningRate },
  ];
}

/** Pictures with ink in black, and a table that says what each is and was taken for. */
function mistakeEntries({ validation, mistakes }: TrainingControl, most: number): SummaryEntry[] {
  const { images, shape, classNames } = validation!;
  const [height, width, channels] = shape;
  const size = height * width * channels;
  const shown = mistakes.slice(0, most);
  if (shown.length === 0 || (channels !== 1 && channels !== 3)) return [];
  const name = (index: number) => String(index + 1).padStart(2, '0');
  const pictures = shown.map(({ example }, index): SummaryEntry => {
    const pixels = images.slice(example * size, (example + 1) * size).map((ink) => 255 - ink);
    return { tag: `mistakes/${name(index)}`, picture: { width, height, channels, pixels } };
  });
  const rows = shown.map(
    ({ example, label, answer }, index) =>
      `| ${name(index)} | ${example} | ${classNames[label]} | ${classNames[answer]} |`,
  );
  const head = '| picture | example | is | taken for |\n|---|---|---|---|';
  return [...pictures, { tag: 'mistakes', text: `${head}\n${rows.join('\n')}` }];
}

function graphOf(model: ModelSpec): GraphNode[] {
  const { nodes, values, input } = buildGraph(model, 1);
  const sourceOf = (value: number): number => {
    const { sameAs } = values[value];
    return sameAs === undefined ? value : sourceOf(sameAs);
  };
  const names = new Map([[input, 'input']]);
  for (const { name, output } of nodes) names.set(output, name);
  return [
    { name: 'input', operation: 'input', inputs: [] },
    ...nodes.map(({ name, operation, inputs }) => ({
      name,
      operation: operation.name,
      inputs: inputs.map((value) => names.get(sourceOf(value))!),
    })),
  ];
}

function layerTable(model: ModelSpec): string {
  const { layers, input, parameters } = summarise(model);
  const rows = layers.map(
    ({ name, type, outputShape, parameters: own }) =>
      `| ${name} | ${type} | ${outputShape.join('×')} | ${own} |`,
  );
  return [
    '| layer | type | output | parameters |',
    '|---|---|---|---|',
    `| input | | ${input.join('×')} | |`,
    ...rows,
    `| total | | | ${parameters} |`,
  ].join('\n');
}
