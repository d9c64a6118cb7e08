/** The public API of Inkling: everything another package, the command line or the server may import. */

export * from './browser.ts';
export { describeFileError, readFileBounded, writeFileAtomic } from './data/files.ts';
export { fetchMnist, loadIdxDirectory, loadMnist, mnistInfo } from './data/mnist.ts';
export { decodePng } from './data/png.ts';
