/**
 * `inkling finetune`: trains the app's model on corrections, and lets the result answer where the gate lets it pass.
 *
 * Whatever comes of it is kept in the database with the reason. The gate measures against the model that was trained
 * from; where that is not the one that answers, nothing is promoted.
 */
import { createHash } from 'node:crypto';
import type { Argv } from 'yargs';
import {
  type Corrections,
  encodeNetwork,
  FINETUNE_DEFAULTS,
  finetune,
  type Network,
  requireEnough,
  type StepReport,
  UsageError,
  writeFileAtomic,
} from '../index.ts';
import { type AppDatabase, addOrFind, databaseFlag, withDatabase } from './appDatabase.ts';
import { readCorrections } from './correctionFiles.ts';
import { openDataset, requireDataset } from './datasets.ts';
import { engineFlags, engineOptions, positiveNumber, wholeNumber } from './flags.ts';
import { countOf } from './format.ts';
import { rehearsalOf } from './guard.ts';
import { barLine, downloadProgress, throttled } from './progress.ts';
import { drawLiveLine, liveLineWidth, note, print, printJson, wipeLiveLine } from './terminal.ts';

const REHEARSED = 6000;
const MOST_EXAMPLES = 1_000_000;
const FROM_DATABASE = 'db';
const PROGRESS_MILLISECONDS = 1000;

export function flags(commandLine: Argv) {
  return databaseFlag(engineFlags(commandLine))
    .positional('model', {
      type: 'string',
      describe: 'Version, alias or file of the model to go on from [default: champion]',
    })
    .option('corrections', {
      type: 'string',
      requiresArg: true,
      default: FROM_DATABASE,
      describe: 'db for those accepted in the app, or a folder as export-corrections writes it',
    })
    .option('replay', {
      type: 'string',
      requiresArg: true,
      describe: 'What it must not forget, as train takes it [default: what it was trained on, or mnist]',
    })
    .option('examples', {
      type: 'number',
      coerce: wholeNumber('examples', 1, MOST_EXAMPLES),
      requiresArg: true,
      default: REHEARSED,
      describe: 'How many pictures of that are seen again',
    })
    .option('data', {
      type: 'string',
      requiresArg: true,
      describe: "Folder with MNIST's files [default: $INKLING_DATA, or data/mnist]",
    })
    .option('epochs', {
      type: 'number',
      coerce: wholeNumber('epochs', 1, 1000),
      requiresArg: true,
      default: FINETUNE_DEFAULTS.epochs,
    })
    .option('batch', {
      type: 'number',
      coerce: wholeNumber('batch', 1, 4096),
      requiresArg: true,
      default: FINETUNE_DEFAULTS.batch,
    })
    .option('learning-rate', {
      type: 'number',
      coerce: positiveNumber('learning-rate'),
      requiresArg: true,
      default: FINETUNE_DEFAULTS.learningRate,
    })
    .option('seed', {
      type: 'number',
      coerce: wholeNumber('seed', 0, Number.MAX_SAFE_INTEGER),
      requiresArg: true,
      default: FINETUNE_DEFAULTS.seed,
      describe: 'Of shuffles and of which corrections are held out',
    })
    .option('keep', { type: 'boolean', describe: 'Keep the result as a candidate, whatever the gate says' })
    .option('out', { type: 'string', requiresArg: true, describe: 'Write the model file there, too' })
    .option('json', { type: 'boolean' })
    .example('$0 finetune', 'On the corrections that were accepted in the app')
    .example('$0 finetune --replay synthetic', 'Where MNIST is missing')
    .example('$0 finetune --corrections corrections/ --out better.safetensors', 'On a folder of pictures');
}

type Flags = Awaited<ReturnType<typeof flags>['argv']>;

export async function run(flags: Flags): Promise<number> {
  if (flags.replay !== undefined) await requireDataset(flags.replay);
  return withDatabase(flags.db, (database) => tune(database, flags));
}

async function tune(database: AppDatabase, flags: Flags): Promise<number> {
  const { readStored, addModel, promoteExamined, factsOf } = await import(
    '../../server/learning/registry.ts'
  );
  const { store, champion } = database;
  const parent = await addOrFind(database, flags.model ?? 'champion');
  const { network } = await readStored(store, parent);
  const corrections = await openCorrections(database, flags, network);
  requireEnough(corrections.dataset.labels.length);
  const replay = flags.replay ?? (await usualReplay(network));
  const source = await openDataset({ dataset: replay, data: flags.data, onProgress: downloadProgress() });
  const { epochs, batch, learningRate, seed, examples } = flags;
  const result = await finetune(network, {
    corrections,
    replay: rehearsalOf(source, network, { count: examples, seed }),
    ...{ epochs, batch, learningRate, seed, ...engineOptions(flags), onStep: progress(flags.json) },
  });
  wipeLiveLine();
  const { verdict } = result;
  result.network.provenance = provenanceOf(network, result.network, parent, {
    ...source.fingerprint,
    corrections: digestOf(corrections),
  });
  const bytes = encodeNetwork(result.network);
  if (flags.out !== undefined) await writeFileAtomic(flags.out, bytes);
  const { version } = await addModel(store, bytes, 'The fine-tuned model');
  const isKept = verdict.isPromoted || flags.keep === true;
  // The same was done before, by a process that died before it could say so.
  let promoted = version === champion;
  if (!promoted) {
    await store.register(version, {
      ...factsOf(result.network),
      scores: { validation: verdict.validation.after, heldCorrections: verdict.held.after },
      state: isKept ? 'candidate' : 'rejected',
      reason: verdict.reason,
    });
    if (isKept) await store.setAlias('candidate', version);
  }
  if (!promoted && verdict.isPromoted && flags.keep !== true && parent === champion) {
    const onlyAfter = await store.alias('champion');
    const isUnchanged = onlyAfter === undefined || onlyAfter === parent;
    promoted =
      isUnchanged &&
      (await promoteExamined(store, version, { reason: verdict.reason, previous: parent, onlyAfter }));
  }
  const outcome = promoted ? 'promoted' : isKept ? 'candidate' : 'rejected';
  const { trained, leaked } = result;
  if (flags.json) printJson({ event: 'result', version, parent, outcome, trained, leaked, ...verdict });
  else {
    const said = {
      promoted: `The model ${version} answers from now on, in place of ${parent}.`,
      candidate: `The model ${version} is kept as candidate; 'inkling models promote ${version}' lets it answer.`,
      rejected: `The model ${version} is kept, but ${champion} goes on answering.`,
    };
    print(`${said[outcome]} ${verdict.reason}`);
  }
  return 0;
}

async function openCorrections(
  { store }: AppDatabase,
  { corrections, json }: Flags,
  { classNames }: Network,
): Promise<Corrections> {
  if (corrections !== FROM_DATABASE) return readCorrections(corrections);
  const { correctionsFor, learningSet } = await import('../../server/learning/examples.ts');
  const set = await learningSet(store);
  if (set.corrections === 0) {
    throw new UsageError(
      'No correction has been accepted yet, so there is nothing to learn from; review them in the app first.',
    );
  }
  const { examples, corrections: accepted, unaligned, repeated, contradicted } = set;
  const facts = { accepted, unaligned, repeated, contradicted, pictures: examples.length };
  if (json) printJson({ event: 'corrections', ...facts });
  else note(`${learntFrom(facts)}.`);
  return correctionsFor(examples, classNames);
}

/** What becomes of corrections, in words. */
export function learntFrom(facts: {
  accepted: number;
  unaligned: number;
  repeated: number;
  contradicted: number;
  pictures: number;
}): string {
  const { accepted, unaligned, repeated, contradicted, pictures } = facts;
  const left = [
    [unaligned, 'whose text has another number of digits than were found'],
    [repeated, 'seen before'],
    [contradicted, 'blank or told to be different things'],
  ] as const;
  const without = left.flatMap(([number, why]) => (number > 0 ? [`${number} ${why}`] : []));
  return `${countOf(accepted, 'accepted correction')} give ${countOf(pictures, 'picture')}${without.length > 0 ? `; left out: ${without.join(', ')}` : ''}`;
}

/** What a network was trained on, where that is not a file; with pages for one that turns pictures away. */
async function usualReplay({ provenance, classNames }: Network): Promise<string> {
  const { dataset } = provenance;
  const usual = classNames.length > 10 ? 'mnist+pages' : 'mnist';
  if (typeof dataset !== 'string') return usual;
  return requireDataset(dataset).then(
    () => dataset,
    () => usual,
  );
}

/** What held-out pictures are found again by stays that of the parent. */
function provenanceOf(
  parent: Network,
  child: Network,
  version: string,
  data: Record<string, string>,
): Record<string, unknown> {
  const { name, preset, dataset, examples, validation, recipe } = parent.provenance;
  const label = `${name ?? preset ?? 'model'}`.replace(/ \(fine-tuned\)$/, '');
  const own = child.provenance.recipe as Record<string, unknown>;
  const seed = (recipe as { seed?: number } | undefined)?.seed ?? own.seed;
  return {
    ...{
      name: `${label} (fine-tuned)`,
      parents: [version],
      recipe: { ...own, seed },
      finetuneSeed: own.seed,
    },
    ...{ ...data, dataset: dataset ?? data.dataset, examples, validation },
  };
}

function digestOf({ dataset, weights }: Corrections): string {
  const hash = createHash('sha256').update(dataset.images).update(dataset.labels);
  return hash.update(JSON.stringify(Array.from(weights))).digest('hex');
}

function progress(json?: boolean): (report: StepReport) => void {
  if (json) return jsonProgress();
  return throttled(({ epoch, epochs, step, steps, loss }: StepReport) => {
    const share = (epoch - 1 + step / steps) / epochs;
    drawLiveLine(barLine('Fine-tuning', share, [`loss ${loss.toFixed(3)}`], liveLineWidth()));
  });
}

/** A line a second, at most. */
function jsonProgress(): (report: StepReport) => void {
  let last = Number.NEGATIVE_INFINITY;
  return ({ epoch, epochs, step, steps, loss }) => {
    if (performance.now() - last < PROGRESS_MILLISECONDS) return;
    last = performance.now();
    printJson({ event: 'progress', epoch, epochs, step, steps, loss });
  };
}
