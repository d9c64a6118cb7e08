/**
 * Accepted corrections as pictures to learn from.
 *
 * A correction tells what the whole picture says, so it says of each digit what it is only where it has as many digits
 * as were found; others are left out and counted. Of an empty one, what was found is no digit.
 *
 * The same ink, also when it was moved, counts once; where it was given two meanings, nobody knows which is right, and
 * it is left out. All that one owner corrected weighs at most as much as `MOST_WEIGHT` pictures, however much it is, so
 * that nobody can drown the others.
 */
import { type Corrections, type Dataset, inkHashes, READER_CLASSES } from '../../src/index.ts';
import type { Store, StoredCorrection } from '../store/store.ts';

const PIXELS = 28 * 28;
const NO_DIGIT = READER_CLASSES.length - 1;
/** What one owner's corrections weigh together, in pictures. */
export const MOST_WEIGHT = 32;
/** The latest are taken. */
const MOST_EXAMPLES = 50_000;
const PAGE = 100;

export interface Example {
  /** Of the prediction and the digit's place in it. */
  name: string;
  owner: string;
  image: Uint8Array;
  /** 10 where it is no digit. */
  label: number;
  weight: number;
}

export interface LearningSet {
  examples: Example[];
  /** Accepted corrections, and how many of them have another number of digits than were found. */
  corrections: number;
  unaligned: number;
  /** Pictures left out, since their ink was there before, or since it was given another meaning, too. */
  repeated: number;
  contradicted: number;
}

/** Reads all accepted corrections. */
export async function learningSet(store: Pick<Store, 'corrections'>): Promise<LearningSet> {
  const accepted: StoredCorrection[] = [];
  let pictures = 0;
  let after: string | undefined;
  do {
    const page = await store.corrections({ state: 'accepted', limit: PAGE, after });
    accepted.push(...page.corrections);
    pictures += page.corrections.reduce((sum, { digits }) => sum + digits.length, 0);
    after = page.next ?? undefined;
  } while (after !== undefined && pictures < MOST_EXAMPLES);
  return examplesOf(accepted);
}

export function examplesOf(accepted: readonly StoredCorrection[]): LearningSet {
  const aligned = accepted.map(align);
  const unaligned = aligned.filter((examples) => examples === undefined).length;
  const { kept, repeated, contradicted } = distinct(aligned.flatMap((examples) => examples ?? []));
  weigh(kept);
  return { examples: kept, corrections: accepted.length, unaligned, repeated, contradicted };
}

/** As a data set of a network's classes; what is no digit only where the network can tell. */
export function correctionsFor(examples: readonly Example[], classNames: readonly string[]): Corrections {
  const fitting = examples.filter(({ label }) => label < classNames.length);
  return { dataset: datasetOf(fitting, classNames), weights: fitting.map(({ weight }) => weight) };
}

function datasetOf(examples: readonly Example[], classNames: readonly string[]): Dataset {
  const images = new Uint8Array(examples.length * PIXELS);
  for (const [i, { image }] of examples.entries()) images.set(image, i * PIXELS);
  const labels = Uint8Array.from(examples, ({ label }) => label);
  return { name: 'corrections', images, labels, shape: [28, 28, 1], classNames };
}

/** Undefined where it cannot be said which digit is which. */
function align({ id, owner, correction, relabelled, digits }: StoredCorrection): Example[] | undefined {
  const told = [...(relabelled ?? correction).replaceAll('\n', '')];
  if (told.length > 0 && told.length !== digits.length) return undefined;
  return digits.map(({ image }, place) => ({
    ...{ name: `${id}-${place}`, owner, image, weight: 1 },
    label: told.length === 0 ? NO_DIGIT : Number(told[place]),
  }));
}

function distinct(examples: readonly Example[]): { kept: Example[]; repeated: number; contradicted: number } {
  const hashes = inkHashes(datasetOf(examples, READER_CLASSES));
  const meanings = new Map<number, Set<number>>();
  for (const [i, { label }] of examples.entries()) {
    const labels = meanings.get(hashes[i]) ?? new Set();
    meanings.set(hashes[i], labels.add(label));
  }
  const kept: Example[] = [];
  const seen = new Set<number>();
  let [repeated, contradicted] = [0, 0];
  for (const [i, example] of examples.entries()) {
    if (Number.isNaN(hashes[i]) || meanings.get(hashes[i])!.size > 1) contradicted++;
    else if (seen.has(hashes[i])) repeated++;
    else kept.push(example);
    seen.add(hashes[i]);
  }
  return { kept, repeated, contradicted };
}

function weigh(examples: Example[]): void {
  const counts = new Map<string, number>();
  for (const { owner } of examples) counts.set(owner, (counts.get(owner) ?? 0) + 1);
  for (const example of examples) example.weight = Math.min(1, MOST_WEIGHT / counts.get(example.owner)!);
}
