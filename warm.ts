/**
 * Fills Node's cache of compiled modules by reading one picture, as the last step of installing: so the first
 * `inkling predict` starts as quickly as those after it. The cache keeps what the first run compiled, and a run that only
 * asked for help would leave it without most of what reading needs.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { encodePicture, syntheticDigits } from './src/index.ts';

const { images, shape } = syntheticDigits({ count: 1, seed: 1 });
const [height, width] = shape;
// The data set's ink is bright, paper's is not.
const data = images.map((ink) => 255 - ink);
const input = await encodePicture({ width, height, channels: 1, data }, 'digit.png');
const command = join(import.meta.dirname, 'src', 'cli', 'inkling.js');
// Where this fails, nothing is lost but the time of the first start.
spawnSync(process.execPath, [command, 'predict', '-'], { input });
