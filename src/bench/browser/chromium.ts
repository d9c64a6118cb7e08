/**
 * Chromium without a window, for the benchmark and for tests: where it is, and how it is started so that it has
 * WebGPU, be it on a card in software.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Browser, LaunchOptions } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const ON_MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/** Where Chromium is, or undefined. `CHROMIUM` names one. */
export function findChromium(): string | undefined {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  if (process.platform === 'darwin' && existsSync(ON_MAC)) return ON_MAC;
  return findProgram(NAMES);
}

/** Where the first of these programs is that there is. */
export function findProgram(names: readonly string[]): string | undefined {
  for (const name of names) {
    try {
      return execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
    } catch {}
  }
  return undefined;
}

const QUIET = ['quic', 'background-networking', 'component-update', 'sync'].map(
  (name) => `--disable-${name}`,
);
const WEBGPU = ['--enable-unsafe-webgpu', '--enable-features=Vulkan'];
/** The card in software that Chromium brings; slower than any other, and there everywhere. */
const SOFTWARE = ['--use-webgpu-adapter=swiftshader', '--use-vulkan=swiftshader'];

/**
 * @param software whether to compute on Chromium's card in software, even where there is a real one.
 * @param more flags of Chromium's, such as those for a camera that is none.
 */
export async function launchChromium(
  executablePath: string,
  software: boolean,
  more: readonly string[] = [],
): Promise<Browser> {
  const { chromium } = await import('playwright-core');
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const args = ['--no-first-run', ...QUIET, ...WEBGPU, ...(software ? SOFTWARE : []), ...asRoot, ...more];
  const options: LaunchOptions = { executablePath, args };
  return chromium.launch(options);
}
