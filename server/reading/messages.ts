/** What the pool and its workers tell each other. */
import type { PictureReading } from '../../src/index.ts';

/** What a worker is started with. */
export interface WorkerSettings {
  maximumBatch: number;
  /** Milliseconds that a digit waits for others, at most. */
  batchDelay: number;
  maximumPixels: number;
  maximumUpload: number;
  model: ModelFile;
}

export interface ModelFile {
  version: string;
  bytes: Uint8Array;
}

/** A picture to read. */
export interface Question {
  number: number;
  /** The version of the model that shall answer. */
  model: string;
  bytes: Uint8Array;
  /** Whether the picture is to be coded anew, to be kept. */
  keep: boolean;
}

export type ToWorker =
  | { kind: 'read'; questions: Question[] }
  | { kind: 'load'; model: ModelFile }
  | { kind: 'forget'; version: string };

/** A picture as it is kept: coded anew from its pixels. */
export interface KeptPicture {
  bytes: Uint8Array<ArrayBuffer>;
  type: 'image/png' | 'image/webp';
}

/** What was read in a picture, with boxes in pixels of the picture as it was sent. */
export interface Answer extends PictureReading {
  /** Size of the picture as it was sent, upright. */
  width: number;
  height: number;
  picture?: KeptPicture;
  model: string;
  /** Time the worker took, with waiting for others to share a batch with. */
  milliseconds: number;
}

/** Why there is no answer: `unknown` is no picture of a kind that is read, `unreadable` a damaged one, `failed` our fault. */
export interface Refusal {
  reason: 'unknown' | 'unreadable' | 'failed';
  /** A sentence for whoever sent the picture. */
  message: string;
}

export type FromWorker =
  | { kind: 'answers'; answers: ({ number: number } & ({ answer: Answer } | { refusal: Refusal }))[] }
  /** Sizes of the batches that were run since the last such message. */
  | { kind: 'batches'; sizes: number[] }
  | { kind: 'loaded'; version: string }
  | { kind: 'notLoaded'; version: string; message: string };
