/**
 * Rewriting a graph so that memory is passed over fewer times, without changing what it computes.
 *
 * - A batch norm and the ReLU behind it become one operation.
 * - A ReLU before a max pool goes behind it: the larger of two values is still the larger after a ReLU, and there
 *   are fewer of them then. Gradients go to the same places, since where the maximum is not positive they are 0.
 * - At inference, a batch norm and a ReLU behind a convolution or a dense layer become part of it, and so does a max
 *   pool of 2×2 before or behind that ReLU.
 *
 * Layers keep their names, so that parameters keep theirs.
 */
import { batchNormRelu } from '../../kernels/batchnorm/index.ts';
import { conv2dFolded } from '../../kernels/conv2d/index.ts';
import { denseFolded } from '../../kernels/dense/index.ts';
import type { PoolAttributes } from '../../kernels/pool/index.ts';
import type { Graph, GraphNode } from '../model/graph.ts';

/** For training. */
export function fuse(graph: Graph): Graph {
  return reluBehindPool(batchNormWithRelu(graph));
}

/** For inference. */
export function fold(graph: Graph): Graph {
  const joined = new Set<GraphNode>();
  const nodes = graph.nodes.map((node) => {
    const folded = { conv2d: conv2dFolded, dense: denseFolded }[node.operation.name];
    if (!folded) return node;
    const owners = [node];
    let next = onlyReader(graph, node);
    const take = (wanted: (node: GraphNode) => boolean): GraphNode | undefined => {
      const taken = next && wanted(next) ? next : undefined;
      if (!taken) return undefined;
      owners.push(taken);
      next = onlyReader(graph, taken);
      return taken;
    };
    const isPool = (other: GraphNode) => isPoolFor(node, other);
    const isRelu = ({ operation }: GraphNode) => operation.name === 'relu';
    const batchNorm = take(({ operation }) => operation.name === 'batchNorm');
    const { epsilon } = (batchNorm?.attributes ?? {}) as { epsilon?: number };
    let pool = take(isPool) !== undefined;
    const floor = take(isRelu) ? 0 : Number.NEGATIVE_INFINITY;
    pool ||= take(isPool) !== undefined;
    if (owners.length === 1) return node;
    const last = owners[owners.length - 1];
    for (const owner of owners.slice(1)) joined.add(owner);
    return {
      ...node,
      operation: folded,
      attributes: { base: node.attributes, epsilon, floor, pool },
      layout: { ...node.layout, output: last.layout.output },
      owners: owners.map(({ name }) => name),
      output: last.output,
    };
  });
  return { ...graph, nodes: nodes.filter((node) => !joined.has(node)) };
}

/** Whether `pool` is a max pool that `node` can do by itself. */
function isPoolFor(node: GraphNode, pool: GraphNode): boolean {
  if (node.operation.name !== 'conv2d' || pool.operation.name !== 'maxPool2d') return false;
  const { poolSize, stride, padding } = pool.attributes as PoolAttributes;
  return [...poolSize, ...stride].every((size) => size === 2) && padding === 'valid';
}

function batchNormWithRelu(graph: Graph): Graph {
  const fused = new Set<GraphNode>();
  const nodes = graph.nodes.map((node) => {
    const next = node.operation.name === 'batchNorm' ? onlyReader(graph, node) : undefined;
    if (next?.operation.name !== 'relu') return node;
    fused.add(next);
    return { ...node, operation: batchNormRelu, output: next.output };
  });
  return { ...graph, nodes: nodes.filter((node) => !fused.has(node)) };
}

function reluBehindPool(graph: Graph): Graph {
  const values = [...graph.values];
  const replaced = new Map<GraphNode, GraphNode>();
  for (const relu of graph.nodes) {
    const pool = relu.operation.name === 'relu' ? onlyReader(graph, relu) : undefined;
    if (pool?.operation.name !== 'maxPool2d' || readers(graph, relu.inputs[0]).length !== 1) continue;
    const shape = pool.layout.output;
    const pooled = values.push({ shape }) - 1;
    replaced.set(relu, { ...pool, inputs: relu.inputs, output: pooled });
    replaced.set(pool, { ...relu, layout: { output: shape }, inputs: [pooled], output: pool.output });
  }
  return { ...graph, values, nodes: graph.nodes.map((node) => replaced.get(node) ?? node) };
}

/** The one node that reads what `node` gives, if there is just one and it is not what the graph gives. */
function onlyReader(graph: Graph, { output }: GraphNode): GraphNode | undefined {
  const all = readers(graph, output);
  const isRead = output === graph.output || graph.values.some(({ sameAs }) => sameAs === output);
  return all.length === 1 && !isRead ? all[0] : undefined;
}

function readers({ nodes }: Graph, value: number): GraphNode[] {
  return nodes.filter(({ inputs }) => inputs.includes(value));
}
