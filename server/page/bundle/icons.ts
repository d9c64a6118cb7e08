/**
 * Draws the app's icons as PNG: a stroke of ink on paper, of the colours of the page. Run it when they change:
 * `node server/page/bundle/icons.ts`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode } from 'fast-png';

type Point = readonly [x: number, y: number];

const PAPER = [251, 250, 247];
const INK = [185, 58, 8];
const FOLDER = join(import.meta.dirname, '..', 'public', 'icons');
/** Two cubic curves, on a sheet of 0 to 1: a 2 that ends in a wave. */
const CURVES: readonly (readonly [Point, Point, Point, Point])[] = [
  [
    [0.3, 0.36],
    [0.38, 0.16],
    [0.72, 0.16],
    [0.68, 0.42],
  ],
  [
    [0.68, 0.42],
    [0.65, 0.58],
    [0.42, 0.66],
    [0.31, 0.77],
  ],
  [
    [0.31, 0.77],
    [0.46, 0.66],
    [0.54, 0.84],
    [0.73, 0.73],
  ],
];
const SAMPLES = 4;

function points(): Point[] {
  return CURVES.flatMap(([a, b, c, d]) =>
    Array.from({ length: 121 }, (_, i) => {
      const t = i / 120;
      const at = (axis: 0 | 1) =>
        (1 - t) ** 3 * a[axis] +
        3 * t * (1 - t) ** 2 * b[axis] +
        3 * t * t * (1 - t) * c[axis] +
        t ** 3 * d[axis];
      return [at(0), at(1)] as const;
    }),
  );
}

/** `inset` leaves room for systems that cut icons round. */
function draw(side: number, inset: number): Uint8Array {
  const line = points().map(([x, y]): Point => [0.5 + (x - 0.5) * inset, 0.5 + (y - 0.5) * inset]);
  const radius = 0.045 * inset;
  const data = new Uint8Array(side * side * 3);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      let covered = 0;
      for (let i = 0; i < SAMPLES * SAMPLES; i++) {
        const px = (x + ((i % SAMPLES) + 0.5) / SAMPLES) / side;
        const py = (y + (Math.floor(i / SAMPLES) + 0.5) / SAMPLES) / side;
        if (line.some(([lx, ly]) => (lx - px) ** 2 + (ly - py) ** 2 < radius * radius)) covered++;
      }
      const share = covered / (SAMPLES * SAMPLES);
      for (let c = 0; c < 3; c++) data[3 * (y * side + x) + c] = PAPER[c] + share * (INK[c] - PAPER[c]);
    }
  }
  return encode({ width: side, height: side, channels: 3, data });
}

mkdirSync(FOLDER, { recursive: true });
for (const side of [192, 512]) writeFileSync(join(FOLDER, `inkling-${side}.png`), draw(side, 1.15));
writeFileSync(join(FOLDER, 'inkling-maskable-512.png'), draw(512, 0.85));
const path = CURVES.map(
  ([a, ...rest], i) =>
    `${i === 0 ? `M${a.map((v) => v * 32).join(' ')}` : ''}C${rest
      .flat()
      .map((v) => +(v * 32).toFixed(2))
      .join(' ')}`,
).join('');
writeFileSync(
  join(FOLDER, 'inkling.svg'),
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><title>Inkling</title><rect width="32" height="32" rx="7" fill="#fbfaf7"/><path d="${path}" fill="none" stroke="#b93a08" stroke-width="3.2" stroke-linecap="round" stroke-linejoin="round"/></svg>\n`,
);
