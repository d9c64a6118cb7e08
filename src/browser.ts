/**
 * The public API of Inkling in a page: all of the engine, and data sets from bytes. `npm run build:browser` makes one ES
 * module of it. Nothing here needs Node; what does is added in `index.ts`.
 */

export type { AugmentationSpec } from '../kernels/augmentation/spec.ts';
export type { MixupSpec } from '../kernels/mixup/index.ts';
export type { Shape } from '../kernels/operation.ts';
export { shuffledOrder } from './data/batches.ts';
export {
  CORRUPTION_NAMES,
  type CorruptionName,
  type CorruptOptions,
  corrupt,
  corruptionTitle,
} from './data/corruptions/index.ts';
export {
  type Dataset,
  DIGIT_NAMES,
  NOT_A_DIGIT,
  READER_CLASSES,
  subset,
  withClasses,
} from './data/dataset.ts';
export { datasetFromFiles, type IdxFiles } from './data/gunzip.ts';
export {
  dropCopies,
  type Guarded,
  imbalanceRatio,
  joinDatasets,
  type PartReport,
  partReports,
} from './data/join.ts';
export { findCopies, findRepeats, inkHashes } from './data/leakage.ts';
export { type PagesOptions, pageDigits } from './data/pages/index.ts';
export { findResampled } from './data/resampled.ts';
export { defaultValidationCount, splitDataset } from './data/split.ts';
export { syntheticDigits } from './data/synthetic/index.ts';
export { type CompileOptions, compile, warmUp } from './engine/compile.ts';
export { type BackendName, Executable } from './engine/executable.ts';
export { type LevelReport, surveyLevels } from './engine/wasm/choose.ts';
export { LEVELS, type Level } from './engine/wasm/module.ts';
export { borrowThreads, lendThreads, type ThreadLender } from './engine/wasm/thread.ts';
export { type AdapterReport, DeviceLostError, surveyAdapters } from './engine/webgpu/device.ts';
export { rememberTiles, type TileMemory } from './engine/webgpu/tileMemory.ts';
export { DivergenceError, InklingError, UsageError } from './errors.ts';
export { foldBatchNorm, type WeightedModel } from './model/fold.ts';
export * from './model/layers.ts';
export {
  type Calibration,
  decodeNetwork,
  encodeNetwork,
  type Network,
  weightShapes,
} from './model/network.ts';
export { NETWORKS } from './model/networks.ts';
export { encodeOnnx, type OnnxOptions, type OnnxSource } from './model/onnx.ts';
export { type LayerSummary, type ModelSummary, summarise } from './model/summary.ts';
export { augmentedCopy, type CopyOptions } from './training/augmentedCopy.ts';
export { fitCalibration, fitTemperature, logitsOf } from './training/calibration.ts';
export type {
  Callback,
  CallbackState,
  Output,
  StepEnd,
  TrainingControl,
} from './training/callbacks/callback.ts';
export { csvLogger } from './training/callbacks/csvLogger.ts';
export { earlyStopping } from './training/callbacks/earlyStopping.ts';
export { modelCheckpoint } from './training/callbacks/modelCheckpoint.ts';
export { reduceLROnPlateau } from './training/callbacks/reduceLROnPlateau.ts';
export { type CallbackSpec, createCallback } from './training/callbacks/specs.ts';
export { type StepLine, stepLogger } from './training/callbacks/stepLogger.ts';
export { tensorBoard } from './training/callbacks/tensorBoard.ts';
export { terminateOnNaN } from './training/callbacks/terminateOnNaN.ts';
export {
  type Checkpoint,
  decodeCheckpoint,
  type EpochRecord,
  encodeCheckpoint,
} from './training/checkpoint.ts';
export { Classifier, evaluate, type RunOptions } from './training/classifier.ts';
export { evaluateTogether, meanProbabilities, type TogetherOptions } from './training/ensemble.ts';
export {
  type Corrections,
  FINETUNE_DEFAULTS,
  type FinetuneOptions,
  finetune,
  judge,
  requireEnough,
  rightAnswers,
  type Verdict,
} from './training/finetune.ts';
export { type ClassScore, type Scores, softmax } from './training/metrics.ts';
export type { StepReport, TrainOptions, TrainResult } from './training/options.ts';
export { comparePaired, type PairedComparison } from './training/paired.ts';
export { findPreset, type Preset, parsePreset, preset, presetNames } from './training/presets.ts';
export type { KernelShare, StepProfile } from './training/profiler.ts';
export { completeRecipe, type Recipe } from './training/recipe.ts';
export type { ReliabilityBin } from './training/reliability.ts';
export { learningRateAt, type ScheduleSpec } from './training/schedule.ts';
export { train } from './training/train.ts';
export type { WeightAveragingSpec } from './training/weightAveraging.ts';
export { toDigit } from './vision/centred.ts';
export { explain } from './vision/explain.ts';
export { type Finding, findDigits } from './vision/find.ts';
export { type Harvested, harvest } from './vision/harvest.ts';
export { normalise } from './vision/normalise.ts';
export type { Box, Picture, PictureReading, ReadDigit } from './vision/picture.ts';
export { type DigitClassifier, Reader } from './vision/reader.ts';
export { RememberedAnswers } from './vision/rememberedAnswers.ts';
