/** The studies that `inkling sweep` names: one of Inkling's own, or a YAML file. */
import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { LineCounter, parseDocument, visit } from 'yaml';
import { parseStudy, readFileBounded, type Study, UsageError } from '../../index.ts';
import { nearest } from '../../suggestion.ts';

const OWN = join(import.meta.dirname, '../../sweep/studies');
const ENDING = '.yaml';
const MAXIMUM_BYTES = 64e3;
/** Times that aliases may be followed, counting those within aliases: a file that means more is a bomb. */
const MOST_ALIASES = 100;
const MOST_VALUES = 50_000;

export async function studyNames(): Promise<string[]> {
  return (await readdir(OWN)).filter((name) => name.endsWith(ENDING)).map((name) => basename(name, ENDING));
}

/** Opens a study; a name of Inkling's own comes before a file of that name. */
export async function openStudy(nameOrFile: string): Promise<Study> {
  const names = await studyNames();
  const isOwn = names.includes(nameOrFile);
  if (!isOwn && !(await stat(nameOrFile).catch(() => undefined))) {
    const near = nearest(nameOrFile, names);
    throw new UsageError(
      `There is no study "${nameOrFile}"${near ? `; did you mean ${near}?` : ` and no such file; there is ${names.join(', ')}.`}`,
    );
  }
  const path = isOwn ? join(OWN, `${nameOrFile}${ENDING}`) : nameOrFile;
  const bytes = await readFileBounded(path, MAXIMUM_BYTES);
  const source = isOwn ? `The study ${nameOrFile}` : nameOrFile;
  return parseStudy(parseYaml(decoded(bytes, source), source), source, labelOf(nameOrFile));
}

function labelOf(nameOrFile: string): string {
  return basename(nameOrFile, extname(nameOrFile)).replace(/[^\w.-]+/g, '-');
}

function decoded(bytes: Uint8Array, source: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new UsageError(`${source} is not a text in UTF-8; write the study as YAML.`, { cause });
  }
}

/** Plain data from YAML. Keys given twice, tags, and aliases that go in a circle or multiply are errors. */
export function parseYaml(text: string, source: string): unknown {
  const lineCounter = new LineCounter();
  const invalid = (problem: string, position: number) => {
    const { line, col } = lineCounter.linePos(position);
    return new UsageError(`${source} is not valid YAML in line ${line}, column ${col}: ${sentence(problem)}`);
  };
  let value: unknown;
  try {
    const document = parseDocument(text, { lineCounter, prettyErrors: false });
    const [problem] = [...document.errors, ...document.warnings];
    if (problem) throw invalid(problem.message, problem.pos[0]);
    visit(document, {
      Alias(_, alias) {
        if (!alias.resolve(document))
          throw invalid(`nothing is called ${alias.source}`, alias.range?.[0] ?? 0);
      },
    });
    value = document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    if (cause instanceof RangeError) {
      throw new UsageError(`${source} is nested too deeply; a study needs a few levels.`, { cause });
    }
    const isBomb = /alias count/i.test((cause as Error).message);
    throw new UsageError(
      isBomb
        ? `${source} has aliases that stand for too much; write out what they mean.`
        : `${source} is not valid YAML: ${sentence((cause as Error).message)}`,
      { cause },
    );
  }
  requireTree(value, source);
  return value;
}

function sentence(message: string): string {
  const flat = message.replace(/\s+/g, ' ').trim();
  return /[.?!]$/.test(flat) ? flat : `${flat}.`;
}

/** An alias of what it stands in makes a circle, which no study means. */
function requireTree(value: unknown, source: string): void {
  const above = new Set<object>();
  let values = 0;
  const walk = (one: unknown) => {
    if (++values > MOST_VALUES) throw new UsageError(`${source} holds more values than a study can need.`);
    if (typeof one !== 'object' || one === null) return;
    if (above.has(one)) {
      throw new UsageError(`${source} has an alias within what it stands for; write out what it means.`);
    }
    above.add(one);
    for (const item of Object.values(one)) walk(item);
    above.delete(one);
  };
  walk(value);
}
