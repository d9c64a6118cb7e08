/** Why a network took each digit for what it did, as a sheet: the digits enlarged, with heat where it looked. */
import type { Picture, ReadDigit } from '../vision/picture.ts';
import { Canvas, type Colour, textSize } from './canvas.ts';

const SIDE = 28;
/** A pixel of a digit becomes a square of so many. */
const MAGNIFICATION = 8;
const GAP = 12;
const DOT = 2;
const DIGITS_PER_ROW = 8;
const GROUND: Colour = [255, 255, 255];
const TEXT: Colour = [40, 40, 40];
/** Ink that speaks for the digit, and ink that speaks against it. */
const FOR: Colour = [213, 60, 0];
const AGAINST: Colour = [0, 114, 178];
/** How much of a pixel's colour is heat where heat is greatest. */
const STRONGEST = 0.85;

/** A digit, and for each of its 28×28 pixels how much it speaks for that answer (above 0) or against it (below 0). */
export interface ExplainedDigit extends Pick<ReadDigit, 'digit' | 'confidence' | 'image'> {
  heat: Float32Array;
}

/** Lays the digits in rows of eight, each under its answer and confidence. Heat is relative to the digit's greatest. */
export function saliencySheet(digits: readonly ExplainedDigit[]): Picture {
  const caption = textSize('', DOT).height;
  const cell = SIDE * MAGNIFICATION;
  const columns = Math.max(1, Math.min(DIGITS_PER_ROW, digits.length));
  const rows = Math.max(1, Math.ceil(digits.length / DIGITS_PER_ROW));
  const canvas = new Canvas(GAP + columns * (cell + GAP), GAP + rows * (caption + cell + GAP), GROUND);
  digits.forEach((digit, position) => {
    const left = GAP + (position % DIGITS_PER_ROW) * (cell + GAP);
    const top = GAP + Math.floor(position / DIGITS_PER_ROW) * (caption + cell + GAP);
    canvas.write(`${digit.digit} ${(100 * digit.confidence).toFixed(1)}%`, left, top, DOT, TEXT, GROUND);
    drawDigit(canvas, digit, left, top + caption);
  });
  return canvas;
}

function drawDigit(canvas: Canvas, { image, heat }: ExplainedDigit, left: number, top: number): void {
  const greatest = heat.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  for (let pixel = 0; pixel < SIDE * SIDE; pixel++) {
    const share = heat[pixel] / greatest;
    const colour = share > 0 ? FOR : AGAINST;
    const strength = STRONGEST * Math.abs(share);
    const paper = 255 - image[pixel];
    const shade = (channel: number) => Math.round(paper + (colour[channel] - paper) * strength);
    const x = left + (pixel % SIDE) * MAGNIFICATION;
    const y = top + Math.floor(pixel / SIDE) * MAGNIFICATION;
    canvas.fill(x, y, MAGNIFICATION, MAGNIFICATION, [shade(0), shade(1), shade(2)]);
  }
}
