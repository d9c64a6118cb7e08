/** What the page and the worker that reads say to each other. */
import type { PictureReading } from '../../../src/browser.ts';
import type { ModelReport } from './describe.ts';
import type { LayerOutput } from './layers.ts';

export type Question =
  | { type: 'load'; weights: string; version: string }
  | { type: 'read'; width: number; height: number; channels: 1 | 4; data: Uint8Array<ArrayBuffer> }
  | { type: 'explain'; image: Uint8Array; digit: number }
  | { type: 'layers'; image: Uint8Array }
  | { type: 'describe' };

export interface LocalReading extends PictureReading {
  milliseconds: number;
  /** What computed it, for people. */
  where: string;
}

/** What each question is answered with. */
export interface Answers {
  load: { version: string };
  read: LocalReading;
  explain: Float32Array;
  layers: LayerOutput[];
  describe: ModelReport;
}

export type Ask = Question & { ticket: number };
export type Reply = { ticket: number; answer: Answers[keyof Answers] } | { ticket: number; failure: string };
