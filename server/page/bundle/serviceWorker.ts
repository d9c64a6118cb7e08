/** A Vite plugin that tells the service worker which files the page is made of, and a digest of them all. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

/** The worker's file beside the page, under a name that stays. */
export const SERVICE_WORKER = 'sw.js';

/** `publicFolder` holds what is copied as it is. */
export function pageFiles(publicFolder: string): Plugin {
  return {
    name: 'page-files',
    apply: 'build',
    // Every other plugin has said by now what it makes.
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const worker = bundle[SERVICE_WORKER];
        if (worker?.type !== 'chunk') return;
        const digest = createHash('sha256');
        const files: string[] = [];
        for (const [name, file] of Object.entries(bundle)) {
          if (name === SERVICE_WORKER || name.endsWith('.map')) continue;
          files.push(name);
          digest.update(name).update(file.type === 'chunk' ? file.code : file.source);
        }
        for (const name of readdirSync(publicFolder, { recursive: true, encoding: 'utf8' })) {
          if (!/\.\w+$/.test(name)) continue;
          files.push(name.replaceAll('\\', '/'));
          digest.update(name).update(readFileSync(join(publicFolder, name)));
        }
        worker.code = worker.code
          .replaceAll('__FILES__', JSON.stringify(files.filter((name) => name !== 'index.html').sort()))
          .replaceAll('__VERSION__', JSON.stringify(digest.digest('hex').slice(0, 12)));
      },
    },
  };
}
