/** A model layer by layer: shapes, parameters and work, as people know it from Keras's summary. */
import { type Shape, sizeOf } from '../../kernels/operation.ts';
import { buildGraph } from './graph.ts';
import type { ModelSpec } from './layers.ts';

export interface LayerSummary {
  name: string;
  type: string;
  /** Of one example. */
  outputShape: number[];
  parameters: number;
  /** Values that training changes without a gradient, such as running statistics. */
  state: number;
  /** Multiplications and additions of one example's forward pass, where they are worth counting. */
  flops: number;
}

export interface ModelSummary {
  layers: LayerSummary[];
  input: number[];
  parameters: number;
  state: number;
  flops: number;
}

export function summarise(model: ModelSpec): ModelSummary {
  const { nodes, values } = buildGraph(model, 1);
  const count = (shapes: Record<string, { shape: Shape }> = {}) =>
    Object.values(shapes).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const layers = nodes.map(({ name, operation, attributes, layout, inputs }): LayerSummary => {
    const shapes = inputs.map((input) => values[input].shape);
    return {
      name,
      type: operation.name,
      outputShape: layout.output.slice(1),
      parameters: count(layout.parameters),
      state: count(layout.state),
      flops: operation.flops?.(shapes, attributes) ?? 0,
    };
  });
  const total = (key: 'parameters' | 'state' | 'flops') => layers.reduce((sum, layer) => sum + layer[key], 0);
  return {
    layers,
    input: [...model.input],
    parameters: total('parameters'),
    state: total('state'),
    flops: total('flops'),
  };
}

/**
 * Multiplications and additions of a training step: forward, the gradient of the weights and the gradient of the
 * input, each as many; but nobody needs the gradient of the first such layer's input.
 */
export function trainingFlops(model: ModelSpec, batch: number): number {
  const { layers, flops } = summarise(model);
  const first = layers.find((layer) => layer.flops > 0)?.flops ?? 0;
  return batch * (3 * flops - first);
}
