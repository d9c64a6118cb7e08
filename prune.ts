/**
 * Removes what the package `webgpu` brings for other systems than this one: it holds Dawn for five of them in one
 * package, 132 MB of which 21 serve here, and npm has no way to ask for less.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const builds = join(import.meta.dirname, 'node_modules', 'webgpu', 'dist');
const own = process.platform === 'darwin' ? 'darwin-universal' : `${process.platform}-${process.arch}`;

if (existsSync(join(builds, own))) {
  for (const name of readdirSync(builds)) {
    if (name !== own) rmSync(join(builds, name), { recursive: true });
  }
}
