/**
 * What an operation is.
 *
 * Each operation lives in a folder of its own: `reference.ts` says in plain loops what it computes,
 * `wasm.ts` computes the same in AssemblyScript, and `index.ts` holds the object defined here, which tells
 * the engine its shapes and how to call both. Nothing else in the engine knows an operation by name.
 *
 * Tensors are named by role. An operation reads its `inputs`, its parameters and its state, and writes `y`.
 * Going backward it reads `dy` and writes, for each input `x` and each parameter `weight`, the gradients `dx` and
 * `dweight`. What the forward pass keeps for the backward pass is called *saved*.
 * Layout is NHWC, with the batch N first; weights of convolutions are HWIO.
 */

/** Values of one tensor: 32-bit everywhere, 64-bit where the reference checks gradients. */
export type FloatArray = Float32Array | Float64Array;

/** Sizes, batch first: [N, H, W, C] or [N, features]. */
export type Shape = readonly number[];

/** How a parameter starts: see `src/model/initial.ts`. `fanIn` and `fanOut` count the connections of one unit. */
export type Initial =
  | { kind: 'zeros' }
  | { kind: 'ones' }
  | { kind: 'he' | 'glorot'; fanIn: number; fanOut: number };

export interface ParameterLayout {
  shape: Shape;
  initial: Initial;
  /** Whether an L2 penalty or weight decay applies: yes for weights, no for biases, gammas and betas. */
  decay: boolean;
}

export interface StateLayout {
  shape: Shape;
  initial: 'zeros' | 'ones';
}

export interface SavedLayout {
  shape: Shape;
  type: 'float' | 'int32';
}

/** Everything an operation needs room for, given the shapes of its inputs. */
export interface Layout {
  output: Shape;
  /** What training changes, by gradient. */
  parameters?: Record<string, ParameterLayout>;
  /** What training changes otherwise, such as running averages. */
  state?: Record<string, StateLayout>;
  /** What a training forward pass keeps for the backward pass. */
  saved?: Record<string, SavedLayout>;
  /** Values that never change, such as class weights. */
  constants?: Record<string, readonly number[]>;
}

/** Arguments of a reference kernel. Every tensor is a flat array in row-major order. */
export interface ReferenceCall<Attributes> {
  attributes: Attributes;
  /** Shapes of inputs, `y`, parameters, state and saved tensors; a gradient has the shape of its tensor. */
  shape: Record<string, Shape>;
  /** Floats by name. In a backward call `dx` is missing where nobody needs the gradient of an input. */
  tensor: Record<string, FloatArray>;
  integers: Record<string, Int32Array>;
  bytes: Record<string, Uint8Array>;
  training: boolean;
  random: RandomPosition;
}

/** Where in the stream of random numbers a call stands: the same three numbers give the same mask everywhere. */
export interface RandomPosition {
  seed: number;
  /** Position of the layer in the model. */
  layer: number;
  /** Training steps done so far. */
  step: number;
}

/** Arguments for lowering an operation to WebAssembly kernels. Pointers are byte addresses, 16-byte aligned. */
export interface WasmCall<Attributes> {
  attributes: Attributes;
  shape: Record<string, Shape>;
  /** Addresses by name; 0 for a tensor that is not there. */
  pointer: Record<string, number>;
  training: boolean;
  /** Position of the layer in the model, for random numbers. */
  layer: number;
  /** Address of three u32: the seed's low and high half, and the step. */
  random: number;
  /** How many workers share each kernel: partial results need this many places. */
  parts: number;
  /** The register tile that suits the instruction level, for inner products. */
  tile: Tile;
  /** Reserves bytes that live only as long as this step, and returns their address. */
  scratch(bytes: number): number;
  /** Reserves bytes for what calls with `preparation` make: they live as long as the weights stay the same. */
  keep(bytes: number): number;
}

/** A register tile of an inner product: so many rows times so many columns of accumulators. */
export interface Tile {
  rows: number;
  columns: number;
}

/**
 * One exported WebAssembly function with its arguments. It is called with three more, `begin`, `end` and `part`:
 * do units begin (inclusive) to end (exclusive) of `extent`, as worker number `part` (a kernel that keeps no partial
 * results leaves the last one out).
 * All workers finish one call before any starts the next.
 */
export interface KernelCall {
  kernel: string;
  args: readonly number[];
  extent: number;
  /**
   * True where the call depends on nothing but weights, and writes to nothing but what `keep` gave: a network that
   * only answers makes it once.
   */
  preparation?: boolean;
}

/** Arguments for lowering an operation to WebGPU shaders. Tensors are bound by name, each a buffer of its own. */
export interface GpuCall<Attributes> {
  attributes: Attributes;
  shape: Record<string, Shape>;
  /** Whether there is a tensor of that name: nobody may need `dx`, and a layer may have no `bias`. */
  has(tensor: string): boolean;
  training: boolean;
  /** Position of the layer in the model, for random numbers. */
  layer: number;
  device: GpuTraits;
  /** Reserves room for so many values that live only as long as this step; returns a name to bind. */
  scratch(values: number): string;
  /** Reserves room for what dispatches with `preparation` make: it lives as long as the weights stay the same. */
  keep(values: number): string;
}

/** What a shader may count on. */
export interface GpuTraits {
  subgroups: boolean;
  /** Whether it has numbers of half precision. */
  f16: boolean;
  /** Whether inner products round to half precision what they read, as somebody asked: see `kernels/gemm/halves.ts`. */
  halves?: boolean;
  /** A graphics card in software: what suits one does not suit the other. */
  isSoftware: boolean;
  /** How inner products are tiled, where a tuner has measured it; otherwise `kernels/gemm/webgpu.ts` chooses. */
  tile?: GpuTile;
  limits: {
    maxComputeWorkgroupStorageSize: number;
    maxComputeInvocationsPerWorkgroup: number;
    maxComputeWorkgroupsPerDimension: number;
  };
}

/**
 * How an inner product is divided among the invocations of a shader.
 *
 * - `lanes`: four neighbouring invocations share rows × (4 × columns) accumulators, and loops advance by up to
 *   `unroll`. Nothing goes through workgroup memory.
 * - `shared`: a workgroup of so many threads, columns first, each with rows × columns accumulators, reads `depth`
 *   terms at a time into workgroup memory.
 */
export type GpuTile =
  | { kind: 'lanes'; rows: number; columns: number; unroll: number }
  | {
      kind: 'shared';
      threads: readonly [number, number];
      rows: number;
      columns: number;
      depth: number;
    };

/** One dispatch of a compute shader. All of them run in order, each seeing what the ones before it wrote. */
export interface GpuDispatch {
  /** For profiles and messages, such as `conv2dForward`. */
  kernel: string;
  /** A WGSL module. The same text is compiled once. */
  code: string;
  entryPoint: string;
  /** Of its `override` declarations. */
  constants?: Record<string, number>;
  /**
   * Tensors at @group(0) @binding(0), (1), …: names of this step, of `scratch` or `keep`, `random` (three u32: seed,
   * low and high, and step) or, in an optimiser, `hyper`; '' for one that this entry point does not use.
   */
  bindings: readonly string[];
  workgroups: readonly [number, number, number];
  /** Multiplications and additions, where they are more to it than reading and writing. */
  flops?: number;
  /** True where it depends on nothing but weights, and writes to nothing but what `keep` gave. */
  preparation?: boolean;
}

export interface Operation<Attributes = Record<string, never>> {
  readonly name: string;
  /** Names of the input tensors, such as `['x']` or `['a', 'b']`. */
  readonly inputs: readonly string[];
  /** Checks and completes the attributes of a layer spec; throws an `OperationError` that says what is wrong. */
  parse(attributes: Record<string, unknown>): Attributes;
  /** Shapes that follow from the inputs' shapes; throws an `OperationError` where they do not fit. */
  layout(inputs: readonly Shape[], attributes: Attributes): Layout;
  /** True where y = x outside training, so that inference leaves the operation out. */
  readonly identityAtInference?: boolean;
  /** Multiplications and additions of one forward pass, where they are worth counting. */
  flops?(inputs: readonly Shape[], attributes: Attributes): number;
  readonly reference: {
    forward(call: ReferenceCall<Attributes>): void;
    backward(call: ReferenceCall<Attributes>): void;
  };
  readonly wasm: {
    forward(call: WasmCall<Attributes>): KernelCall[];
    backward(call: WasmCall<Attributes>): KernelCall[];
  };
  readonly webgpu?: {
    forward(call: GpuCall<Attributes>): GpuDispatch[];
    backward(call: GpuCall<Attributes>): GpuDispatch[];
  };
}

/** An operation cannot do what was asked of it. The message is a sentence part, such as "stride must be …". */
export class OperationError extends Error {
  override name = 'OperationError';
}

/** Number of values in a tensor. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}
