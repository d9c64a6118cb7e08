/** The samples as a row of little sheets. */

import { h } from '../dom.ts';
import { drawStroke } from '../drawing/ink.ts';
import { PAD_HEIGHT, PAD_WIDTH } from '../drawing/pad.ts';
import type { Stroke } from '../drawing/stroke.ts';
import { messages } from '../messages.ts';
import { type Sample, samples } from './samples.ts';

const SCALE = 0.8;

export function gallery(use: (strokes: readonly Stroke[]) => void): HTMLElement {
  const words = messages.samples;
  return h(
    'section',
    { class: 'samples', 'aria-labelledby': 'samples-heading' },
    h('h2', { id: 'samples-heading' }, words.heading),
    h('div', { class: 'sample-row' }, ...samples().map((sample) => sheet(sample, use))),
  );
}

function sheet(
  { name, isScribble, strokes }: Sample,
  use: (strokes: readonly Stroke[]) => void,
): HTMLElement {
  const canvas = h('canvas', { width: PAD_WIDTH * SCALE, height: PAD_HEIGHT * SCALE, 'aria-hidden': 'true' });
  const label = messages.samples.use(isScribble ? messages.samples.scribble : name.replaceAll('\n', ', '));
  const button = h('button', { type: 'button', 'aria-label': label, onclick: () => use(strokes) }, canvas);
  const draw = () => {
    const context = canvas.getContext('2d')!;
    context.clearRect(0, 0, canvas.width, canvas.height);
    const colour = getComputedStyle(button).color;
    for (const stroke of strokes) drawStroke({ context, scale: SCALE, colour }, stroke);
  };
  // Its colour is known once it is part of the page.
  requestAnimationFrame(draw);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  return button;
}
