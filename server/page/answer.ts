/** What was read, here or on the server, in one form. */
import type { Box } from '../../src/browser.ts';
import { bytesOf, type Prediction } from './api.ts';
import type { LocalReading } from './reading/protocol.ts';

export interface AnswerDigit {
  digit: number;
  confidence: number;
  probabilities: readonly number[];
  notDigit: number;
  box: Box;
  /** What the network saw: 28×28 bytes, 255 for ink. */
  image?: Uint8Array;
}

export interface Answer {
  text: string;
  digits: readonly AnswerDigit[];
  rejected: string | false;
  milliseconds: number;
  /** Size of the picture, which boxes refer to. */
  width: number;
  height: number;
  model: string;
  /** Where it was read, for people. */
  where: string;
}

export function fromPage(
  reading: LocalReading,
  size: { width: number; height: number },
  model: string,
  where: string,
): Answer {
  return { ...reading, ...size, model, where };
}

export function fromServer(prediction: Prediction, where: string): Answer {
  const digits = prediction.digits.map((digit) => ({
    ...digit,
    image: digit.image ? bytesOf(digit.image) : undefined,
  }));
  const { text, rejected, milliseconds, width, height, model } = prediction;
  return { text, digits, rejected, milliseconds, width, height, model, where };
}
