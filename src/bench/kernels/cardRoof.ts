/**
 * The roofs of a graphics card, measured with shaders of its own: multiply-adds in registers, and a copy. As on the
 * processor a small copy stays in a cache, so there is one of each size. Runs in pages too.
 */
import { patiently } from '../../engine/webgpu/dawn.ts';
import { type Card, openCard, Usage } from '../../engine/webgpu/device.ts';
import type { Peak } from '../peak.ts';
import type { Roof } from './roof.ts';

/** Eight sums that do not wait for each other, and too few values to leave the registers. */
const CODE = `
override steps: u32 = 1;
@group(0) @binding(0) var<storage, read_write> sums: array<f32>;

@compute @workgroup_size(64)
fn multiplyAdd(@builtin(global_invocation_id) id: vec3u) {
  let factor = 1.0 + f32(id.x & 1u) * 1e-7;
  let addend = f32(id.x & 3u) * 1e-7;
  var a = 0.1; var b = 0.2; var c = 0.3; var d = 0.4; var e = 0.5; var f = 0.6; var g = 0.7; var h = 0.8;
  for (var i = 0u; i < steps; i++) {
${'    a = a * factor + addend; b = b * factor + addend; c = c * factor + addend; d = d * factor + addend;\n    e = e * factor + addend; f = f * factor + addend; g = g * factor + addend; h = h * factor + addend;\n'.repeat(8)}  }
  sums[id.x] = a + b + c + d + e + f + g + h;
}

@group(0) @binding(0) var<storage, read> original: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> duplicate: array<vec4f>;
override count: u32 = 1;

@compute @workgroup_size(64)
fn copy(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  for (var i = id.x; i < count; i += groups.x * 64u) { duplicate[i] = original[i]; }
}
`;

/** Multiply-adds of an invocation and step. */
const PER_STEP = 64;
const STEPS = 64;
/** A card in software has no need of many invocations at once. */
const WORKGROUPS = { software: 256, real: 16_384 };
const SMALLEST = 2 ** 16;
/** Bytes of the largest copy, read and written together: several times what caches of today hold. */
const LARGEST = { software: 2 ** 26, real: 2 ** 29 };
/** Bytes that smaller copies move together in a run, so that handing them over does not count. */
const RUN_BYTES = { software: 2 ** 26, real: 2 ** 30 };
const COPY_WORKGROUPS = 4096;
const TURNS = 5;

export class CardRoofs {
  readonly arithmetic: Roof;
  readonly #card: Card;
  readonly #buffers: GPUBuffer[];
  readonly #copies = new Map<number, Roof>();

  private constructor(card: Card, arithmetic: Roof, buffers: GPUBuffer[]) {
    this.#card = card;
    this.arithmetic = arithmetic;
    this.#buffers = buffers;
  }

  static async open(card: Card): Promise<CardRoofs> {
    const { limits } = card.device;
    const largest = card.traits.isSoftware ? LARGEST.software : LARGEST.real;
    const size = Math.min(largest / 2, limits.maxStorageBufferBindingSize, limits.maxBufferSize);
    const buffers = ['original', 'duplicate'].map((label) => card.createBuffer(label, size, Usage.storage));
    const workgroups = card.traits.isSoftware ? WORKGROUPS.software : WORKGROUPS.real;
    const amount = 2 * PER_STEP * STEPS * 64 * workgroups;
    const run = await runOf(card, 'multiplyAdd', { steps: STEPS }, [buffers[1]], workgroups, 4);
    return new CardRoofs(card, { amount: 4 * amount, run }, buffers);
  }

  /** A copy from one buffer to another of about `bytes` together, several times in a run where that is little. */
  async copy(bytes: number): Promise<Roof> {
    const most = 2 * this.#buffers[0].size;
    const size = Math.min(most, Math.max(SMALLEST, 2 ** Math.round(Math.log2(bytes))));
    let roof = this.#copies.get(size);
    if (!roof) {
      const runBytes = this.#card.traits.isSoftware ? RUN_BYTES.software : RUN_BYTES.real;
      const times = Math.ceil(runBytes / size);
      const count = size / 2 / 16;
      const workgroups = Math.min(COPY_WORKGROUPS, Math.ceil(count / 64));
      const run = await runOf(this.#card, 'copy', { count }, this.#buffers, workgroups, times);
      roof = { amount: size * times, run };
      this.#copies.set(size, roof);
    }
    return roof;
  }

  async close(): Promise<void> {
    for (const buffer of this.#buffers) this.#card.destroyBuffer(buffer);
  }
}

/** What the card can do at most, for a benchmark's heading: the fastest of some turns. */
export async function cardPeak(card: Card): Promise<Peak> {
  const roofs = await CardRoofs.open(card);
  const rates: number[] = [];
  for (const roof of [roofs.arithmetic, await roofs.copy(Number.MAX_SAFE_INTEGER)]) {
    let best = 0;
    for (let turn = 0; turn < TURNS; turn++) {
      const started = performance.now();
      await roof.run();
      best = Math.max(best, roof.amount / (performance.now() - started) / 1e6);
    }
    rates.push(best);
  }
  await roofs.close();
  const [gflops, gigabytes] = rates;
  return { gflops, gigabytes, device: card.description };
}

/** The same of the card that the engine takes. */
export async function openCardPeak(): Promise<Peak> {
  return cardPeak(await openCard());
}

/** Dispatches a shader so many times in one pass, and waits for it. */
async function runOf(
  { device }: Card,
  entryPoint: string,
  constants: Record<string, number>,
  buffers: readonly GPUBuffer[],
  workgroups: number,
  times: number,
): Promise<() => Promise<void>> {
  const module = device.createShaderModule({ label: 'roofs', code: CODE });
  const compute = { module, entryPoint, constants };
  const pipeline = await device.createComputePipelineAsync({ label: entryPoint, layout: 'auto', compute });
  const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
  const group = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
  return async () => {
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    for (let i = 0; i < times; i++) pass.dispatchWorkgroups(workgroups);
    pass.end();
    device.queue.submit([encoder.finish()]);
    await patiently(() => device.queue.onSubmittedWorkDone());
  };
}
