/**
 * `inkling train --dry-run`: what a run would do, without doing it. Nothing is written, and of MNIST nothing is
 * needed.
 */
import { defaultValidationCount, learningRateAt, type Recipe, summarise, UsageError } from '../index.ts';
import { chartLines } from './chart.ts';
import { knownCount, openDataset } from './datasets.ts';
import { count, countOf } from './format.ts';
import { divide } from './guard.ts';
import { showLayers } from './summary.ts';
import { paint, print, printJson } from './terminal.ts';

/** Points of the learning rate in `--json`, and columns of its chart. */
const POINTS = 200;
const COLUMNS = 72;
const ROWS = 8;

export interface DryRunFlags {
  dataset?: string;
  data?: string;
  examples?: number;
  validation?: number;
  json?: boolean;
}

export async function dryRun(recipe: Recipe, presetName: string, flags: DryRunFlags): Promise<void> {
  const { training, validation } = await divisionOf(recipe, flags);
  const stepsPerEpoch = Math.floor(training / recipe.batch);
  if (stepsPerEpoch < 1) {
    throw new UsageError(
      `${countOf(Math.max(0, training), 'picture')} to train on are fewer than one batch of ${recipe.batch}; choose a smaller batch.`,
    );
  }
  const steps = recipe.epochs * stepsPerEpoch;
  const points = Array.from({ length: Math.min(POINTS, steps) }, (_, point) => {
    const step = Math.round((point * (steps - 1)) / Math.max(1, Math.min(POINTS, steps) - 1));
    const rate = learningRateAt(recipe.schedule, recipe.learningRate, { ...recipe, step, stepsPerEpoch });
    return { step, learningRate: rate };
  });
  const summary = summarise(recipe.model);
  if (flags.json) {
    printJson({
      ...{ event: 'dryRun', preset: presetName, recipe, dataset: flags.dataset ?? 'mnist' },
      ...{ examples: training, validation, stepsPerEpoch, steps, summary, learningRates: points },
    });
    return;
  }
  const { model: _, ...settings } = recipe;
  print(paint('bold', `Recipe of the preset ${presetName}, as flags change it`));
  for (const [key, value] of Object.entries(settings)) {
    print(`  ${key.padEnd(17)}${typeof value === 'object' ? JSON.stringify(value) : String(value)}`);
  }
  print();
  print(
    `${countOf(training, 'picture')}, ${count(validation)} held out: ${countOf(recipe.epochs, 'epoch')} of ${countOf(stepsPerEpoch, 'step')}, ${count(steps)} in all`,
  );
  print();
  showLayers(summary);
  print();
  showRates(points.map(({ learningRate }) => learningRate));
}

/** How many pictures would be trained on, and held out. */
export async function divisionOf(
  { seed }: Recipe,
  { dataset, data, examples, validation }: DryRunFlags,
): Promise<{ training: number; validation: number }> {
  const known = knownCount(dataset);
  if (known !== undefined) {
    const total = examples ?? known;
    const held = validation ?? defaultValidationCount(total);
    // Of each digit there is a picture from a page.
    const copies = dataset?.endsWith('+pages') ? 2 : 1;
    return { training: copies * (total - held), validation: copies * held };
  }
  const divided = divide(await openDataset({ dataset, data }), { examples, validation, seed });
  return { training: divided.training.labels.length, validation: divided.validation?.labels.length ?? 0 };
}

function showRates(rates: readonly number[]): void {
  const most = Math.max(...rates);
  print(`Learning rate, from ${shown(rates[0])} over at most ${shown(most)} to ${shown(rates.at(-1)!)}`);
  for (const line of chartLines(rates, COLUMNS, ROWS)) print(`  ${paint('cyan', line)}`);
}

const shown = (rate: number) => String(Number(rate.toPrecision(3)));
