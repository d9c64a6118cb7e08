/** Pixels as cameras, files and canvases give them: 8 bits a sample, row by row, the channels of a pixel side by side. */
export interface Picture {
  width: number;
  height: number;
  /** 1 grey, 2 grey and opacity, 3 red, green and blue, 4 those and opacity. */
  channels: 1 | 2 | 3 | 4;
  /** height × width × channels samples, gamma-coded as sRGB; opacity is not multiplied in. */
  data: Uint8Array | Uint8ClampedArray;
}

/** Left, top, width and height, in pixels of the picture. */
export type Box = [x: number, y: number, width: number, height: number];

/** One digit that was found and read. */
export interface ReadDigit {
  digit: number;
  /** The probability of that digit, calibrated. */
  confidence: number;
  /** Of the digits 0 to 9; they add up to 1. */
  probabilities: number[];
  /** The probability that it is no digit at all. */
  notDigit: number;
  box: Box;
  /** What the network saw: 28×28 bytes, row by row, 255 for ink. */
  image: Uint8Array;
}

/** What was read in a picture. */
export interface PictureReading {
  /** Lines of digits, from the top, joined by `\n`; empty where the picture was rejected. */
  text: string;
  /** In the order of the text. Of a rejected picture: what was looked at and turned away, if anything. */
  digits: ReadDigit[];
  /** Why the picture holds no digit, as a sentence, or false. */
  rejected: string | false;
}
