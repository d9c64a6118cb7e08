/** Zeros around height and width. */
import { type BorderSizes, border, onlyKnown } from '../attributes.ts';
import {
  type GpuCall,
  type GpuDispatch,
  type Operation,
  OperationError,
  type Shape,
  sizeOf,
} from '../operation.ts';
import { SHADERS } from '../shaders.generated.ts';
import { groupsFor, valueTypes, widthFor } from '../workgroups.ts';
import { zeroPadding2dBackward, zeroPadding2dForward } from './reference.ts';

export interface ZeroPaddingAttributes {
  /** [[top, bottom], [left, right]]. */
  padding: BorderSizes;
}

export const zeroPadding2d: Operation<ZeroPaddingAttributes> = {
  name: 'zeroPadding2d',
  inputs: ['x'],
  parse(raw) {
    onlyKnown(raw, ['padding']);
    return { padding: border(raw, 'padding') };
  },
  layout([x], { padding: [[top, bottom], [left, right]] }) {
    if (x.length !== 4) {
      throw new OperationError(`needs inputs of [height, width, channels], not [${x.slice(1).join(', ')}]`);
    }
    const [images, height, width, channels] = x;
    return { output: [images, top + height + bottom, left + width + right, channels] };
  },
  reference: {
    forward: ({ tensor, shape, attributes }) =>
      zeroPadding2dForward(tensor.x, shape.x, attributes.padding, tensor.y),
    backward: ({ tensor, shape, attributes }) =>
      zeroPadding2dBackward(tensor.dy, shape.x, attributes.padding, tensor.dx),
  },
  wasm: {
    forward: ({ pointer, shape, attributes }) => [
      {
        kernel: 'zeroPadding2dForward',
        args: [pointer.x, pointer.y, ...argumentsOf(shape.x, attributes.padding)],
        extent: shape.y[0] * shape.y[1],
      },
    ],
    backward: ({ pointer, shape, attributes }) => [
      {
        kernel: 'zeroPadding2dBackward',
        args: [pointer.dy, pointer.dx, ...argumentsOf(shape.x, attributes.padding)],
        extent: shape.x[0] * shape.x[1],
      },
    ],
  },
  webgpu: {
    forward: (call) => dispatch('zeroPadding2dForward', ['x', 'y'], call.shape.y, call),
    backward: (call) => dispatch('zeroPadding2dBackward', ['dy', 'dx'], call.shape.x, call),
  },
};

/** `target` is the shape of what is written. */
function dispatch(
  kernel: string,
  bindings: string[],
  target: Shape,
  { shape, attributes, device }: GpuCall<ZeroPaddingAttributes>,
): GpuDispatch[] {
  const [, height, width, channels] = shape.x;
  const [[top, bottom], [left, right]] = attributes.padding;
  const lanes = widthFor(channels);
  const count = sizeOf(target) / lanes;
  return [
    {
      kernel,
      code: valueTypes(lanes) + SHADERS['padding/webgpu'],
      entryPoint: kernel,
      constants: {
        ...{ COUNT: count, HEIGHT: height, WIDTH: width, CHANNELS: channels / lanes, TOP: top, LEFT: left },
        ...{ PADDED_HEIGHT: top + height + bottom, PADDED_WIDTH: left + width + right },
      },
      bindings,
      workgroups: groupsFor(count, device),
    },
  ];
}

/** Rows before and after padding, and sizes along a row in bytes. */
function argumentsOf(
  [, height, width, channels]: Shape,
  [[top, bottom], [left, right]]: BorderSizes,
): number[] {
  const rows = [height, top + height + bottom, top];
  return [...rows, 4 * width * channels, 4 * left * channels, 4 * right * channels];
}
