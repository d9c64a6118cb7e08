/** What was read, here or on the server, in one form. */
import type { Box } from '../../src/browser.ts';
import { bytesOf, type Prediction } from './api.ts';
import type { Region } from './drawing/region.ts';
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

/** The answer to a region of something larger, with boxes in places of that. */
export function movedTo(answer: Answer, { left, top }: Region, { width, height }: Region): Answer {
  const digits = answer.digits.map((digit) => {
    const [x, y, ...size] = digit.box;
    return { ...digit, box: [x + left, y + top, ...size] as Box };
  });
  return { ...answer, digits, width, height };
}
