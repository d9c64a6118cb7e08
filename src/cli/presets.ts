/** The presets that `--preset` names: one of Inkling's own, or a JSON file of the same kind. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { findPreset, type Preset, parsePreset, presetNames, readFileBounded, UsageError } from '../index.ts';

export const DEFAULT_PRESET = 'default';

const MAXIMUM_BYTES = 4e6;

/** Opens a preset; a name of Inkling's own comes before a file of that name. */
export async function openPreset(nameOrFile = DEFAULT_PRESET): Promise<Preset> {
  const isOwn = presetNames().includes(nameOrFile);
  const looksLikePath = /[/\\]|\.json$/.test(nameOrFile);
  if (isOwn || !(looksLikePath || (await stat(nameOrFile).catch(() => undefined)))) {
    return findPreset(nameOrFile);
  }
  const text = new TextDecoder().decode(await readFileBounded(nameOrFile, MAXIMUM_BYTES));
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`${nameOrFile} is not valid JSON: ${(cause as Error).message}.`, { cause });
  }
  return parsePreset(json, nameOrFile);
}

/** What runs of a preset are called: a file's name without its folder and ending. */
export function presetLabel(nameOrFile = DEFAULT_PRESET): string {
  return presetNames().includes(nameOrFile) ? nameOrFile : basename(nameOrFile, '.json');
}
