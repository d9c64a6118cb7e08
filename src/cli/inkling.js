#!/usr/bin/env node
/**
 * The `inkling` command.
 *
 * It switches on Node's cache of compiled modules, then loads the rest. It is plain JavaScript since it is compiled before
 * the cache is on: were it TypeScript, Node would load its whole TypeScript compiler for it at each start.
 *
 * The cache lies in the package, where installing fills it (`warm.ts`); where that cannot be written, in the system's
 * folder for temporary files; and where neither can, starts are slower and all else is the same.
 */
import { constants, enableCompileCache } from 'node:module';
import { join } from 'node:path';

const { status } = enableCompileCache(join(import.meta.dirname, '../../node_modules/.cache/inkling'));
if (status === constants.compileCacheStatus.FAILED) enableCompileCache();
const { main } = await import('./program.ts');
process.exitCode = await main(process.argv.slice(2));
