/**
 * WebGPU in Node: the package `webgpu`, which is Dawn, loaded when somebody first asks for a graphics card.
 *
 * It is an optional dependency, and where it is missing or does not start there is simply no card. Where Linux has no
 * Vulkan driver it would say so on the terminal by itself, unasked; so that is looked up first, in the places where
 * the Vulkan loader looks.
 */

/** What hands out adapters. It must be held as long as its devices: they crash when it is collected. */
let instance: GPU | undefined;

export async function startDawn(): Promise<GPU | undefined> {
  if (instance) return instance;
  if (!globalThis.process?.versions?.node || !mayHaveDriver()) return undefined;
  // Not in one expression, which bundlers for pages would take for a part of the page.
  const name = 'webgpu';
  try {
    const { create } = (await import(/* @vite-ignore */ name)) as typeof import('webgpu');
    // Pages get times in steps of 65 microseconds, so that they learn nothing of other pages; here there are none.
    instance = create(['disable-dawn-features=timestamp_quantization']);
  } catch {
    return undefined;
  }
  return instance;
}

function mayHaveDriver(): boolean {
  if (process.platform !== 'linux') return true;
  const { env } = process;
  if (env.VK_DRIVER_FILES || env.VK_ICD_FILENAMES || env.VK_ADD_DRIVER_FILES) return true;
  const { readdirSync } = process.getBuiltinModule('node:fs');
  const home = env.HOME ?? '';
  const places = [
    env.XDG_CONFIG_HOME || `${home}/.config`,
    ...(env.XDG_CONFIG_DIRS || '/etc/xdg').split(':'),
    '/etc',
    env.XDG_DATA_HOME || `${home}/.local/share`,
    ...(env.XDG_DATA_DIRS || '/usr/local/share:/usr/share').split(':'),
  ];
  return places.some((place) => {
    try {
      return readdirSync(`${place}/vulkan/icd.d`).some((file) => file.endsWith('.json'));
    } catch {
      return false;
    }
  });
}
