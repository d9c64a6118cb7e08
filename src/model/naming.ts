/** Names of layers: the ones given, and those that the others get. */
import type { LayerSpec, ModelSpec } from './layers.ts';

/**
 * The same model with every layer named as it would be by default, so that layers can be taken out or put in without
 * the weights of the others changing their names. The model must be one that `buildGraph` accepts.
 */
export function nameLayers(model: ModelSpec): ModelSpec {
  const counts = new Map<string, number>();
  const nameFor = (type: string): string => {
    const count = (counts.get(type) ?? 0) + 1;
    counts.set(type, count);
    return `${type}_${count}`;
  };
  const nameAll = (layers: readonly LayerSpec[]): LayerSpec[] => layers.map(nameOne);
  const nameOne = (layer: LayerSpec): LayerSpec => {
    const named = { ...layer, name: layer.name ?? nameFor(layer.type) };
    if (named.type === 'residual') {
      named.layers = nameAll(named.layers);
      if (named.shortcut) named.shortcut = nameAll(named.shortcut);
    } else if (named.type === 'channelScale') {
      named.layers = nameAll(named.layers);
    }
    return named;
  };
  return { ...model, layers: nameAll(model.layers) };
}
