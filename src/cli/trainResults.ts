/** The end of a training run: calibration, the test set, and what is written and said of them. */
import {
  type Dataset,
  DivergenceError,
  type EpochRecord,
  fitCalibration,
  hardestExamples,
  InklingError,
  logitsOf,
  type RunOptions,
  type RunResults,
  rawCalibrationError,
  renderRunReport,
  type TrainResult,
  withClasses,
} from '../index.ts';
import { countOf, duration, percent } from './format.ts';
import type { RunFolder } from './runFolder.ts';
import { drawLiveLine, harmless, note, print, printJson, wipeLiveLine } from './terminal.ts';

/** Test pictures in the report that the network finds hardest. */
const HARDEST = 40;

export interface Ending {
  folder: RunFolder;
  result: TrainResult;
  validation?: Dataset;
  test: Dataset;
  engine: RunOptions;
  /** Whether to write the page. */
  report: boolean;
  json?: boolean;
}

/** Calibrates and scores a network, saves it with its results, and tells how it went. */
export async function finishRun(ending: Ending): Promise<void> {
  const { folder, result, validation, test: pictures, engine, report, json } = ending;
  const { network, stopped } = result;
  requireNumbers(result);
  if (stopped) note(harmless(stopped));
  drawLiveLine(`Scoring ${countOf(pictures.labels.length, 'test picture')} …`);
  if (validation) network.calibration = await fitCalibration(network, validation, engine);
  const { logits, scores } = await logitsOf(network, pictures, engine);
  const test = withClasses(pictures, network.classNames);
  network.provenance = {
    ...network.provenance,
    testAccuracy: scores.accuracy,
    ...{ confusion: scores.confusion, history: result.history.map(whatWasLearnt) },
  };
  await folder.saveModel(network);
  const results: RunResults = {
    seconds: result.history.reduce((sum, record) => sum + record.seconds, 0),
    epochs: result.history.length,
    ...{ backend: result.backend, stopped, test: scores, calibration: network.calibration },
    uncalibratedError: rawCalibrationError(logits, test),
    hardest: hardestExamples(logits, test, HARDEST, network.calibration?.temperature),
  };
  await folder.saveResults(results);
  if (report) await writeReport(folder);
  wipeLiveLine();
  tell(folder, results, report, json);
}

/** An epoch without its times, which differ from run to run: the same training gives the same file. */
function whatWasLearnt({ epoch, trainLoss, trainAccuracy, validationLoss, validationAccuracy }: EpochRecord) {
  return { epoch, trainLoss, trainAccuracy, validationLoss, validationAccuracy };
}

/** A run that ended because its loss was no number, with nothing better to go back to, has no network. */
function requireNumbers({ network, stopped }: TrainResult): void {
  for (const { values } of network.weights.values()) {
    if (values.every(Number.isFinite)) continue;
    throw new DivergenceError(
      `${stopped ?? 'The weights are no numbers any more'}; a lower learning rate or clipNorm usually helps.`,
    );
  }
}

/** Makes the page of a run from what its folder holds. */
export async function writeReport(folder: RunFolder): Promise<void> {
  const run = await folder.read();
  if (!run) {
    throw new InklingError(`${folder.path} holds no run; 'inkling runs' lists those there are.`);
  }
  await folder.saveReport(await renderRunReport(run));
}

function tell(folder: RunFolder, results: RunResults, report: boolean, json?: boolean): void {
  const { test, epochs, seconds, backend, stopped } = results;
  if (json) {
    printJson({
      event: 'end',
      model: folder.modelPath,
      testAccuracy: test.accuracy,
      calibrationError: test.calibrationError,
      ...{ epochs, seconds, backend, stopped },
      report: report ? folder.reportPath : undefined,
    });
    return;
  }
  print(`Test accuracy ${percent(test.accuracy)} after ${countOf(epochs, 'epoch')} in ${duration(seconds)}`);
  print(`Model ${harmless(folder.modelPath)}, trained on ${backend}`);
  if (report) print(`Report ${harmless(folder.reportPath)}`);
}
