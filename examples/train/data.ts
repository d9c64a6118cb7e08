/** The worker's data: digits drawn on the spot, or the files that the visitor chose. */
import { type Dataset, datasetFromFiles, splitDataset, syntheticDigits } from 'inkling/browser';
import type { DataChoice, Report } from './messages.ts';

export interface Data {
  training: Dataset;
  heldOut: Dataset;
}

const SEED = 1;
/** Drawn between two reports of how far it is. */
const PORTION = 500;
/** One in so many pictures is held out, where there is no set for that. */
const HELD_OUT_SHARE = 6;

export async function loadData(choice: DataChoice, report: (message: Report) => void): Promise<Data> {
  if (choice.kind === 'files') return chosenFiles(choice.files);
  const whole = drawDigits(choice.count, report);
  return held(whole);
}

function held(whole: Dataset): Data {
  const { train, validation } = splitDataset(whole, Math.ceil(whole.labels.length / HELD_OUT_SHARE), SEED);
  return { training: { ...train, name: whole.name }, heldOut: validation };
}

function drawDigits(count: number, report: (message: Report) => void): Dataset {
  const parts: Dataset[] = [];
  for (let done = 0; done < count; done += PORTION) {
    parts.push(syntheticDigits({ count: Math.min(PORTION, count - done), seed: SEED + done }));
    report({ type: 'drawing', done: Math.min(count, done + PORTION), count });
  }
  const images = new Uint8Array(parts.reduce((sum, part) => sum + part.images.length, 0));
  const labels = new Uint8Array(count);
  let [pixel, picture] = [0, 0];
  for (const part of parts) {
    images.set(part.images, pixel);
    labels.set(part.labels, picture);
    pixel += part.images.length;
    picture += part.labels.length;
  }
  return { ...parts[0], name: 'synthetic digits', images, labels };
}

/** Two files of pictures and labels that belong together, or four: the larger set is trained on. */
async function chosenFiles(files: readonly File[]): Promise<Data> {
  const pairs = new Map<string, Partial<Record<'images' | 'labels', File>>>();
  for (const file of files) {
    const kind = /images|labels/.exec(file.name)?.[0] as 'images' | 'labels' | undefined;
    if (!kind) {
      throw new Error(`${file.name} has neither "images" nor "labels" in its name, as MNIST's files have.`);
    }
    const key = file.name.replace(/[-_.]?(images|labels).*/, '');
    pairs.set(key, { ...pairs.get(key), [kind]: file });
  }
  const sets: Dataset[] = [];
  for (const [key, { images, labels }] of pairs) {
    if (!images || !labels) {
      throw new Error(`Choose the files of "${key}" together: its pictures and its labels.`);
    }
    sets.push(await datasetFromFiles({ images: await bytesOf(images), labels: await bytesOf(labels) }, key));
  }
  if (sets.length > 2)
    throw new Error(`These are ${sets.length} data sets; choose one, or one and its test set.`);
  const [larger, heldOut] = sets.sort((a, b) => b.labels.length - a.labels.length);
  const training = { ...larger, name: 'your files' };
  return heldOut ? { training, heldOut } : held(training);
}

async function bytesOf(file: File): Promise<{ name: string; bytes: Uint8Array }> {
  return { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
}
