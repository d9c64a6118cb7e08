/** What the page and its worker say to each other. */

export type BackendChoice = 'auto' | 'webgpu' | 'wasm';

/** Digits drawn on the spot, or files in the format of MNIST, with or without a pair to test on. */
export type DataChoice = { kind: 'synthetic'; count: number } | { kind: 'files'; files: File[] };

/** What of the preset's recipe is set otherwise. */
export interface Settings {
  learningRate?: number;
  batch?: number;
  /** Share of the values before the last layer that training drops. */
  dropout?: number;
}

export type Request =
  /** The first: what is there to compute on? `threads` come from the page (`lendThreads`). */
  | { type: 'survey'; threads: MessagePort }
  | {
      type: 'start';
      data: DataChoice;
      backend: BackendChoice;
      epochs: number;
      seed: number;
      settings?: Settings;
    }
  | { type: 'pause' }
  | { type: 'go on' };

/** One held-out picture, and what the network takes it for. */
export interface Sample {
  pixels: Uint8Array;
  label: number;
  answer: number;
  probability: number;
}

export type Report =
  /** What there is to compute on: the graphics card's name, if there is one. */
  | { type: 'surveyed'; card?: string; isSoftware: boolean; threads: number; whyAlone?: string }
  | { type: 'drawing'; done: number; count: number }
  | { type: 'loaded'; name: string; training: number; heldOut: number }
  | {
      type: 'step';
      /** Steps done since the beginning, and how many there will be. */
      position: number;
      steps: number;
      /** So many steps since the last report, of which loss and accuracy are the means. */
      covers: number;
      loss: number;
      accuracy: number;
      imagesPerSecond: number;
    }
  | { type: 'epoch'; position: number; epoch: number; accuracy: number; loss: number }
  | { type: 'note'; sentence: string }
  | { type: 'paused' }
  | { type: 'done'; accuracy: number; seconds: number; samples: Sample[] }
  | { type: 'backend'; backend: string }
  | { type: 'failed'; sentence: string };
