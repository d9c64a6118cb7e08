/** `inkling train --queue`: has whoever works on a queue train, and fetches what came of it. */
import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { presetNames, readFileBounded } from '../../index.ts';
import { withQueue } from '../appQueue.ts';
import { percent } from '../format.ts';
import { Interrupted, interruptSignal } from '../interruption.ts';
import { openPreset, presetLabel } from '../presets.ts';
import { freshRecipe, type RecipeFlags } from '../recipes.ts';
import { RunFolder } from '../runFolder.ts';
import { harmless, note, print, printJson } from '../terminal.ts';
import { fetchResults } from './folders.ts';
import { followJob, patiently, requireShared } from './follow.ts';
import { TRAIN, type TrainPayload } from './trainJob.ts';

const MAXIMUM_PRESET_BYTES = 4e6;
/** Someone waits for it: less than for fine-tuning, and more than for each run of a study. */
const PRIORITY = 5;
/** Flags that a worker is told; places are its own affair. */
const PASSED_ON = [
  ...['epochs', 'batch', 'learning-rate', 'seed', 'examples', 'validation', 'report'],
  ...['early-stopping', 'reduce-on-plateau', 'save-best', 'save-every', 'terminate-on-nan', 'csv-log'],
  'tensorboard',
];

interface QueueTrainFlags extends RecipeFlags {
  [flag: string]: unknown;
  queue?: string;
  out?: string;
  force?: boolean;
  threads?: number;
  backend?: string;
  json?: boolean;
}

export async function trainThroughQueue(flags: QueueTrainFlags): Promise<number> {
  const { preset, queue: named, json, force } = flags;
  requireShared(flags.dataset);
  const payload = await payloadOf(flags);
  const folder = new RunFolder(flags.out ?? join('runs', presetLabel(preset)));
  await folder.requireWritable();
  if (!force) await folder.requireNothingUnfinished();
  const signal = interruptSignal();
  return withQueue(named, async ({ queue }) => {
    let id: string | undefined;
    try {
      const job = await patiently(signal, () =>
        queue.add({
          kind: TRAIN,
          priority: PRIORITY,
          label: presetLabel(preset),
          payload,
          key: force ? undefined : keyOf(payload),
        }),
      );
      id = job.id;
      if (json) printJson({ event: 'job', id });
      note(`The job ${id} is in the queue`);
      const { result } = await followJob(queue, id, {
        signal,
        onLine: (line) => note(harmless(line)),
        onProgress: (progress) => json && printJson({ event: 'epoch', ...(progress as object) }),
      });
      await patiently(signal, () => fetchResults(folder.path, id!, queue.artefacts));
      const { testAccuracy } = result as { testAccuracy: number };
      if (json) printJson({ event: 'end', model: folder.modelPath, ...(result as object) });
      else {
        print(`Test accuracy ${percent(testAccuracy)}`);
        print(`Model ${harmless(folder.modelPath)}`);
      }
      return 0;
    } catch (error) {
      if (!signal.aborted || id === undefined) throw error;
      throw new Interrupted(
        `Stopped waiting. The job goes on; the same command waits again, and 'inkling jobs cancel ${id}' ends it.`,
      );
    }
  });
}

async function payloadOf(flags: QueueTrainFlags): Promise<TrainPayload> {
  const { preset, dataset = 'mnist', threads, backend } = flags;
  // What is wrong with it is told here, not by a worker.
  freshRecipe((await openPreset(preset)).recipe, flags);
  // The same on all machines, unless it is asked for.
  const words = [`--backend=${backend === undefined || backend === 'auto' ? 'wasm' : backend}`];
  for (const flag of PASSED_ON) if (flags[flag] !== undefined) words.push(`--${flag}=${flags[flag]}`);
  if (preset === undefined || presetNames().includes(preset)) {
    if (preset !== undefined) words.push(`--preset=${preset}`);
    return { words, dataset, threads };
  }
  const text = new TextDecoder().decode(await readFileBounded(preset, MAXIMUM_PRESET_BYTES));
  return { words, dataset, threads, preset: { name: basename(preset), text } };
}

function keyOf(payload: TrainPayload): string {
  return `train:${createHash('sha256').update(JSON.stringify(payload)).digest('hex')}`;
}
