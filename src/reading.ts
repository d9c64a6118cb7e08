/**
 * The part of the public API that reading pictures takes.
 *
 * All of it is in `index.ts` too. A program that reads one picture and ends, as `inkling predict` does, imports this
 * file instead: it loads half as many modules, and loading them is most of what such a program does.
 */
export {
  boxInOriginal,
  type DecodedPicture,
  type DecodeLimits,
  decodePicture,
  MOST_PICTURE_BYTES,
} from './data/decode.ts';
export { encodePicture, requireWritableName } from './data/encode.ts';
export { describeFileError, readFileBounded, writeFileAtomic } from './data/files.ts';
export { PICTURE_EXTENSIONS, recognise } from './data/pictureFormat.ts';
export { readPictureFile, readPictureStream } from './data/pictureInput.ts';
export type { BackendName } from './engine/executable.ts';
export { LEVELS, type Level } from './engine/wasm/module.ts';
export { rememberTiles, type TileMemory } from './engine/webgpu/tileMemory.ts';
export { InklingError, UsageError } from './errors.ts';
export { decodeNetwork, type Network } from './model/network.ts';
export { Classifier, type RunOptions } from './training/classifier.ts';
export type { Box, Picture, PictureReading, ReadDigit } from './vision/picture.ts';
export { type DigitClassifier, Reader } from './vision/reader.ts';
