/**
 * Reads a few drawings nobody made, before a person makes one: browsers compile code that runs often, and the first
 * answers would otherwise take ten times as long as those after them.
 */
import type { Picture, Reader } from '../../../src/browser.ts';
import { aTurnForOthers } from './polite.ts';

const WIDTH = 200;
const HEIGHT = 150;
const PEN = 5;
const ROUNDS = 6;
/** Corners of two figures that take some doubt to read. */
const FIGURES: readonly (readonly (readonly [x: number, y: number])[])[] = [
  [
    [40, 40],
    [80, 38],
    [66, 70],
    [56, 110],
  ],
  [
    [120, 40],
    [150, 42],
    [122, 104],
    [160, 108],
  ],
];

/** Between two readings, questions of people get their turn; it stops when one has come. */
export async function warmUp(reader: Reader, isNeeded: () => boolean): Promise<void> {
  for (let round = 0; round < ROUNDS && isNeeded(); round++) {
    await reader.read(drawing(FIGURES.slice(0, 1 + (round % FIGURES.length))));
    await aTurnForOthers();
  }
}

function drawing(figures: typeof FIGURES): Picture {
  const data = new Uint8Array(WIDTH * HEIGHT).fill(255);
  for (const corners of figures) {
    for (const [i, [toX, toY]] of corners.entries()) {
      const [fromX, fromY] = corners[Math.max(0, i - 1)];
      const steps = Math.ceil(Math.hypot(toX - fromX, toY - fromY)) + 1;
      for (let step = 0; step <= steps; step++) {
        blot(data, fromX + ((toX - fromX) * step) / steps, fromY + ((toY - fromY) * step) / steps);
      }
    }
  }
  return { width: WIDTH, height: HEIGHT, channels: 1, data };
}

function blot(data: Uint8Array, x: number, y: number): void {
  for (let row = Math.floor(y - PEN); row <= y + PEN; row++) {
    for (let column = Math.floor(x - PEN); column <= x + PEN; column++) {
      const ink = Math.max(0, Math.min(1, PEN - Math.hypot(row - y, column - x)));
      const at = row * WIDTH + column;
      data[at] = Math.min(data[at], 255 * (1 - ink));
    }
  }
}
