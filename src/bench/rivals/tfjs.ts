/** TensorFlow.js's process: `tfjs-cpu`, in JavaScript, or `tfjs-wasm`. */
import type { Engine } from './answer.ts';
import { serve } from './serve.ts';
import { contestOf, type TensorFlow } from './tfjsNetwork.ts';

async function start(kind: string): Promise<Engine> {
  // The whole package and not only its core: gradients are registered there.
  const [main, wasm] = ['@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm'];
  const tf: TensorFlow = await import(main);
  if (kind === 'tfjs-wasm') await import(wasm);
  if (!(await tf.setBackend(kind === 'tfjs-wasm' ? 'wasm' : 'cpu'))) {
    throw new Error('its backend does not start here');
  }
  await tf.ready();
  return {
    version: tf.version_core,
    prepare: async (request) => ({ contest: contestOf(tf, request, false), threads: 1 }),
  };
}

await serve(start);
