/**
 * The public API of Inkling in a page: all of the engine, and data sets from bytes. `npm run build:browser` makes one ES
 * module of it. Nothing here needs Node; what does is added in `index.ts`.
 */

export type { Shape } from '../kernels/operation.ts';
export type { AugmentationSpec } from './data/augmentation.ts';
export { type Dataset, DIGIT_NAMES, subset } from './data/dataset.ts';
export { datasetFromFiles, type IdxFiles } from './data/gunzip.ts';
export { defaultValidationCount, splitDataset } from './data/split.ts';
export { syntheticDigits } from './data/synthetic/index.ts';
export { type CompileOptions, compile } from './engine/compile.ts';
export { type BackendName, Executable } from './engine/executable.ts';
export { type LevelReport, surveyLevels } from './engine/wasm/choose.ts';
export { LEVELS, type Level } from './engine/wasm/module.ts';
export { type AdapterReport, DeviceLostError, surveyAdapters } from './engine/webgpu/device.ts';
export { InklingError, UsageError } from './errors.ts';
export { foldBatchNorm, type WeightedModel } from './model/fold.ts';
export * from './model/layers.ts';
export { decodeNetwork, encodeNetwork, type Network, weightShapes } from './model/network.ts';
export { NETWORKS } from './model/networks.ts';
export { encodeOnnx, type OnnxOptions, type OnnxSource } from './model/onnx.ts';
export { type LayerSummary, type ModelSummary, summarise } from './model/summary.ts';
export {
  type Checkpoint,
  decodeCheckpoint,
  type EpochRecord,
  encodeCheckpoint,
} from './training/checkpoint.ts';
export { Classifier, evaluate, type RunOptions } from './training/classifier.ts';
export type { ClassScore, Scores } from './training/metrics.ts';
export type { StepReport, TrainOptions, TrainResult } from './training/options.ts';
export { preset, presetNames } from './training/presets.ts';
export type { KernelShare, StepProfile } from './training/profiler.ts';
export { completeRecipe, type Recipe } from './training/recipe.ts';
export { train } from './training/train.ts';
export { toDigit } from './vision/centred.ts';
