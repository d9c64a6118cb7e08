/** Folders of runs as files of jobs: as one, to go on from, or each by itself, to be had when the run is done. */
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { type JobContext, TEMPORARY } from '../../../server/jobs/worker.ts';
import { writeFileAtomic } from '../../index.ts';
import { RunFolder } from '../runFolder.ts';

/** What a run goes on from. */
const STATE = `${TEMPORARY}state.zip`;

/** Puts back what another worker has kept of a run; false where there is nothing. */
export async function restore(folder: string, { get }: Pick<JobContext, 'get'>): Promise<boolean> {
  const bytes = await get(STATE);
  if (!bytes) return false;
  for (const [name, content] of Object.entries(unzipSync(bytes))) await write(folder, name, content);
  return true;
}

/**
 * Keeps a run's folder as it is after an epoch, the latest where several pass meanwhile. The checkpoint is read first:
 * what it goes on with in other files may be longer by then, but never shorter.
 */
export class StateKeeper {
  readonly #folder: string;
  readonly #context: Pick<JobContext, 'put'>;
  #isDue = false;
  #keeping: Promise<void> | undefined;

  constructor(folder: string, context: Pick<JobContext, 'put'>) {
    this.#folder = folder;
    this.#context = context;
  }

  keepSoon(): void {
    this.#isDue = true;
    this.#keeping ??= this.#keep().finally(() => {
      this.#keeping = undefined;
    });
    // Whoever waits for the end hears of it.
    this.#keeping.catch(() => undefined);
  }

  /** When all is kept. */
  async end(): Promise<void> {
    await this.#keeping;
  }

  async #keep(): Promise<void> {
    while (this.#isDue) {
      this.#isDue = false;
      const { checkpointPath } = new RunFolder(this.#folder);
      const checkpoint = await readFile(checkpointPath).catch(() => undefined);
      if (!checkpoint) continue;
      const files: Record<string, Uint8Array> = {};
      for (const name of await namesIn(this.#folder)) {
        const path = join(this.#folder, name);
        // Weights do not get smaller, and files that are being replaced may go.
        const bytes = path === checkpointPath ? checkpoint : await readFile(path).catch(() => undefined);
        if (bytes) files[name] = bytes;
      }
      await this.#context.put(STATE, zipSync(files, { level: 0 }));
    }
  }
}

/** Keeps the files of a run that is done, but for its checkpoint. */
export async function keepResults(folder: string, { put }: JobContext): Promise<void> {
  const { checkpointPath } = new RunFolder(folder);
  for (const name of await namesIn(folder)) {
    const path = join(folder, name);
    if (path !== checkpointPath) await put(name, await readFile(path));
  }
}

/** Writes the files of a job into a folder; gives their names. */
export async function fetchResults(
  folder: string,
  job: string,
  artefacts: {
    list(job: string): Promise<{ name: string }[]>;
    get(job: string, name: string): Promise<Uint8Array | undefined>;
  },
): Promise<string[]> {
  const names: string[] = [];
  for (const { name } of await artefacts.list(job)) {
    if (name.startsWith(TEMPORARY)) continue;
    const bytes = await artefacts.get(job, name);
    if (!bytes) continue;
    await write(folder, name, bytes);
    names.push(name);
  }
  return names;
}

/** A name from elsewhere leads nowhere but into the folder. */
async function write(folder: string, name: string, bytes: Uint8Array): Promise<void> {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.' && part !== '..');
  const path = join(folder, ...parts);
  await mkdir(dirname(path), { recursive: true });
  await writeFileAtomic(path, bytes);
}

async function namesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.tmp'))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
