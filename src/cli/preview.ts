/** `inkling data preview`: a contact sheet of training pictures, changed as a preset would change them. */
import { encode } from 'fast-png';
import {
  augmentedCopy,
  contactSheet,
  type Dataset,
  InklingError,
  rowsOfClasses,
  shuffledOrder,
  subset,
  writeFileAtomic,
} from '../index.ts';

import { openDataset, requireDataset } from './datasets.ts';
import { countOf } from './format.ts';
import { withPages } from './pages.ts';
import { openPreset, presetLabel } from './presets.ts';
import { downloadProgress } from './progress.ts';
import { harmless, print, printJson, wipeLiveLine } from './terminal.ts';

/** Pictures from pages that have one of each class among them with near certainty. */
const PAGES_FOR_A_COLUMN = 40;

export interface PreviewFlags {
  preset?: string;
  dataset?: string;
  data?: string;
  seed?: number;
  examples?: number;
  columns: number;
  out: string;
  json?: boolean;
}

export async function preview(flags: PreviewFlags): Promise<void> {
  const { recipe } = await openPreset(flags.preset);
  await requireDataset(flags.dataset);
  const { dataset, data } = flags;
  const source = await openDataset({ dataset, data, onProgress: downloadProgress() });
  const seed = flags.seed ?? recipe.seed;
  const digits = source.training(flags.examples);
  const count = Math.min(digits.labels.length, PAGES_FOR_A_COLUMN * flags.columns);
  const seen = withPages(digits, source.pages, 'training', { count });
  const shown = someOfEach(seen, flags.columns, seed);
  if (shown.labels.length === 0) throw new InklingError(`${source.name} has no training pictures to show.`);
  const changed = await augmentedCopy(shown, recipe.augmentation ?? {}, { seed });
  const {
    width,
    height,
    channels,
    data: pixels,
  } = contactSheet(changed, rowsOfClasses(changed, flags.columns));
  await writeFileAtomic(flags.out, encode({ width, height, channels, data: pixels, depth: 8 }));
  wipeLiveLine();
  const preset = presetLabel(flags.preset);
  if (flags.json) {
    printJson({
      file: flags.out,
      width,
      height,
      pictures: shown.labels.length,
      preset,
      seed,
      dataset: source.name,
    });
    return;
  }
  const how = recipe.augmentation
    ? `changed as the preset ${harmless(preset)} says`
    : 'as they are, which is how the preset takes them';
  print(
    `${harmless(flags.out)}: ${countOf(shown.labels.length, 'picture')} of ${harmless(source.name)}, ${how}`,
  );
}

/** So many pictures of each class, drawn by lot. */
function someOfEach(dataset: Dataset, columns: number, seed: number): Dataset {
  const left = dataset.classNames.map(() => columns);
  const order = shuffledOrder(dataset.labels.length, seed, 0);
  return subset(
    dataset,
    order.filter((position) => left[dataset.labels[position]]-- > 0),
    dataset.name,
  );
}
