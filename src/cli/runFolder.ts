/**
 * The folder of a training run.
 *
 * `run.json` says from the start what the run is to do and where; `checkpoint.safetensors` is written after each epoch
 * and is all that `--resume` needs; `history.csv` tells how the epochs went and `metrics.jsonl` how it went within
 * them; `model.safetensors` and `results.json` appear when the run is done, and `report.html` shows it all. Each file
 * is replaced as a whole or not at all, but for the logs, which grow.
 */
import { access, mkdir, open, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import {
  type Checkpoint,
  decodeCheckpoint,
  decodeNetwork,
  describeFileError,
  type EpochRecord,
  encodeCheckpoint,
  encodeNetwork,
  InklingError,
  type Network,
  type RunRecord,
  type RunResults,
  type RunStart,
  readFileBounded,
  type StepLine,
  UsageError,
  writeFileAtomic,
} from '../index.ts';

/** Weights and two slots of the optimiser for a hundred million parameters. */
const MAXIMUM_CHECKPOINT_BYTES = 1.2e9;

const MAXIMUM_TEXT_BYTES = 64e6;

const HISTORY_COLUMNS: readonly (keyof EpochRecord)[] = [
  'epoch',
  'trainLoss',
  'trainAccuracy',
  'validationLoss',
  'validationAccuracy',
  'learningRate',
  'seconds',
  'imagesPerSecond',
];

export class RunFolder {
  readonly path: string;
  readonly modelPath: string;
  readonly checkpointPath: string;
  readonly reportPath: string;
  readonly #historyPath: string;
  readonly #startPath: string;
  readonly #resultsPath: string;

  constructor(path: string) {
    this.path = path;
    this.modelPath = join(path, 'model.safetensors');
    this.checkpointPath = join(path, 'checkpoint.safetensors');
    this.reportPath = join(path, 'report.html');
    this.#startPath = join(path, 'run.json');
    this.#resultsPath = join(path, 'results.json');
    this.#historyPath = join(path, 'history.csv');
  }

  /** Makes the folder if need be, and makes sure that files can be written there, before any work is done. */
  async requireWritable(): Promise<void> {
    const probe = join(this.path, `.writable-${process.pid}.tmp`);
    try {
      await mkdir(this.path, { recursive: true });
      const handle = await open(probe, 'wx');
      await handle.close();
      await rm(probe);
    } catch (error) {
      throw describeFileError(error, 'write to the output folder', this.path);
    }
  }

  async hasModel(): Promise<boolean> {
    return exists(this.modelPath);
  }

  /** The checkpoint to go on from. */
  async checkpointToResume(): Promise<Checkpoint> {
    if (!(await exists(this.checkpointPath))) {
      throw new UsageError(
        `There is no run to resume in ${this.path}; leave out --resume to start one, or name its folder with --out.`,
      );
    }
    return this.#readCheckpoint();
  }

  /** Makes sure that a new run here does not silently destroy an unfinished one. */
  async requireNothingUnfinished(): Promise<void> {
    if (!(await exists(this.checkpointPath))) return;
    const waysOut = 'add --force to give it up and start anew, or choose another folder with --out';
    let checkpoint: Checkpoint;
    try {
      checkpoint = await this.#readCheckpoint();
    } catch (cause) {
      throw new InklingError(
        `${this.path} holds the checkpoint of a run, and it cannot be read: ${waysOut}.`,
        { cause },
      );
    }
    const { epoch, recipe, stopped } = checkpoint;
    if ((epoch >= recipe.epochs || stopped !== undefined) && (await this.hasModel())) return;
    throw new InklingError(
      `${this.path} holds an unfinished run (${epoch} of ${recipe.epochs} epochs done): add --resume to go on with it, ${waysOut}.`,
    );
  }

  /** Makes room for a new run: what another said of itself here is not true any more. */
  async begin(start: RunStart): Promise<void> {
    for (const path of [this.checkpointPath, this.#resultsPath, this.reportPath]) {
      await rm(path, { force: true }).catch((error) => {
        throw describeFileError(error, 'remove', path);
      });
    }
    await writeFileAtomic(this.#startPath, `${JSON.stringify(start, null, 2)}\n`);
  }

  async saveCheckpoint(checkpoint: Checkpoint): Promise<void> {
    await writeFileAtomic(this.checkpointPath, encodeCheckpoint(checkpoint));
    const rows = checkpoint.history.map((record) =>
      HISTORY_COLUMNS.map((column) => record[column] ?? '').join(','),
    );
    await writeFileAtomic(this.#historyPath, `${[HISTORY_COLUMNS.join(','), ...rows].join('\n')}\n`);
  }

  async saveModel(network: Network): Promise<void> {
    await writeFileAtomic(this.modelPath, encodeNetwork(network));
  }

  async saveResults(results: RunResults): Promise<void> {
    await writeFileAtomic(this.#resultsPath, JSON.stringify(results));
  }

  async saveReport(html: string): Promise<void> {
    await writeFileAtomic(this.reportPath, html);
  }

  /** All that is known of the run here, as far as it has got; undefined where there never was one. */
  async read(): Promise<RunRecord | undefined> {
    if (!(await exists(this.#startPath))) return undefined;
    const history = await this.#readText(this.#historyPath);
    const steps = await this.#readText(join(this.path, 'metrics.jsonl'));
    const results = await this.#readText(this.#resultsPath);
    const [, ...rows] = history.trimEnd().split('\n');
    return {
      name: basename(resolve(this.path)),
      start: parsed<RunStart>(await this.#readText(this.#startPath), this.#startPath),
      history: rows.map(recordOf),
      steps: steps
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => parsed<StepLine>(line, this.path)),
      results: results === '' ? undefined : parsed<RunResults>(results, this.#resultsPath),
      network: (await this.hasModel())
        ? decodeNetwork(await readFileBounded(this.modelPath, MAXIMUM_CHECKPOINT_BYTES), this.modelPath)
        : undefined,
    };
  }

  /** A file's text, empty where there is none. */
  async #readText(path: string): Promise<string> {
    if (!(await exists(path))) return '';
    return new TextDecoder().decode(await readFileBounded(path, MAXIMUM_TEXT_BYTES));
  }

  async #readCheckpoint(): Promise<Checkpoint> {
    const bytes = await readFileBounded(this.checkpointPath, MAXIMUM_CHECKPOINT_BYTES);
    return decodeCheckpoint(bytes, this.checkpointPath);
  }
}

function parsed<Value>(text: string, path: string): Value {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InklingError(`${path} is not valid JSON; make the run anew.`, { cause });
  }
}

/** A row of the history. */
function recordOf(row: string): EpochRecord {
  const values = row.split(',').map((text) => (text === '' ? undefined : Number(text)));
  return Object.fromEntries(
    HISTORY_COLUMNS.map((column, i) => [column, values[i]]),
  ) as unknown as EpochRecord;
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
