/** The weights of Winograd's convolutions as calls of the WebAssembly kernels, alike for tiles and for lines. */
import type { KernelCall, Tile } from '../../operation.ts';
import type { Epilogue } from '../lower.ts';
import { alignUp } from './layout.ts';

interface Weights {
  /** Products of a tile, each with a matrix [depth, filters] of its own. */
  planes: number;
  depth: number;
  filters: number;
  /** Whether the transform leaves each matrix as [filters, depth]. */
  reversed: boolean;
}

/**
 * Transforms weights to the planes at the address that `transform` is given, folds a batch norm into them and into the
 * biases, and packs both into panels, `panelPlane` bytes for each product. What lies in memory from `keep` stays there.
 */
export function lowerWeights(
  keep: (bytes: number) => number,
  { columns: panelColumns }: Tile,
  { planes, depth, filters, reversed }: Weights,
  transform: (target: number) => KernelCall,
  bias: number,
  batchNorm: Epilogue['batchNorm'],
): { calls: KernelCall[]; panels: number; panelPlane: number; biases: number } {
  const panelCount = Math.ceil(filters / panelColumns);
  const panelPlane = alignUp(4 * (depth + 1) * panelCount * panelColumns);
  const target = keep(4 * planes * depth * filters);
  const panels = keep(planes * panelPlane);
  const biases = keep(4 * panelCount * panelColumns);
  const [rows, columns] = reversed ? [filters, depth] : [depth, filters];
  const calls = [
    transform(target),
    { kernel: 'packPanels', args: [0, bias, 0, filters, panelColumns, biases], extent: panelCount },
  ];
  if (batchNorm) {
    const { gamma, beta, runningMean, runningVariance, epsilon } = batchNorm;
    calls.push({
      kernel: 'winogradFold',
      args: [target, planes * rows, columns, biases, gamma, beta, runningMean, runningVariance, epsilon],
      extent: columns,
    });
  }
  calls.push({
    kernel: 'winogradPack',
    args: [target, rows, columns, reversed ? 1 : 0, panelColumns, panelCount, panels, panelPlane],
    extent: planes,
  });
  return { calls, panels, panelPlane, biases };
}
