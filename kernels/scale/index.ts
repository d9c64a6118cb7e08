/** Multiplies each channel of each image by a number: the end of the `channelScale` layer. */
import { onlyKnown } from '../attributes.ts';
import { type GpuCall, type GpuDispatch, type Operation, OperationError, type Shape } from '../operation.ts';
import { SHADERS } from '../shaders.generated.ts';
import { divideRows, groupsFor, spread, valueTypes, widthFor } from '../workgroups.ts';
import { scaleChannelsBackward, scaleChannelsForward } from './reference.ts';

export const scaleChannels: Operation = {
  name: 'scaleChannels',
  inputs: ['x', 'scale'],
  parse(raw) {
    onlyKnown(raw, []);
    return {};
  },
  layout([x, scale]) {
    if (x.length !== 4) {
      throw new OperationError(`needs inputs of [height, width, channels], not [${x.slice(1).join(', ')}]`);
    }
    const channels = x[3];
    if (scale.length !== 2 || scale[1] !== channels) {
      throw new OperationError(
        `its layers must make ${channels} numbers, one for each channel, not [${scale.slice(1).join(', ')}]`,
      );
    }
    return { output: x };
  },
  reference: {
    forward({ tensor, shape }) {
      const { pixels, channels } = sizesOf(shape.x);
      scaleChannelsForward(tensor.x, tensor.scale, pixels, channels, tensor.y);
    },
    backward({ tensor, shape }) {
      const { pixels, channels } = sizesOf(shape.x);
      const { dy, x, scale, dx, dscale } = tensor;
      scaleChannelsBackward(dy, x, scale, pixels, channels, dx, dscale);
    },
  },
  wasm: {
    forward({ pointer, shape: { x } }) {
      const args = [pointer.x, pointer.scale, pointer.y, ...x.slice(1)];
      return [{ kernel: 'scaleChannelsForward', args, extent: x[0] * x[1] }];
    },
    backward({ pointer, shape: { x } }) {
      const { dy, scale, dx, dscale } = pointer;
      const args = [dy, pointer.x, scale, dx, dscale, ...x.slice(1)];
      return [{ kernel: 'scaleChannelsBackward', args, extent: x[0] }];
    },
  },
  webgpu: {
    forward: (call) => dispatch('scaleChannelsForward', ['x', 'scale', 'y'], call),
    backward: (call) => dispatch('scaleChannelsBackward', ['x', 'scale', 'dy', 'dx', 'dscale'], call),
  },
};

function dispatch(
  kernel: string,
  bindings: string[],
  { shape, device }: GpuCall<Record<string, never>>,
): GpuDispatch[] {
  const { pixels, channels } = sizesOf(shape.x);
  const [images] = shape.x;
  const lanes = widthFor(channels);
  const columns = channels / lanes;
  const { team, side, blocks } = divideRows(pixels, columns, device);
  return [
    {
      kernel,
      code: valueTypes(lanes) + SHADERS['scale/webgpu'],
      entryPoint: kernel,
      constants: { IMAGES: images, PIXELS: pixels, CHANNELS: columns, TEAM: team, SIDE: side },
      bindings,
      workgroups:
        kernel === 'scaleChannelsForward'
          ? groupsFor(images * pixels * columns, device)
          : spread(images * blocks, device),
    },
  ];
}

function sizesOf([, height, width, channels]: Shape) {
  return { pixels: height * width, channels };
}
