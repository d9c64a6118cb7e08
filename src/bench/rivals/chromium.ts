/**
 * The process of the engines that need a browser: starts Chromium without a window, opens one page, and hands it every
 * request. Both engines of the page, ours and TensorFlow.js, then have the same browser and the same device.
 *
 * The page takes our engine's source as it is, less its types; of TensorFlow.js the files that its manual puts into
 * pages.
 */
import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { join, sep } from 'node:path';
import { surveyAdapters } from '../../engine/webgpu/device.ts';
import { launchChromium } from '../browser/chromium.ts';
import { addressOf, folderSource, type Source, servePage } from '../browser/serve.ts';
import type { Reply } from './protocol.ts';
import { converse } from './serve.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const PACKAGES = join(import.meta.dirname, 'node_modules');
const SCRIPTS = [
  '@tensorflow/tfjs/dist/tf.es2017.min.js',
  '@tensorflow/tfjs-backend-webgpu/dist/tf-backend-webgpu.es2017.min.js',
];

const PAGE = `<!doctype html><title>Inkling's benchmark</title>
${SCRIPTS.map((path) => `<script src="/packages/${path}"></script>`).join('\n')}
<script type="module" src="/src/bench/rivals/page.ts"></script>`;

const packages = folderSource(PACKAGES);
const files = folderSource(ROOT);

const source: Source = async (path) => {
  if (path === '/') return { content: PAGE, type: 'text/html' };
  const inPackage = path.startsWith('/packages/') && path.slice('/packages'.length);
  if (inPackage) return SCRIPTS.includes(inPackage.slice(1)) ? packages(inPackage) : undefined;
  if (!/^\/(src|kernels)\//.test(path)) return undefined;
  if (!path.endsWith('.ts')) return files(path);
  const file = join(ROOT, path);
  if (!file.startsWith(ROOT + sep)) return undefined;
  return { content: stripTypeScriptTypes(await readFile(file, 'utf8')), type: 'text/javascript' };
};

const [, , chromium] = process.argv;
// Without a card that this process can see, Chromium's own in software is the only one that is sure to be there.
const hasCard = (await surveyAdapters()).some(({ isSoftware }) => !isSoftware);
const browser = await launchChromium(chromium, !hasCard);
const server = await servePage(source);
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(0);
  page.on('pageerror', (error) => process.stderr.write(`${error.message}\n`));
  await page.goto(addressOf(server));
  await page.waitForFunction(() => 'answer' in window);
  await converse(async (request) => {
    try {
      return await page.evaluate((sent) => window.answer(sent), request);
    } catch (error) {
      return {
        type: 'error',
        message: error instanceof Error ? error.message : String(error),
      } satisfies Reply;
    }
  });
} finally {
  await browser.close();
  server.close();
}
process.exit();
