/** Max and average pooling over a sliding window, and over the whole height and width. */
import { onlyKnown, type Padding, padding, pair, windowExtent } from '../attributes.ts';
import {
  type GpuCall,
  type GpuDispatch,
  type Layout,
  type Operation,
  OperationError,
  type Shape,
  sizeOf,
} from '../operation.ts';
import {
  averagePool2dBackward,
  averagePool2dForward,
  maxPool2dBackward,
  maxPool2dForward,
  type PoolGeometry,
} from './reference.ts';
import { dispatchPool } from './webgpu.ts';

export interface PoolAttributes {
  poolSize: [number, number];
  /** The pool size by default. */
  stride: [number, number];
  /** `valid` by default. */
  padding: Padding;
}

/** A window that slides, or one that covers everything: how attributes, shapes and geometry follow. */
interface Kind<Attributes> {
  parse(raw: Record<string, unknown>): Attributes;
  window(x: Shape, attributes: Attributes): PoolAttributes;
  output(geometry: PoolGeometry): Shape;
}

const sliding: Kind<PoolAttributes> = {
  parse(raw) {
    onlyKnown(raw, ['poolSize', 'stride', 'padding']);
    const poolSize = pair(raw, 'poolSize', 1);
    const attributes = {
      poolSize,
      stride: pair(raw, 'stride', 1, poolSize),
      padding: padding(raw, 'padding', 'valid'),
    };
    refuseEmptyWindows(attributes);
    return attributes;
  },
  window: (_, attributes) => attributes,
  output: ({ images, outputHeight, outputWidth, channels }) => [images, outputHeight, outputWidth, channels],
};

const whole: Kind<Record<string, never>> = {
  parse(raw) {
    onlyKnown(raw, []);
    return {};
  },
  window: ([, height, width]) => ({ poolSize: [height, width], stride: [height, width], padding: 'valid' }),
  output: ({ images, channels }) => [images, channels],
};

export const maxPool2d = maximum('maxPool2d', sliding);
export const averagePool2d = average('averagePool2d', sliding);
export const globalMaxPool = maximum('globalMaxPool', whole);
export const globalAveragePool = average('globalAveragePool', whole);

function refuseEmptyWindows({ poolSize, padding }: PoolAttributes): void {
  if (typeof padding === 'string') return;
  for (const direction of [0, 1] as const) {
    if (Math.max(...padding[direction]) >= poolSize[direction]) {
      const side = direction === 0 ? 'height' : 'width';
      throw new OperationError(
        `padding must be smaller than the window, whose ${side} is ${poolSize[direction]}: a window must not lie wholly in padding`,
      );
    }
  }
}

function geometryOf<Attributes>(kind: Kind<Attributes>, x: Shape, attributes: Attributes): PoolGeometry {
  if (x.length !== 4) {
    throw new OperationError(`needs inputs of [height, width, channels], not [${x.slice(1).join(', ')}]`);
  }
  const [images, height, width, channels] = x;
  const { poolSize, stride, padding } = kind.window(x, attributes);
  const vertical = windowExtent(height, poolSize[0], stride[0], padding, 0);
  const horizontal = windowExtent(width, poolSize[1], stride[1], padding, 1);
  return {
    images,
    height,
    width,
    channels,
    outputHeight: vertical.output,
    outputWidth: horizontal.output,
    windowHeight: poolSize[0],
    windowWidth: poolSize[1],
    strideHeight: stride[0],
    strideWidth: stride[1],
    top: vertical.before,
    left: horizontal.before,
  };
}

/** The geometry as the kernels take it; the number of images is theirs to divide. */
function argumentsOf({ images: _, ...sizes }: PoolGeometry): number[] {
  return [
    sizes.height,
    sizes.width,
    sizes.channels,
    sizes.outputHeight,
    sizes.outputWidth,
    sizes.windowHeight,
    sizes.windowWidth,
    sizes.strideHeight,
    sizes.strideWidth,
    sizes.top,
    sizes.left,
  ];
}

function maximum<Attributes>(name: string, kind: Kind<Attributes>): Operation<Attributes> {
  return {
    name,
    inputs: ['x'],
    parse: kind.parse,
    layout([x], attributes): Layout {
      const output = kind.output(geometryOf(kind, x, attributes));
      return { output, saved: { positions: { shape: output, type: 'int32' } } };
    },
    reference: {
      forward({ shape, tensor, integers, attributes }) {
        maxPool2dForward(geometryOf(kind, shape.x, attributes), tensor.x, tensor.y, integers.positions);
      },
      backward({ shape, tensor, integers, attributes }) {
        maxPool2dBackward(geometryOf(kind, shape.x, attributes), tensor.dy, integers.positions, tensor.dx);
      },
    },
    wasm: {
      forward({ shape, pointer, attributes }) {
        const geometry = geometryOf(kind, shape.x, attributes);
        const args = [pointer.x, pointer.y, pointer.positions, ...argumentsOf(geometry)];
        return [{ kernel: 'maxPool2dForward', args, extent: geometry.images * geometry.outputHeight }];
      },
      backward({ shape, pointer, attributes }) {
        const { images, height, width, channels, outputHeight, outputWidth } = geometryOf(
          kind,
          shape.x,
          attributes,
        );
        const sizes = [height * width, outputHeight * outputWidth, channels];
        const args = [pointer.dy, pointer.positions, pointer.dx, ...sizes];
        return [{ kernel: 'maxPool2dBackward', args, extent: images }];
      },
    },
    webgpu: {
      forward: (call) =>
        call.training
          ? dispatch(kind, 'maxPool2dForward', ['x', 'y', 'positions'], call)
          : dispatch(kind, 'maxPool2dInference', ['x', 'y'], call),
      backward: (call) => dispatch(kind, 'maxPool2dBackward', ['dy', 'dx', 'positions'], call),
    },
  };
}

function average<Attributes>(name: string, kind: Kind<Attributes>): Operation<Attributes> {
  return {
    name,
    inputs: ['x'],
    parse: kind.parse,
    layout: ([x], attributes) => ({ output: kind.output(geometryOf(kind, x, attributes)) }),
    reference: {
      forward({ shape, tensor, attributes }) {
        averagePool2dForward(geometryOf(kind, shape.x, attributes), tensor.x, tensor.y);
      },
      backward({ shape, tensor, attributes }) {
        averagePool2dBackward(geometryOf(kind, shape.x, attributes), tensor.dy, tensor.dx);
      },
    },
    wasm: {
      forward({ shape, pointer, attributes }) {
        const geometry = geometryOf(kind, shape.x, attributes);
        const args = [pointer.x, pointer.y, ...argumentsOf(geometry)];
        return [{ kernel: 'averagePool2dForward', args, extent: geometry.images * geometry.outputHeight }];
      },
      backward({ shape, pointer, attributes }) {
        const geometry = geometryOf(kind, shape.x, attributes);
        const args = [pointer.dy, pointer.dx, ...argumentsOf(geometry)];
        return [{ kernel: 'averagePool2dBackward', args, extent: geometry.images }];
      },
    },
    webgpu: {
      forward: (call) => dispatch(kind, 'averagePool2dForward', ['x', 'y'], call),
      backward: (call) => dispatch(kind, 'averagePool2dBackward', ['dy', 'dx'], call),
    },
  };
}

/** The last tensor but `positions` is what is written. */
function dispatch<Attributes>(
  kind: Kind<Attributes>,
  kernel: string,
  bindings: string[],
  { shape, attributes, device }: GpuCall<Attributes>,
): GpuDispatch[] {
  const written = sizeOf(bindings[1] === 'y' ? shape.y : shape.x);
  return [dispatchPool(kernel, geometryOf(kind, shape.x, attributes), bindings, written, device)];
}
