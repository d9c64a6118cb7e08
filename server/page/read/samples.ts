/** Drawings of our own to try: digits as strokes of a few points, on a grid ten high. */

import { PAD_HEIGHT, PAD_WIDTH } from '../drawing/pad.ts';
import type { Stroke } from '../drawing/stroke.ts';

/** Points x,y; strokes apart by a bar. */
const GLYPHS: Record<string, string> = {
  0: '4,0 2,0.4 0.6,2.5 0.4,5.5 1.6,9 3.8,10 5.6,8.6 6.4,5.5 6.2,2.5 5,0.3 3.6,0 2.8,0.2',
  1: '1,2.6 2.2,1.4 3.2,0 3.2,0 3.1,3 3,6 2.9,10',
  2: '0.6,2.4 1,0.8 3,-0.1 5,0.6 5.6,2.4 4.6,4.8 2.4,7.4 0.4,9.8 0.4,9.8 2.4,9.3 4.4,9.9 6.4,9.6',
  3: '0.8,1 2.4,0 4.6,0.3 5.4,2 4.4,3.9 2.4,4.6 2.4,4.6 4.8,5 6,6.8 5.2,9 3,10 0.8,9.3 0.2,8.6',
  4: '3.6,0 2.4,2.6 0.4,6.2 0.4,6.2 3,6.1 6.4,5.9|4.8,3.4 4.6,6 4.3,10',
  5: '1.6,0.2 1.4,2 1,4.2 1,4.2 3,3.5 5.2,4.6 5.8,6.8 4.6,9.2 2.4,10 0.4,9.2|1.6,0.2 3.4,0.2 5.6,0',
  6: '4.8,0 2.6,1.8 1,4.6 0.6,7.4 1.8,9.6 3.8,10 5.4,8.6 5.4,6.4 4,5.2 2.2,5.8 1,7.4',
  7: '0.4,0.6 2.4,0.4 5.8,0.2 5.8,0.2 4.4,3.6 3.2,6.8 2.6,10',
  8: '5.2,1.2 3.2,0 1.2,0.8 0.9,2.6 2.6,4.4 4.8,6.2 5.6,8 4.4,9.8 2.2,10 0.8,8.4 1.6,6.2 4.2,4.2 5.3,2.4 5,1',
  9: '5.4,1.8 3.6,0.2 1.6,0.8 0.8,2.8 1.8,4.6 3.8,4.6 5.2,3 5.5,1.6 5.5,1.6 5.4,4.4 4.8,7.4 4.4,10',
};

const SCRIBBLE = '0,4 1.4,1 3,7 4.6,0.6 6,8.6 7.6,1 9,7.6 10.6,2 12,7 13,3 12,9 8,5 4,9.4 1,6 4,4 9,8 13,6';

export interface Sample {
  name: string;
  isScribble: boolean;
  strokes: Stroke[];
}

/** The numbers on offer. */
const NUMBERS = ['3', '7', '58', '2046', '31\n97'];
const PEN = PAD_WIDTH / 32;
const ADVANCE = 8.2;
const LINE = 13.5;

function pointsOf(text: string): [number, number][][] {
  return text
    .split('|')
    .map((part) => part.split(' ').map((pair) => pair.split(',').map(Number) as [number, number]));
}

/** Strokes of the size of the sheet's middle. */
function laidOut(parts: readonly [number, number][][], width: number, height: number): Stroke[] {
  const scale = Math.min((PAD_WIDTH * 0.72) / width, (PAD_HEIGHT * 0.6) / height);
  const left = (PAD_WIDTH - width * scale) / 2;
  const top = (PAD_HEIGHT - height * scale) / 2;
  return parts.map((points) => ({
    points: points.map(([x, y]) => ({ x: left + x * scale, y: top + y * scale, pressure: 0.5 })),
    width: Math.min(PEN, scale * 1.15),
    isEraser: false,
  }));
}

function numberSample(name: string): Sample {
  const lines = name.split('\n');
  const parts = lines.flatMap((line, row) =>
    [...line].flatMap((digit, column) =>
      pointsOf(GLYPHS[digit]).map((points) =>
        points.map(([x, y]): [number, number] => [x + column * ADVANCE, y + row * LINE]),
      ),
    ),
  );
  const width = (Math.max(...lines.map((line) => line.length)) - 1) * ADVANCE + 6.4;
  return { name, isScribble: false, strokes: laidOut(parts, width, (lines.length - 1) * LINE + 10) };
}

export function samples(): Sample[] {
  return [
    ...NUMBERS.map(numberSample),
    { name: '', isScribble: true, strokes: laidOut(pointsOf(SCRIBBLE), 13, 10) },
  ];
}
