/** What there is to say of a network: its layers, its first filters, and where it comes from. */
import { type ModelSummary, type Network, summarise } from '../../../src/browser.ts';

export interface ModelReport {
  version: string;
  name: string;
  bytes: number;
  summary: ModelSummary;
  classNames: readonly string[];
  temperature?: number;
  provenance: Record<string, unknown>;
  /** The kernels of the first convolution on the picture; values from −1 to 1. */
  filters: { height: number; width: number; count: number; values: Float32Array };
}

export function describe(network: Network, version: string, bytes: number): ModelReport {
  return {
    version,
    name: network.model.name ?? 'network',
    bytes,
    summary: summarise(network.model),
    classNames: network.classNames,
    temperature: network.calibration?.temperature,
    provenance: network.provenance,
    filters: firstFilters(network),
  };
}

/** Weights of a convolution lie as height × width × input channels × filters; the first has one input channel. */
function firstFilters({ weights }: Network): ModelReport['filters'] {
  const [first] = [...weights.values()].filter(({ shape }) => shape.length === 4);
  if (!first) return { height: 0, width: 0, count: 0, values: new Float32Array() };
  const [height, width, , count] = first.shape;
  const largest = first.values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
  return { height, width, count, values: first.values.map((value) => value / largest) };
}
