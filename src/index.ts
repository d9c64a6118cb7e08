/** The public API of Inkling: everything another package, the command line or the server may import. */

export * from './browser.ts';
export { type CsvDataset, type CsvOptions, loadCsv } from './data/csv.ts';
export {
  boxInOriginal,
  type DecodedPicture,
  type DecodeLimits,
  decodePicture,
  MOST_PICTURE_BYTES,
} from './data/decode.ts';
export { encodePicture, requireWritableName } from './data/encode.ts';
export { describeFileError, readFileBounded, writeFileAtomic } from './data/files.ts';
export { fetchMnist, loadIdxDirectory, loadMnist, mnistInfo } from './data/mnist.ts';
export { isPictureFolder, loadPictureFolder, type PictureFolder } from './data/pictureFolder.ts';
export { PICTURE_EXTENSIONS, recognise } from './data/pictureFormat.ts';
export { readPictureFile, readPictureStream } from './data/pictureInput.ts';
export { annotate } from './report/annotate.ts';
export {
  type Comparison,
  compareRuns,
  outlineOf,
  type RunOutline,
} from './report/comparison.ts';
export { contactSheet, rowsOfClasses, type Sheet } from './report/contactSheet.ts';
export { renderComparison, renderRunReport, renderStudyReport } from './report/render.ts';
export {
  hardestExamples,
  type RunRecord,
  type RunResults,
  type RunStart,
  rawCalibrationError,
} from './report/run.ts';
export { type ExplainedDigit, saliencySheet } from './report/saliency.ts';
export * from './sweep/index.ts';
