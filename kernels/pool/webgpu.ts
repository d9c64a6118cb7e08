/** Pooling as dispatches of its shader. */
import type { GpuDispatch, GpuTraits } from '../operation.ts';
import { SHADERS } from '../shaders.generated.ts';
import { groupsFor, valueTypes, widthFor } from '../workgroups.ts';
import type { PoolGeometry } from './reference.ts';

/** The entry point `kernel`; `written` is the size of the tensor that it fills. */
export function dispatchPool(
  kernel: string,
  sizes: PoolGeometry,
  bindings: string[],
  written: number,
  device: GpuTraits,
): GpuDispatch {
  const lanes = widthFor(sizes.channels);
  const count = written / lanes;
  return {
    kernel,
    code: valueTypes(lanes) + SHADERS['pool/webgpu'],
    entryPoint: kernel,
    constants: {
      COUNT: count,
      HEIGHT: sizes.height,
      WIDTH: sizes.width,
      CHANNELS: sizes.channels / lanes,
      OUTPUT_HEIGHT: sizes.outputHeight,
      OUTPUT_WIDTH: sizes.outputWidth,
      WINDOW_HEIGHT: sizes.windowHeight,
      WINDOW_WIDTH: sizes.windowWidth,
      STRIDE_HEIGHT: sizes.strideHeight,
      STRIDE_WIDTH: sizes.strideWidth,
      TOP: sizes.top,
      LEFT: sizes.left,
    },
    bindings,
    workgroups: groupsFor(count, device),
  };
}
