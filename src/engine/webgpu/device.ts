/**
 * The graphics card: which one there is, what it can do, and what becomes of it.
 *
 * All executables of a process share one device. A card may also be software that computes like one: that is good for
 * tests, and slower than WebAssembly.
 */
import type { GpuTraits } from '../../../kernels/operation.ts';
import { InklingError } from '../../errors.ts';
import { startDawn } from './dawn.ts';

export interface AdapterReport {
  /** Vendor and kind, such as `nvidia hopper`. */
  name: string;
  /** Whether it computes in software. */
  isSoftware: boolean;
  features: string[];
  limits: Record<string, number>;
}

/** The device ended under the engine, or was taken away: its memory is gone, and another one may still be had. */
export class DeviceLostError extends InklingError {
  override name = 'DeviceLostError';
}

/** Values of `GPUBufferUsage` and `GPUMapMode`, which Node has under no global name. */
export const Usage = {
  mapRead: 0x1,
  copySource: 0x4,
  copyTarget: 0x8,
  storage: 0x80,
  queryResolve: 0x200,
} as const;
export const MAP_READ = 1;

const WANTED_FEATURES: readonly GPUFeatureName[] = ['timestamp-query', 'subgroups', 'shader-f16'];
const WANTED_LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
] as const;
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|basic render/i;

/** A device, with all that belongs to it. */
export class Card {
  readonly device: GPUDevice;
  readonly traits: GpuTraits;
  /** For people: `google swiftshader, in software`. */
  readonly description: string;
  readonly pipelines = new Map<string, Promise<GPUComputePipeline>>();
  /** Buffers that were made and not yet destroyed. */
  liveBuffers = 0;
  #lost?: GPUDeviceLostInfo;
  #error?: string;

  constructor(device: GPUDevice, { name, isSoftware }: AdapterReport) {
    const { limits } = device;
    this.device = device;
    this.traits = {
      subgroups: device.features.has('subgroups'),
      f16: device.features.has('shader-f16'),
      isSoftware,
      limits,
    };
    this.description = isSoftware ? `${name}, in software` : name;
    device.lost.then((info) => {
      this.#lost = info;
    });
    device.addEventListener('uncapturederror', (event) => {
      event.preventDefault();
      this.#error ??= firstLine(event.error.message);
    });
  }

  get isLost(): boolean {
    return this.#lost !== undefined;
  }

  get hasTimestamps(): boolean {
    return this.device.features.has('timestamp-query');
  }

  /** Throws what went wrong since somebody last looked. */
  check(): void {
    if (this.#lost) throw lostError(this.#lost);
    const message = this.#error;
    this.#error = undefined;
    if (message) throw new InklingError(`The graphics card refused its work: ${message}`);
  }

  /** Waits for work on the device; if it fails since the device was lost, the error says so. */
  async wait<Value>(work: Promise<Value>): Promise<Value> {
    try {
      return await work;
    } catch (error) {
      // A lost device refuses everything, a moment before it says that it is lost.
      await Promise.race([this.device.lost, new Promise((resolve) => setTimeout(resolve, LAST_WORDS))]);
      this.check();
      throw error;
    }
  }

  createBuffer(label: string, size: number, usage: number): GPUBuffer {
    this.liveBuffers++;
    return this.device.createBuffer({ label, size, usage });
  }

  destroyBuffer(buffer: GPUBuffer): void {
    this.liveBuffers--;
    buffer.destroy();
  }

  /** Runs work that may be refused, and throws what the card says about it, headed by `owner`. */
  async guard<Value>(owner: string, work: () => Value): Promise<Value> {
    for (const filter of ['internal', 'out-of-memory', 'validation'] as const)
      this.device.pushErrorScope(filter);
    let result: Value;
    let scopes: Promise<GPUError | null>[];
    try {
      result = work();
    } finally {
      scopes = [1, 2, 3].map(() => this.device.popErrorScope());
    }
    const [validation, memory, internal] = await this.wait(Promise.all(scopes));
    if (memory)
      throw new InklingError(`${owner}: the graphics card has no memory left; choose a smaller batch.`);
    const error = validation ?? internal;
    if (error) throw new InklingError(`${owner}: the graphics card refused it: ${firstLine(error.message)}`);
    return result;
  }
}

/** Milliseconds that a device has to say why it was lost. */
const LAST_WORDS = 100;

let current: Promise<Card> | undefined;

/** The device, opened when it is first asked for and again after it was lost. */
export async function openCard(): Promise<Card> {
  const known = await current?.catch(() => undefined);
  if (known && !known.isLost) return known;
  if (!current || known?.isLost) current = open();
  return current;
}

async function open(): Promise<Card> {
  const gpu = await findGpu();
  const adapter = await gpu?.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) {
    throw new InklingError(
      "There is no graphics card here that WebGPU can use; take the backend wasm, or see what 'inkling info' finds.",
    );
  }
  const requiredLimits: Record<string, number> = {};
  for (const name of WANTED_LIMITS) requiredLimits[name] = adapter.limits[name];
  const requiredFeatures = WANTED_FEATURES.filter((name) => adapter.features.has(name));
  const device = await adapter.requestDevice({ label: 'inkling', requiredFeatures, requiredLimits });
  return new Card(device, reportOf(adapter));
}

/** Each adapter once, the one that the engine takes first. */
export async function surveyAdapters(): Promise<AdapterReport[]> {
  const gpu = await findGpu();
  const reports = new Map<string, AdapterReport>();
  const preferences: GPURequestAdapterOptions[] = [
    { powerPreference: 'high-performance' },
    { powerPreference: 'low-power' },
    { forceFallbackAdapter: true },
  ];
  for (const preference of preferences) {
    const adapter = await gpu?.requestAdapter(preference);
    if (!adapter) continue;
    const report = reportOf(adapter);
    if (!reports.has(report.name)) reports.set(report.name, report);
  }
  return [...reports.values()];
}

function reportOf({ info, features, limits }: GPUAdapter): AdapterReport {
  const { vendor, architecture, device, description } = info;
  const words = [vendor, architecture || device].filter(Boolean);
  const named: Record<string, number> = {};
  for (const name of [...WANTED_LIMITS, 'maxComputeWorkgroupsPerDimension'] as const)
    named[name] = limits[name];
  return {
    name: words.join(' ') || description || 'unnamed',
    isSoftware: info.isFallbackAdapter || SOFTWARE.test(`${vendor} ${architecture} ${device} ${description}`),
    features: WANTED_FEATURES.filter((name) => features.has(name)),
    limits: named,
  };
}

/** What hands out adapters: the browser's own, or Dawn. */
async function findGpu(): Promise<GPU | undefined> {
  return globalThis.navigator?.gpu ?? startDawn();
}

function lostError({ reason, message }: GPUDeviceLostInfo): DeviceLostError {
  const why = firstLine(message) || reason;
  return new DeviceLostError(`The graphics card was lost (${why}).`);
}

function firstLine(message: string): string {
  return message.trim().split('\n')[0];
}
