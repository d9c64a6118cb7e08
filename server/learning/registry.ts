/** Models in the database, as commands and routes speak of them: found by a short name, added with what is known of
 *  them, examined before they may answer, and taken back. */
import { createHash } from 'node:crypto';
import { decodeNetwork, InklingError, type Network, UsageError } from '../../src/index.ts';
import { loadModel } from '../reading/model.ts';
import type { ModelEntry, ModelFacts, ModelState, Promotion, Store } from '../store/store.ts';

const SHORTEST_PREFIX = 4;
/** How far back the history is looked at. */
export const MOST_PROMOTIONS = 1000;

export function versionOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 12);
}

/** What a model calls itself, or the preset it was trained by, or the network that it is. */
export function nameOf({ provenance, model }: Network): string {
  const { preset, name } = provenance;
  const names = [name, preset, model.name];
  return (names.find((text) => typeof text === 'string' && text !== '') as string | undefined) ?? 'model';
}

/** What a model file tells of its parents, data and scores. */
export function factsOf({ provenance }: Network): Omit<ModelFacts, 'reason'> {
  const entries = Object.entries(provenance);
  const { parents } = provenance;
  return {
    parents: Array.isArray(parents) ? parents.filter((parent) => typeof parent === 'string') : [],
    data: Object.fromEntries(
      entries.filter((entry): entry is [string, string] => /^[0-9a-f]{64}$/.test(`${entry[1]}`)),
    ),
    scores: Object.fromEntries(
      entries.filter(
        (entry): entry is [string, number] => /accuracy/i.test(entry[0]) && typeof entry[1] === 'number',
      ),
    ),
  };
}

/** Keeps a model file with what it tells of itself. What is known of one that is already there stays. */
export async function addModel(
  store: Store,
  bytes: Uint8Array,
  source: string,
  told: { state?: Exclude<ModelState, 'champion'>; reason?: string } = {},
): Promise<{ version: string; name: string; createdAt: number }> {
  const version = versionOf(bytes);
  const network = decodeNetwork(bytes, source);
  const model = { version, name: nameOf(network), createdAt: Date.now() };
  const isKnown = (await store.registry()).some((one) => one.version === version);
  await store.addModel({ ...model, bytes });
  if (!isKnown) {
    const { state = 'candidate', reason = null } = told;
    await store.register(version, { ...factsOf(network), state, reason });
  }
  return model;
}

/**
 * The model that a person means: by version, the first digits of one, or an alias.
 *
 * @param champion who answers where the alias names none yet.
 * @throws UsageError where there is none, or where it could be several.
 */
export async function findModel(store: Store, meant: string, champion?: string): Promise<ModelEntry> {
  const entries = await store.registry();
  const aliased =
    meant === 'champion' || meant === 'candidate'
      ? ((await store.alias(meant)) ?? (meant === 'champion' ? champion : undefined))
      : undefined;
  const named = aliased ?? meant;
  const exact = entries.find(({ version }) => version === named);
  if (exact) return exact;
  const found =
    meant.length >= SHORTEST_PREFIX ? entries.filter(({ version }) => version.startsWith(meant)) : [];
  if (found.length === 1) return found[0];
  if (found.length > 1) {
    const versions = found.map(({ version }) => version).join(', ');
    throw new UsageError(`"${meant}" could be any of ${versions}; give more digits of the version.`);
  }
  throw new UsageError(
    meant === 'candidate'
      ? 'There is no candidate at the moment; fine-tuning makes one.'
      : `There is no model "${meant}" here; 'inkling models list' shows the versions there are.`,
  );
}

/** A model of the database, decoded. */
export async function readStored(
  store: Store,
  version: string,
): Promise<{ bytes: Uint8Array; network: Network }> {
  const stored = await store.model(version);
  if (!stored || versionOf(stored.bytes) !== version) {
    throw new InklingError(`The model ${version} is damaged in the database; send its file again.`);
  }
  return { bytes: stored.bytes, network: decodeNetwork(stored.bytes, `The model ${version}`) };
}

/** Has a model of the database read digits that everyone knows. Throws an `InklingError` where it is found wanting. */
export async function examineStored(store: Store, version: string): Promise<void> {
  const { bytes } = await readStored(store, version);
  const loaded = await loadModel({ version, bytes }, { maximumBatch: 1, batchDelay: 0 });
  await loaded.dispose();
}

/**
 * Lets a model answer from now on, in all servers on the database, once it has read digits that everyone knows.
 *
 * @throws InklingError, and changes nothing, where it is found wanting.
 */
export async function promoteExamined(
  store: Store,
  version: string,
  options: { reason: string | null; previous?: string; onlyAfter?: string },
): Promise<boolean> {
  await examineStored(store, version);
  return store.promote(version, { ...options, at: Date.now() });
}

/** Who answered before the champion did, so that going back twice leads two models back; undefined where nobody did. */
export function predecessor(promotions: readonly Promotion[], champion: string): string | undefined {
  const stack: string[] = [];
  for (const { version, previous } of [...promotions].reverse()) {
    if (previous !== null && stack.at(-1) !== previous) stack.push(previous);
    if (stack.at(-2) === version) stack.pop();
    else if (stack.at(-1) !== version) stack.push(version);
  }
  if (stack.at(-1) !== champion) return undefined;
  return stack.at(-2);
}

/** @throws InklingError where nobody answered before. */
export async function requirePredecessor(store: Store, champion: string): Promise<string> {
  const version = predecessor(await store.promotions(MOST_PROMOTIONS), champion);
  if (version !== undefined) return version;
  throw new InklingError(`No model answered before ${champion}, so there is none to go back to.`);
}
