/**
 * The step of a training program that makes its input: see reference.ts.
 *
 * It is no layer: it reads the whole data set, in bytes, and the places in it of this batch's pictures. Nothing goes
 * back to them.
 */
import {
  type GpuCall,
  type GpuDispatch,
  type Operation,
  OperationError,
  type Shape,
  type WasmCall,
} from '../operation.ts';
import { Purpose } from '../random/reference.ts';
import { SHADERS } from '../shaders.generated.ts';
import { spread } from '../workgroups.ts';
import { controlPoints } from './draw.ts';
import { augmentPictures, BYTE_SUM, type SourceAttributes } from './reference.ts';
import { type Augmentation, parseAugmentation } from './spec.ts';

/** The numbers of a specification as the kernels take them, in this order. */
function settingsOf({ augmentation, normalisation }: SourceAttributes): number[] {
  const { rotation, scale, shear, shift, elastic, thickness, contrast, brightness, noise } = augmentation;
  const { outline, negative, spoiled } = augmentation;
  const { mean, deviation } = normalisation;
  return [
    (rotation * Math.PI) / 180,
    ...[scale, shear, shift, elastic, thickness, contrast, brightness],
    noise / BYTE_SUM.deviation,
    1 / deviation,
    -mean / deviation,
    ...[outline, negative, spoiled * 0x10000],
  ];
}

export const augmentation: Operation<SourceAttributes> = {
  name: 'augmentation',
  inputs: [],
  parse({ augmentation: spec = {}, normalisation = { mean: 0, deviation: 1 } }) {
    const { mean, deviation } = normalisation as SourceAttributes['normalisation'];
    if (!(Number.isFinite(mean) && deviation > 0)) {
      throw new OperationError(`needs a mean and a deviation above 0, not ${mean} and ${deviation}`);
    }
    return {
      augmentation: parseAugmentation(spec as Record<string, unknown>),
      normalisation: { mean, deviation },
    };
  },
  layout([input], attributes) {
    if (input.length !== 4) {
      throw new OperationError(
        `needs pictures of [height, width, channels], not [${input.slice(1).join(', ')}]`,
      );
    }
    return { output: input, constants: { settings: settingsOf(attributes) } };
  },
  reference: {
    forward({ attributes, shape, tensor, integers, bytes, random }) {
      augmentPictures(bytes.pictures, integers.indices, tensor.y, shape.y, attributes, random);
    },
    backward() {},
  },
  wasm: { forward: lower, backward: () => [] },
  webgpu: { forward: dispatches, backward: () => [] },
};

function lower({ attributes, shape, pointer, random, parts, scratch }: WasmCall<SourceAttributes>) {
  const [images, height, width, channels] = shape.y;
  const { elasticSpacing, cutOut, lines: mostLines } = attributes.augmentation;
  const padded = paddedBytes(shape.y);
  const bytes = scratchBytes(shape.y, attributes.augmentation);
  const { pictures, indices, y, settings } = pointer;
  return [
    {
      kernel: 'augmentPictures',
      args: [
        ...[pictures, indices, y, settings, random, scratch(parts * bytes), bytes, padded],
        ...[height, width, channels, elasticSpacing, cutOut, mostLines],
      ],
      extent: images,
    },
  ];
}

const LINE = 64;
const lines = (bytes: number) => Math.ceil(bytes / LINE) * LINE;

/** A picture in floats with a border of paper: a pixel before, two after. */
function paddedBytes([, height, width, channels]: Shape): number {
  return lines((height + 3) * (width + 3) * channels * 4);
}

/** What one worker needs for the picture it is at: see wasm.ts for the parts. */
function scratchBytes(shape: Shape, { elastic, elasticSpacing }: Augmentation): number {
  const [, height, width] = shape;
  const columns = controlPoints(width, elasticSpacing);
  const rows = controlPoints(height, elasticSpacing);
  const field =
    elastic > 0
      ? lines(width * 8) + lines(columns * 8) + elasticSpacing * 32 + lines(rows * columns * 8)
      : lines(width * 8);
  return lines(5 * LINE + 2 * paddedBytes(shape) + field + LINE);
}

/** Values of a shader's `Draw`, and invocations of its workgroups. */
const DRAW_VALUES = 44;
const WORKGROUP = 64;

function dispatches({ attributes, shape, device, scratch }: GpuCall<SourceAttributes>): GpuDispatch[] {
  const [images, height, width, channels] = shape.y;
  const { elastic, elasticSpacing, thickness, contrast, brightness, noise, cutOut } = attributes.augmentation;
  const { outline, negative, lines: mostLines } = attributes.augmentation;
  const columns = controlPoints(width, elasticSpacing);
  const points = elastic > 0 ? controlPoints(height, elasticSpacing) * columns : 1;
  const draws = scratch(images * DRAW_VALUES);
  const field = scratch(images * points * 2);
  const sizes = { IMAGES: images, HEIGHT: height, WIDTH: width };
  const code = SHADERS['random/webgpu'] + SHADERS['augmentation/webgpu'];
  const base = { code, kernel: 'augmentPictures' };
  const over = (invocations: number) => spread(Math.ceil(invocations / WORKGROUP), device);
  const drawing: GpuDispatch = {
    ...{ ...base, entryPoint: 'drawPictures', workgroups: [Math.ceil(images / WORKGROUP), 1, 1] },
    constants: { ...sizes, CUT_OUT: cutOut, MOST_LINES: mostLines, DRAW_PURPOSE: Purpose.augmentation },
    bindings: [draws, '', 'settings', 'random'],
  };
  const bending: GpuDispatch = {
    ...{ ...base, entryPoint: 'drawFields', workgroups: over(images * Math.ceil(points / 2)) },
    constants: { IMAGES: images, POINTS: points, FIELD_PURPOSE: Purpose.elastic },
    bindings: ['', field, 'settings', 'random'],
  };
  const augmenting: GpuDispatch = {
    ...{ ...base, entryPoint: 'augment', workgroups: over(images * height * width * channels) },
    constants: {
      ...{ ...sizes, CHANNELS: channels, SPACING: elasticSpacing, COLUMNS: columns, POINTS: points },
      ...{
        NOISE_PURPOSE: Purpose.noise,
        HAS_FIELD: Number(elastic > 0),
        HAS_THICKNESS: Number(thickness > 0 || outline > 0),
        MOST_LINES: mostLines,
        HAS_NEGATIVE: Number(negative > 0),
      },
      ...{ HAS_SHADE: Number(contrast > 0 || brightness > 0 || noise > 0), HAS_NOISE: Number(noise > 0) },
    },
    bindings: [draws, field, 'settings', 'random', 'indices', 'pictures', 'y'],
  };
  return [drawing, ...(elastic > 0 ? [bending] : []), augmenting];
}
