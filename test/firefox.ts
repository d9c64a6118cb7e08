/**
 * Firefox without a window, for tests. Puppeteer drives it, since it drives those that people have; Playwright drives but one of
 * its own making.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'puppeteer-core';
import { findProgram } from '../src/bench/browser/chromium.ts';

/** Where Firefox is, or undefined. `FIREFOX` names one. */
export function findFirefox(): string | undefined {
  return process.env.FIREFOX || findProgram(['firefox-esr', 'firefox']);
}

export interface RunningFirefox {
  browser: Browser;
  close(): Promise<void>;
}

export async function launchFirefox(executablePath: string): Promise<RunningFirefox> {
  const { launch } = await import('puppeteer-core');
  // It refuses a home that is another user's.
  const home = await mkdtemp(join(tmpdir(), 'inkling-firefox-'));
  const browser = await launch({
    ...{ browser: 'firefox', executablePath, headless: true },
    env: { ...process.env, HOME: home },
  });
  const close = async () => {
    await browser.close();
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  };
  return { browser, close };
}
