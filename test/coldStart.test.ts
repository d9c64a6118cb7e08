/**
 * What `inkling predict` loads before it reads a picture. Loading modules is most of what reading one picture takes, so an
 * import that slips in is a start that slows down; times depend on the machine, numbers of modules do not.
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import * as everything from '../src/index.ts';
import * as reading from '../src/reading.ts';
import { temporaryFolder } from './commandLine.ts';

const root = join(import.meta.dirname, '..');
/** Of ours; 160 as this is written. */
const MOST_OWN = 160;
/** Of packages: yargs, sharp and what they load; 113 as this is written. */
const MOST_OTHERS = 120;
/** What reading a picture has no use for. */
const USELESS =
  /src\/(?:sweep|report|jobs|bench)\/|src\/training\/(?:train|presets|finetune|callbacks)|src\/data\/(?:synthetic|corruptions|pages)\/|src\/(?:index|browser)\.ts|engine\/reference\.ts|engine\/webgpu\/(?:bind|device|tune)|\/server\/|node_modules\/(?:zod|kysely|pg|pino|hono|linkedom|@observablehq)\//;

const folder = await temporaryFolder();
let loaded: string[];

beforeAll(async () => {
  const { images } = everything.syntheticDigits({ count: 1, seed: 1 });
  const data = images.map((ink) => 255 - ink);
  const picture = join(folder, 'digit.png');
  await writeFile(
    picture,
    await everything.encodePicture({ width: 28, height: 28, channels: 1, data }, picture),
  );
  const list = join(folder, 'modules.txt');
  const watching = ['--import', join(import.meta.dirname, 'loadedModules.ts')];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...watching, join(root, 'src/cli/inkling.js'), 'predict', picture, '--json'],
    { env: { ...process.env, LOADED_MODULES: list } },
  );
  expect(JSON.parse(stdout).digits).toHaveLength(1);
  loaded = readFileSync(list, 'utf8').split('\n');
}, 60_000);

test('it loads few modules', () => {
  const others = loaded.filter((url) => url.includes('/node_modules/'));
  expect(loaded.length - others.length).toBeGreaterThan(50);
  expect(loaded.length - others.length).toBeLessThanOrEqual(MOST_OWN);
  expect(others.length).toBeGreaterThan(10);
  expect(others.length).toBeLessThanOrEqual(MOST_OTHERS);
});

test('it loads nothing that reading has no use for', () => {
  expect(loaded.filter((url) => USELESS.test(url))).toEqual([]);
});

test('the part of the public API that it uses is the same in all of it', () => {
  expect(everything).toMatchObject(reading);
});
