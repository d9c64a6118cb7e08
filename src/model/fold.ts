/**
 * Folding batch normalisation: at inference it multiplies each channel by a number and adds another, which the
 * convolution or dense layer before it can do by itself with other weights.
 *
 *   gamma · (w x + b − mean) / √(variance + epsilon) + beta  =  (s w) x + s (b − mean) + beta,
 *   with s = gamma / √(variance + epsilon)
 */
import { sizeOf } from '../../kernels/operation.ts';
import { buildGraph } from './graph.ts';
import type { LayerSpec, ModelSpec } from './layers.ts';
import { nameLayers } from './naming.ts';
import type { WeightTensor } from './network.ts';

/** A model and the values of its weights: what a `Network` is, without what surrounds it. */
export interface WeightedModel {
  model: ModelSpec;
  /** Parameters and running statistics by name, such as `conv2d_1.weight`. */
  weights: ReadonlyMap<string, WeightTensor>;
}

/**
 * The same network for inference, without the batch norms that come right after a convolution or a dense layer. The
 * result is no longer fit for training. Layers keep their names.
 */
export function foldBatchNorm({ model, weights }: WeightedModel): {
  model: ModelSpec;
  weights: Map<string, WeightTensor>;
} {
  const epsilons = new Map(
    buildGraph(model, 1).nodes.map(({ name, attributes }) => [
      name,
      (attributes as { epsilon?: number }).epsilon ?? 0,
    ]),
  );
  const folded = new Map(weights);

  const foldAll = (layers: readonly LayerSpec[]): LayerSpec[] => {
    const result: LayerSpec[] = [];
    for (const layer of layers) {
      const before = result.at(-1);
      if (layer.type === 'batchNorm' && (before?.type === 'conv2d' || before?.type === 'dense')) {
        const [linear, norm] = [`${before.name}`, `${layer.name}`];
        foldInto(folded, linear, norm, epsilons.get(norm) as number);
        result[result.length - 1] = { ...before, useBias: true };
      } else {
        result.push(foldInside(layer));
      }
    }
    return result;
  };
  const foldInside = (layer: LayerSpec): LayerSpec => {
    if (layer.type === 'channelScale') return { ...layer, layers: foldAll(layer.layers) };
    if (layer.type !== 'residual') return layer;
    const shortcut = layer.shortcut && { shortcut: foldAll(layer.shortcut) };
    return { ...layer, layers: foldAll(layer.layers), ...shortcut };
  };

  const named = nameLayers(model);
  return { model: { ...named, layers: foldAll(named.layers) }, weights: folded };
}

/** Changes the weights of layer `linear` so that it does what batch norm `norm` did, whose weights go. */
function foldInto(weights: Map<string, WeightTensor>, linear: string, norm: string, epsilon: number): void {
  const take = (role: string): Float32Array => {
    const { values } = weights.get(`${norm}.${role}`) as WeightTensor;
    weights.delete(`${norm}.${role}`);
    return values;
  };
  const [gamma, beta, mean, variance] = ['gamma', 'beta', 'runningMean', 'runningVariance'].map(take);
  const scale = Float64Array.from(gamma, (value, c) => value / Math.sqrt(variance[c] + epsilon));
  const weight = weights.get(`${linear}.weight`) as WeightTensor;
  const bias = weights.get(`${linear}.bias`)?.values;
  const channels = scale.length;
  weights.set(`${linear}.weight`, {
    shape: weight.shape,
    values: Float32Array.from(
      { length: sizeOf(weight.shape) },
      (_, i) => weight.values[i] * scale[i % channels],
    ),
  });
  weights.set(`${linear}.bias`, {
    shape: [channels],
    values: Float32Array.from(beta, (value, c) => scale[c] * ((bias?.[c] ?? 0) - mean[c]) + value),
  });
}
