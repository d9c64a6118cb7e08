/**
 * One digit drawn with a mouse or a finger, as web pages and paint programs save it: hard or soft edges, any pen, anywhere, and
 * strokes as straight as a ruler's or as shaky as a mouse's.
 */

import type { Picture } from '../../../src/vision/picture.ts';
import { throughJpeg } from '../camera.ts';
import { boxOf, stampAll } from '../layout.ts';
import type { Lot } from '../lot.ts';
import { drawStroke, emptyMask, type Mask, placed } from '../mask.ts';
import type { Hand, Sample } from '../sample.ts';
import type { Point } from '../strokes.ts';

/** Drawn with straight lines, in a box of 100×100: points of each stroke, and the digit. */
const STRAIGHT: readonly (readonly [text: string, strokes: readonly (readonly Point[])[]])[] = [
  [
    '1',
    [
      [
        [50, 0],
        [50, 100],
      ],
    ],
  ],
  [
    '1',
    [
      [
        [56, 0],
        [44, 100],
      ],
    ],
  ],
  [
    '1',
    [
      [
        [32, 24],
        [52, 0],
        [52, 100],
      ],
    ],
  ],
  [
    '1',
    [
      [
        [30, 30],
        [55, 0],
        [55, 100],
      ],
      [
        [32, 100],
        [78, 100],
      ],
    ],
  ],
  [
    '7',
    [
      [
        [20, 0],
        [78, 0],
        [45, 100],
      ],
    ],
  ],
  [
    '7',
    [
      [
        [25, 2],
        [75, 0],
        [60, 100],
      ],
    ],
  ],
  [
    '7',
    [
      [
        [15, 0],
        [85, 0],
        [40, 100],
      ],
      [
        [35, 50],
        [75, 50],
      ],
    ],
  ],
  [
    '4',
    [
      [
        [62, 0],
        [15, 62],
        [88, 62],
      ],
      [
        [64, 30],
        [64, 100],
      ],
    ],
  ],
  [
    '4',
    [
      [
        [70, 100],
        [70, 0],
        [12, 66],
        [92, 66],
      ],
    ],
  ],
  [
    '4',
    [
      [
        [25, 0],
        [20, 52],
        [80, 52],
      ],
      [
        [68, 5],
        [68, 100],
      ],
    ],
  ],
  [
    '2',
    [
      [
        [22, 18],
        [40, 0],
        [64, 0],
        [76, 18],
        [70, 40],
        [18, 100],
        [82, 100],
      ],
    ],
  ],
  [
    '3',
    [
      [
        [20, 4],
        [76, 4],
        [44, 42],
        [68, 46],
        [80, 68],
        [68, 94],
        [40, 100],
        [20, 88],
      ],
    ],
  ],
  [
    '5',
    [
      [
        [76, 0],
        [28, 0],
        [24, 44],
        [56, 38],
        [78, 58],
        [72, 88],
        [44, 100],
        [20, 90],
      ],
    ],
  ],
  [
    '0',
    [
      [
        [46, 0],
        [20, 24],
        [18, 70],
        [42, 100],
        [70, 92],
        [82, 50],
        [70, 10],
        [46, 0],
      ],
    ],
  ],
];

export async function sketch(hand: Hand, lot: Lot): Promise<Sample> {
  const width = lot.pick([28, 56, 100, 200, 280, 280, 280, 400, 500, 500, 512]);
  const share =
    width < 60 ? lot.between(0.6, 0.8) : lot.isLucky(0.2) ? lot.between(0.12, 0.3) : lot.between(0.3, 0.92);
  const size = Math.max(14, share * width);
  const pen = Math.min(0.17 * size, Math.max(1, width * lot.scaleBetween(0.006, 0.09)));
  const mask = emptyMask(width, width);
  const isStraight = lot.isLucky(0.3);
  const [text, box] = isStraight
    ? drawStraight(mask, size, pen, lot)
    : drawFreely(mask, hand, size, pen, lot);
  const isHard = lot.isLucky(0.3);
  if (isHard) for (let i = 0; i < mask.values.length; i++) mask.values[i] = mask.values[i] > 0.5 ? 1 : 0;
  const way = lot.pick([
    'white on black',
    'white on black',
    'black on white',
    'black on white',
    'coloured',
    'transparent',
  ]);
  const picture = coloured(mask, way, lot);
  const isJpeg = way !== 'transparent' && width > 60 && lot.isLucky(0.2);
  return {
    kind: `${way}${isStraight ? ', ruler' : ''}${isHard ? ', hard edges' : ''}${isJpeg ? ', JPEG' : ''}`,
    text,
    boxes: [box],
    picture: isJpeg ? await throughJpeg(picture, lot.whole(60, 92)) : picture,
  };
}

type Drawn = [text: string, box: [number, number, number, number]];

function drawFreely(mask: Mask, hand: Hand, size: number, pen: number, lot: Lot): Drawn {
  const glyph = hand(pen / size);
  const stretch = lot.scaleBetween(0.75, 1.35);
  const w = glyph.width * size * stretch;
  const shrink = Math.min(1, (0.92 * mask.width) / w);
  const [x, y] = somewhere(mask, w * shrink, size * shrink, lot);
  const plain = placed(size * shrink, 0, x, y);
  const one = { glyph, map: [plain[0] * stretch, plain[1], plain[2], plain[3], x, y] as const };
  stampAll(mask, [one]);
  return [glyph.text, boxOf(one)];
}

function drawStraight(mask: Mask, size: number, pen: number, lot: Lot): Drawn {
  const [text, strokes] = lot.pick(STRAIGHT);
  const [x, y] = somewhere(mask, size * 0.8, size, lot);
  const slant = lot.normal() * 0.06;
  const wide = lot.scaleBetween(0.7, 1.15);
  const jitter = lot.between(0, 4);
  const points: Point[] = [];
  for (const stroke of strokes) {
    const placedStroke = stroke.map(([u, v]): Point => {
      const across = (u + jitter * lot.normal() - 50) * wide + slant * (50 - v) + 50;
      const down = v + jitter * lot.normal();
      return [
        Math.min(mask.width - pen, Math.max(pen, x + ((across - 10) / 100) * size)),
        Math.min(mask.height - pen, Math.max(pen, y + (down / 100) * size)),
      ];
    });
    drawStroke(mask, placedStroke, pen);
    points.push(...placedStroke);
  }
  const xs = points.map(([px]) => px);
  const ys = points.map(([, py]) => py);
  const [left, top] = [Math.min(...xs) - pen / 2, Math.min(...ys) - pen / 2];
  return [text, [left, top, Math.max(...xs) + pen / 2 - left, Math.max(...ys) + pen / 2 - top]];
}

function somewhere({ width, height }: Mask, w: number, h: number, lot: Lot): Point {
  const spread = lot.isLucky(0.5) ? 0.3 : 0.92;
  return [
    Math.max(1, (width - w) * (0.5 + spread * lot.between(-0.5, 0.5))),
    Math.max(1, (height - h) * (0.5 + spread * lot.between(-0.5, 0.5))),
  ];
}

function coloured({ width, height, values }: Mask, way: string, lot: Lot): Picture {
  if (way === 'transparent') {
    const data = new Uint8ClampedArray(width * height * 4);
    const shade = lot.pick([0, 0, 255]);
    values.forEach((cover, i) => {
      data.set([shade, shade, shade, Math.round(255 * cover)], 4 * i);
    });
    return { width, height, channels: 4, data };
  }
  const [paper, pen] =
    way === 'coloured'
      ? [
          lot.pick([
            [255, 255, 255],
            [255, 250, 205],
            [30, 30, 60],
            [230, 240, 255],
          ]),
          lot.pick([
            [220, 30, 30],
            [30, 60, 200],
            [0, 140, 60],
            [240, 140, 0],
          ]),
        ]
      : way === 'white on black'
        ? [
            [0, 0, 0],
            [255, 255, 255],
          ]
        : [
            [255, 255, 255],
            [0, 0, 0],
          ];
  const data = new Uint8ClampedArray(width * height * 3);
  values.forEach((cover, i) => {
    for (let c = 0; c < 3; c++) data[3 * i + c] = paper[c] + (pen[c] - paper[c]) * cover;
  });
  return { width, height, channels: 3, data };
}
