/** The app's database for commands: the one that `inkling serve` uses, with the model that answers. */
import type { Argv } from 'yargs';
import type { Store } from '../../server/store/store.ts';
import { InklingError, readFileBounded } from '../index.ts';

export interface AppDatabase {
  store: Store;
  /** Version of the model that answers; where nobody chose one, that with which the app begins. */
  champion: string;
}

export function databaseFlag<Flags>(commandLine: Argv<Flags>) {
  return commandLine.option('db', {
    type: 'string',
    requiresArg: true,
    describe: 'SQLite file of the app [default: $DATABASE_URL, else $INKLING_DB, else data/inkling.db]',
  });
}

/** Opens the database, does something with it, and closes it. */
export async function withDatabase<Result>(
  file: string | undefined,
  work: (database: AppDatabase) => Promise<Result>,
): Promise<Result> {
  const { readConfiguration } = await import('../../server/configuration.ts');
  const { openStore } = await import('../../server/store/open.ts');
  const { readModelFile } = await import('../../server/models.ts');
  const { addModel } = await import('../../server/learning/registry.ts');
  const { database, databaseUrl, model } = readConfiguration(
    process.env,
    file === undefined ? {} : { database: file },
  );
  const first = await readModelFile(model);
  const store = await openStore({
    file: database,
    databaseUrl: file === undefined ? databaseUrl : undefined,
  });
  try {
    await addModel(store, first.bytes, `The model ${first.version}`);
    return await work({ store, champion: (await store.alias('champion')) ?? first.version });
  } finally {
    await store.close();
  }
}

/** Adds a model file to the database, or finds the model there that a person means. */
export async function addOrFind({ store, champion }: AppDatabase, meant: string): Promise<string> {
  const { addModel, findModel } = await import('../../server/learning/registry.ts');
  const { MAXIMUM_MODEL_BYTES } = await import('../../server/models.ts');
  if (!/[./\\]/.test(meant)) return (await findModel(store, meant, champion)).version;
  const bytes = await readFileBounded(meant, MAXIMUM_MODEL_BYTES);
  if (bytes.length === 0) throw new InklingError(`${meant} is empty; name a model file.`);
  return (await addModel(store, bytes, meant)).version;
}
