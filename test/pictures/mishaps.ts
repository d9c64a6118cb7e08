/** What else gets into a picture of a page: folds in the paper, and the thumb that holds it. */
import { type Colour, type Image, ink, varied } from './colour.ts';
import type { TruthBox } from './layout.ts';
import type { Lot } from './lot.ts';
import { blur, drawStroke, emptyMask } from './mask.ts';

/** A fold across the page: one side is lit a little differently, and the crease is a thin light or dark line. */
export function fold({ width, height, values }: Image, lot: Lot): void {
  const angle = lot.pick([0, Math.PI / 2]) + lot.normal() * 0.03;
  const [nx, ny] = [Math.cos(angle), Math.sin(angle)];
  const offset = nx * width * lot.between(0.2, 0.8) + ny * height * lot.between(0.2, 0.8);
  const tone = lot.between(-0.08, 0.08);
  const crease = lot.between(-0.12, 0.06);
  const breadth = Math.max(width, height) * lot.between(0.001, 0.004) + 0.5;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const across = nx * x + ny * y - offset;
      const side = Math.min(1, Math.max(0, across / (4 * breadth) + 0.5));
      const factor = 1 + tone * side + crease * Math.exp(-((across / breadth) ** 2));
      const at = 3 * (y * width + x);
      for (let i = at; i < at + 3; i++) values[i] *= factor;
    }
  }
}

const SKIN: readonly Colour[] = [
  [0.92, 0.74, 0.64],
  [0.82, 0.6, 0.46],
  [0.55, 0.37, 0.27],
  [0.36, 0.24, 0.18],
];

/** A thumb that reaches in from the edge, where it covers none of the digits; none if there is no such place. */
export function addThumb(image: Image, boxes: readonly TruthBox[], lot: Lot): void {
  const { width, height } = image;
  const breadth = Math.max(width, height) * lot.between(0.08, 0.14);
  for (let attempt = 0; attempt < 8; attempt++) {
    const isSide = lot.isLucky(0.5);
    const isFar = lot.isLucky(0.5);
    const along = lot.between(0.1, 0.9);
    const reach = breadth * lot.between(0.3, 0.9);
    const [x, y] = isSide
      ? [isFar ? width - reach : reach, along * height]
      : [along * width, isFar ? height - reach : reach];
    const [outX, outY] = isSide
      ? [isFar ? width + breadth : -breadth, y + lot.normal() * breadth * 0.4]
      : [x, isFar ? height + breadth : -breadth];
    const room = 0.8 * breadth;
    const isFree = boxes.every(([left, top, w, h]) => {
      const dx = Math.max(left - Math.max(x, outX), Math.min(x, outX) - left - w);
      const dy = Math.max(top - Math.max(y, outY), Math.min(y, outY) - top - h);
      return Math.max(dx, dy) > room;
    });
    if (!isFree) continue;
    const skin = varied(lot.pick(SKIN), lot, 0.04);
    const shadow = emptyMask(width, height);
    drawStroke(
      shadow,
      [
        [x + breadth * 0.08, y + breadth * 0.08],
        [outX, outY],
      ],
      breadth,
    );
    blur(shadow.values, width, height, breadth * 0.08);
    ink(image, shadow, [0, 0, 0], 0.35);
    const thumb = emptyMask(width, height);
    drawStroke(
      thumb,
      [
        [x, y],
        [outX, outY],
      ],
      breadth,
    );
    ink(image, thumb, skin);
    const middle = emptyMask(width, height);
    drawStroke(
      middle,
      [
        [x, y],
        [outX, outY],
      ],
      breadth * 0.5,
    );
    blur(middle.values, width, height, breadth * 0.15);
    ink(image, middle, [Math.min(1, skin[0] * 1.1), Math.min(1, skin[1] * 1.1), skin[2]], 0.7);
    return;
  }
}
