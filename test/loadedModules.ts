/** With `node --import`, writes down which modules a program loads, into the file that LOADED_MODULES names. */
import { writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import process from 'node:process';

const loaded = new Set<string>();

registerHooks({
  load(url, context, next) {
    if (!url.startsWith('node:')) loaded.add(url);
    return next(url, context);
  },
});

process.on('exit', () => writeFileSync(process.env.LOADED_MODULES as string, [...loaded].join('\n')));
