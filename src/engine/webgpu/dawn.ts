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

/** Milliseconds for which Dawn may ask without pause whether the card is done. */
const EAGER = 2;
/** Then it asks every so many. */
const PAUSE = 1;

/**
 * Starts to wait for the card, without keeping a processor busy meanwhile.
 *
 * While anything is awaited, Dawn asks for it again and again, each time by `setImmediate`: a whole core does nothing
 * else. That is quickest where the card is done at once. Where it is not, and above all where the card is software that
 * wants the core itself, pauses are better: on two cores a training step took 820 ms without them, and takes 500. Dawn
 * offers no choice, but looks `setImmediate` up each time, so while it does there is another one.
 */
export function patiently<Value>(start: () => Value): Value {
  const { setImmediate } = globalThis;
  if (!instance || !setImmediate) return start();
  const began = performance.now();
  const askLater = (ask: () => void) => {
    const turn = () => withImmediate(askLater, ask);
    if (performance.now() - began < EAGER) setImmediate(turn);
    else setTimeout(turn, PAUSE);
  };
  return withImmediate(askLater, start);
}

/** Runs something, which must not wait, with another `setImmediate` in place. */
function withImmediate<Value>(replacement: (callback: () => void) => void, run: () => Value): Value {
  const own = globalThis.setImmediate;
  globalThis.setImmediate = replacement as typeof setImmediate;
  try {
    return run();
  } finally {
    globalThis.setImmediate = own;
  }
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
