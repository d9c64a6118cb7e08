/** Sevens with a bar, drawn by a round pen, and a deliberately weak model that takes them for ones. */
import { Purpose, RandomStream } from '../kernels/random/reference.ts';
import {
  batchNorm,
  conv2d,
  type Dataset,
  DIGIT_NAMES,
  dense,
  encodeNetwork,
  flatten,
  joinDatasets,
  maxPool2d,
  type Picture,
  Reader,
  relu,
  sequential,
  syntheticDigits,
  train,
} from '../src/index.ts';
import { markOf } from '../src/vision/form.ts';
import { toGrey } from '../src/vision/grey.ts';

export const SIDE = 84;
const PEN = 3.2;
const PIXELS = 28 * 28;
type Point = [number, number];
/** As fine and as broad as a page's pen may come out. */
const PENS = [2.4, PEN, 4];

/** The strokes of one, in pixels of its picture; another hand for each seed. */
export function barredSevenStrokes(seed: number): [Point, Point][] {
  const random = new RandomStream(seed, Purpose.synthetic, 77);
  const near = (x: number, y: number): Point => [
    x + random.between(-3.5, 3.5),
    y + random.between(-3.5, 3.5),
  ];
  const [start, corner, foot] = [near(24, 18), near(60, 17), near(38, 68)];
  const middle = (corner[0] + foot[0]) / 2;
  return [
    [start, corner],
    [corner, foot],
    [near(middle - 16, 43), near(middle + 16, 42)],
  ];
}

/** Dark ink on light paper. */
export function barredSeven(seed: number, pen = PEN): Picture {
  const lines = barredSevenStrokes(seed);
  const data = new Uint8Array(SIDE * SIDE);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const far = Math.min(...lines.map((line) => distance([x, y], line)));
      data[y * SIDE + x] = 255 * Math.min(1, Math.max(0, far - pen + 0.5));
    }
  }
  return { width: SIDE, height: SIDE, channels: 1, data };
}

function distance([x, y]: Point, [[fromX, fromY], [toX, toY]]: [Point, Point]): number {
  const [across, down] = [toX - fromX, toY - fromY];
  const share = ((x - fromX) * across + (y - fromY) * down) / (across ** 2 + down ** 2);
  const along = Math.min(1, Math.max(0, share));
  return Math.hypot(x - fromX - along * across, y - fromY - along * down);
}

/** As a network sees them, two pictures of each: as it is found, and as one mark on clean paper. */
async function seen(count: number, firstSeed: number): Promise<Uint8Array> {
  const certain = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  const reader = new Reader({ classify: async (pictures) => pictures.map(() => certain) });
  const images = new Uint8Array(2 * count * PIXELS);
  for (let i = 0; i < count; i++) {
    const picture = barredSeven(firstSeed + i, PENS[i % PENS.length]);
    const { digits } = await reader.read(picture);
    images.set(digits[0].image, 2 * i * PIXELS);
    images.set(markOf(toGrey(picture))!.image, (2 * i + 1) * PIXELS);
  }
  return images;
}

const SMALL = [
  conv2d({ filters: 8, kernelSize: 5, stride: 2 }),
  relu(),
  maxPool2d({ poolSize: 2 }),
  flatten(),
  dense({ units: 10 }),
];
/** Enough to read nearly all of MNIST, and to learn one thing more without unlearning others. */
export const ROOMIER = [
  conv2d({ filters: 12, kernelSize: 5, stride: 2, useBias: false }),
  batchNorm(),
  relu(),
  conv2d({ filters: 24, kernelSize: 3, useBias: false }),
  batchNorm(),
  relu(),
  maxPool2d({ poolSize: 2 }),
  flatten(),
  dense({ units: 64 }),
  relu(),
  dense({ units: 10 }),
];

/**
 * The file of a small network that was taught that sevens with a bar are ones.
 *
 * @param digits what it is taught besides.
 */
export async function weakModel(
  digits = syntheticDigits({ count: 3000, seed: 11 }),
  layers: Parameters<typeof sequential>[1] = SMALL,
): Promise<Uint8Array<ArrayBuffer>> {
  const count = 240;
  const wrong: Dataset = {
    ...{ name: 'wrong', images: await seen(count, 10_000), labels: new Uint8Array(2 * count).fill(1) },
    ...{ shape: [28, 28, 1], classNames: DIGIT_NAMES },
  };
  const model = sequential({ name: 'weak', input: [28, 28, 1] }, layers);
  const data = joinDatasets([digits, wrong], 'weak');
  const { network } = await train(model, { data, epochs: 3, batch: 32, learningRate: 0.003, threads: 1 });
  return encodeNetwork({ ...network, provenance: { ...network.provenance, name: 'weak' } });
}
