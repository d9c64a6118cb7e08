/**
 * ONNX Runtime's process: `ort-node`, its native build, or `ort-web`, its WebAssembly build.
 *
 * The packages are loaded by computed names, since they are not there where types are checked.
 */

import type { Engine } from './answer.ts';
import { decodeFloats, type PrepareRequest } from './protocol.ts';
import { serve } from './serve.ts';

/** As much of onnxruntime-common as is used here. */
interface OrtTensor {
  data: Float32Array;
}
interface OrtSession {
  run(feeds: Record<string, OrtTensor>): Promise<Record<string, OrtTensor>>;
  release(): Promise<void>;
}
interface Ort {
  env: { versions: Record<string, string | undefined>; wasm: { numThreads?: number; proxy?: boolean } };
  InferenceSession: { create(bytes: Uint8Array, options: object): Promise<OrtSession> };
  Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => OrtTensor;
}

async function start(kind: string): Promise<Engine> {
  const name = kind === 'ort-web' ? 'onnxruntime-web' : 'onnxruntime-node';
  const loaded = await import(name);
  const ort: Ort = loaded.default?.InferenceSession ? loaded.default : loaded;
  let session: OrtSession | undefined;

  async function prepare(request: PrepareRequest) {
    const { batch, threads, onnx, model, pixels } = request;
    if (!onnx || !model) throw new Error('needs a network in ONNX');
    // The WebAssembly build keeps the number of threads it starts with: a process serves only one.
    if (kind === 'ort-web') ort.env.wasm.numThreads = threads;
    await session?.release();
    session = await ort.InferenceSession.create(Uint8Array.from(Buffer.from(onnx, 'base64')), {
      executionProviders: [kind === 'ort-web' ? 'wasm' : 'cpu'],
      graphOptimizationLevel: 'all',
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
    });
    const current = session;
    const dims = [batch, ...model.shapes[model.input]];
    const feeds = { pixels: new ort.Tensor('float32', decodeFloats(pixels), dims) };
    let outputs: Record<string, OrtTensor> = {};
    const contest = {
      async step() {
        outputs = await current.run(feeds);
      },
      result: () => [...outputs.logits.data],
    };
    return { contest, threads: kind === 'ort-web' ? (ort.env.wasm.numThreads ?? 1) : threads };
  }

  const { versions } = ort.env;
  return { version: versions.web ?? versions.node ?? versions.common ?? 'unknown', prepare };
}

await serve(start);
