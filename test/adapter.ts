/**
 * A graphics card for tests: whatever WebGPU finds, or else the one in software that comes with Chromium.
 *
 * Debian's package `chromium` brings SwiftShader, which computes like a card; the Vulkan loader (`libvulkan1`) takes
 * it where an environment variable names it before WebGPU starts.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { surveyAdapters } from '../src/engine/webgpu/device.ts';
import { needs } from './requirements.ts';

const USUAL_PLACE = '/usr/lib/chromium/vk_swiftshader_icd.json';

process.env.VK_DRIVER_FILES ??= softwareDriver();

const [adapter] = await surveyAdapters();

/** Registers a test that needs a graphics card, be it one in software. */
export const onCard = needs(
  adapter !== undefined,
  "a graphics card, be it Chromium's in software (Debian packages chromium and libvulkan1)",
);

/** Registers a test of what only happens on a small card. */
export const onSoftwareCard = needs(
  adapter?.isSoftware ?? false,
  'a graphics card in software, which has little memory (Debian packages chromium and libvulkan1)',
);

/** The file that tells the Vulkan loader of Chromium's card, or nothing. */
function softwareDriver(): string {
  if (existsSync(USUAL_PLACE)) return USUAL_PLACE;
  try {
    const files = execFileSync('dpkg', ['-L', 'chromium'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return files.split('\n').find((file) => file.endsWith('/vk_swiftshader_icd.json')) ?? '';
  } catch {
    return '';
  }
}
