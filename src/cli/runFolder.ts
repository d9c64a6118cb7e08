/**
 * The folder of a training run.
 *
 * `checkpoint.safetensors` is written after each epoch and is all that `--resume` needs; `history.csv` tells how the
 * epochs went; `model.safetensors` appears when the run is done. Each file is replaced as a whole or not at all.
 */
import { access, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Checkpoint,
  decodeCheckpoint,
  describeFileError,
  type EpochRecord,
  encodeCheckpoint,
  encodeNetwork,
  InklingError,
  type Network,
  readFileBounded,
  UsageError,
  writeFileAtomic,
} from '../index.ts';

/** Weights and two slots of the optimiser for a hundred million parameters. */
const MAXIMUM_CHECKPOINT_BYTES = 1.2e9;

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
  readonly #historyPath: string;

  constructor(path: string) {
    this.path = path;
    this.modelPath = join(path, 'model.safetensors');
    this.checkpointPath = join(path, 'checkpoint.safetensors');
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
    const { epoch, recipe } = checkpoint;
    if (epoch >= recipe.epochs && (await this.hasModel())) return;
    throw new InklingError(
      `${this.path} holds an unfinished run (${epoch} of ${recipe.epochs} epochs done): add --resume to go on with it, ${waysOut}.`,
    );
  }

  async forgetCheckpoint(): Promise<void> {
    try {
      await rm(this.checkpointPath, { force: true });
    } catch (error) {
      throw describeFileError(error, 'remove', this.checkpointPath);
    }
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

  async #readCheckpoint(): Promise<Checkpoint> {
    const bytes = await readFileBounded(this.checkpointPath, MAXIMUM_CHECKPOINT_BYTES);
    return decodeCheckpoint(bytes, this.checkpointPath);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
