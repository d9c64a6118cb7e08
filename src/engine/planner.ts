/**
 * From a model to a plan: walks the graph once forward and once backward, numbers the tensors and places them.
 */
import { augmentation } from '../../kernels/augmentation/index.ts';
import { type Mixup, mixup } from '../../kernels/mixup/index.ts';
import type { Operation, Shape } from '../../kernels/operation.ts';
import { findLoss, findOperation, lossNames } from '../../kernels/registry.ts';
import { InklingError } from '../errors.ts';
import { buildGraph, type Graph, type GraphNode } from '../model/graph.ts';
import type { ModelSpec } from '../model/layers.ts';
import { align } from './arena.ts';
import { explain } from './explain.ts';
import { fold, fuse } from './fuse.ts';
import { bytesOf, type Plan, type PlanOptions, type PlanStep, type TensorType } from './plan.ts';
import { planUpdate } from './planUpdate.ts';
import { placeTransients } from './transients.ts';

/** Address 0 stands for "no tensor", and AssemblyScript keeps its first bytes to itself. */
const FIRST_ADDRESS = 4096;

export function buildPlan(model: ModelSpec, options: PlanOptions): Plan {
  const builder = new PlanBuilder(model, options);
  return builder.build();
}

class PlanBuilder {
  readonly #options: PlanOptions;
  readonly #graph: Graph;
  readonly #inferenceNodes: readonly GraphNode[];
  readonly #plan: Plan;
  /** Tensor of each value's contents: in training, at inference. */
  readonly #training: number[] = [];
  readonly #inference: number[] = [];
  readonly #gradients = new Map<number, number>();
  readonly #needed: boolean[] = [];
  #address = FIRST_ADDRESS;

  constructor(model: ModelSpec, options: PlanOptions) {
    this.#options = options;
    const graph = buildGraph(model, options.batch);
    this.#graph = options.fuse ? fuse(graph) : graph;
    this.#inferenceNodes = options.fuse ? fold(graph).nodes : graph.nodes;
    this.#plan = {
      model,
      batch: options.batch,
      mode: options.mode,
      tensors: [],
      parameters: [],
      state: [],
      constants: [],
      input: -1,
      trainingOutput: -1,
      inferenceOutput: -1,
      forward: [],
      backward: [],
      inference: [],
      random: this.#reserve(16),
      bytes: 0,
    };
  }

  build(): Plan {
    const { nodes, values, input, output } = this.#graph;
    const plan = this.#plan;
    plan.input = this.#fixed('input', values[input].shape);
    this.#placeParameters(nodes);
    this.#training[input] = plan.input;
    this.#inference[input] = plan.input;
    const own = new Map(nodes.map((node) => [node.name, this.#ownTensors(node)]));
    for (const node of this.#inferenceNodes) {
      const owners = node.owners ?? [node.name];
      this.#inferenceStep(node, Object.assign({}, ...owners.map((name) => own.get(name))));
    }
    plan.inferenceOutput = this.#keep(this.#tensorOf(this.#inference, output));
    if (this.#options.mode === 'train') {
      this.#sourceStep();
      this.#mixupStep(input);
      for (const node of nodes) this.#forwardStep(node, own.get(node.name) as Record<string, number>);
      plan.trainingOutput = this.#keep(this.#tensorOf(this.#training, output));
      this.#findNeeded();
      this.#seedBackward(output);
      for (const node of [...nodes].reverse()) this.#backwardStep(node);
      if (this.#options.inputGradient) plan.inputGradient = this.#keep(this.#inputGradient(input));
      const { optimizer, parts = 1 } = this.#options;
      const room = {
        fixed: (name: string, shape: Shape) => this.#fixed(name, shape),
        reserve: (bytes: number) => this.#reserve(bytes),
      };
      if (optimizer) plan.update = planUpdate(plan, optimizer, parts, room);
    }
    plan.bytes = placeTransients(plan, this.#address);
    return plan;
  }

  // Places

  #reserve(bytes: number): number {
    const address = this.#address;
    this.#address += align(bytes);
    return address;
  }

  #tensor(name: string, shape: Shape, type: TensorType, offset = -1): number {
    this.#plan.tensors.push({ name, shape, type, offset });
    return this.#plan.tensors.length - 1;
  }

  /** A tensor with a place of its own. */
  #fixed(name: string, shape: Shape, type: TensorType = 'float'): number {
    return this.#tensor(name, shape, type, this.#reserve(bytesOf(shape, type)));
  }

  /** Gives a tensor that was meant for the arena a place of its own, since it is read after the last step. */
  #keep(tensor: number): number {
    if (this.#plan.tensors[tensor].offset < 0) {
      this.#plan.tensors[tensor].offset = this.#reserve(bytesOf(this.#plan.tensors[tensor].shape));
    }
    return tensor;
  }

  /** Parameters stand together, those with weight decay first, and gradients in the same order. */
  #placeParameters(nodes: readonly GraphNode[]): void {
    const all = nodes.flatMap((node) =>
      Object.entries(node.layout.parameters ?? {}).map(([role, layout]) => ({
        name: `${node.name}.${role}`,
        layout,
      })),
    );
    const ordered = [
      ...all.filter(({ layout }) => layout.decay),
      ...all.filter(({ layout }) => !layout.decay),
    ];
    const training = this.#options.mode === 'train';
    for (const { name, layout } of ordered) {
      const { shape, initial, decay } = layout;
      this.#plan.parameters.push({ name, tensor: this.#fixed(name, shape), gradient: -1, initial, decay });
    }
    for (const parameter of training ? this.#plan.parameters : []) {
      const { shape } = this.#plan.tensors[parameter.tensor];
      parameter.gradient = this.#fixed(`gradient of ${parameter.name}`, shape);
    }
  }

  /** Parameters, state and constants of a node, by role. */
  #ownTensors(node: GraphNode): Record<string, number> {
    const own: Record<string, number> = {};
    const { parameters = {}, state = {}, constants = {} } = node.layout;
    for (const role of Object.keys(parameters)) {
      const found = this.#plan.parameters.find(({ name }) => name === `${node.name}.${role}`);
      if (found) own[role] = found.tensor;
    }
    for (const [role, { shape, initial }] of Object.entries(state)) {
      const name = `${node.name}.${role}`;
      own[role] = this.#fixed(name, shape);
      this.#plan.state.push({ name, tensor: own[role], initial });
    }
    for (const [role, values] of Object.entries(constants)) {
      own[role] = this.#fixed(`${node.name}.${role}`, [values.length]);
      this.#plan.constants.push({ tensor: own[role], values });
    }
    return own;
  }

  // Steps

  /** The value that holds the contents of `value`: itself, or the one it is another shape of. */
  #root(value: number): number {
    const { sameAs } = this.#graph.values[value];
    return sameAs === undefined ? value : this.#root(sameAs);
  }

  #tensorOf(tensors: readonly number[], value: number): number {
    return tensors[this.#root(value)];
  }

  #inferenceStep(node: GraphNode, own: Record<string, number>): void {
    const [first] = node.inputs;
    if (node.operation.identityAtInference) {
      this.#inference[node.output] = this.#tensorOf(this.#inference, first);
      return;
    }
    const y = this.#tensor(node.name, node.layout.output, 'float');
    this.#inference[node.output] = y;
    const inputs = this.#inputTensors(node, this.#inference);
    this.#step(this.#plan.inference, node, 'forward', false, { ...inputs, ...own, y });
  }

  /** Where a training step makes its input from a data set, that comes first. */
  #sourceStep(): void {
    const { source, batch } = this.#options;
    if (!source) return;
    const plan = this.#plan;
    const { examples, ...raw } = source;
    if (!Number.isInteger(examples) || examples < 1) {
      throw new InklingError(`A source needs a whole number of examples from 1, not ${examples}.`);
    }
    const { shape } = plan.tensors[plan.input];
    const node: GraphNode = explain('Augmentation', () => {
      const attributes = augmentation.parse(raw);
      const layout = augmentation.layout([shape], attributes);
      return {
        name: 'source',
        position: -1,
        operation: augmentation,
        attributes,
        layout,
        inputs: [],
        output: -1,
      };
    });
    plan.pictures = this.#fixed('pictures', [examples, ...shape.slice(1)], 'uint8');
    plan.indices = this.#fixed('indices', [batch], 'int32');
    const { pictures, indices } = plan;
    const tensors = { pictures, indices, ...this.#ownTensors(node), y: plan.input };
    this.#step(plan.forward, node, 'forward', true, tensors);
  }

  /** Where pictures are mixed, the first layer reads mixtures, and the loss their share. */
  #mixupStep(input: number): void {
    const plan = this.#plan;
    const attributes = explain('Mixup', () => mixup.parse({ ...this.#options.mixup }));
    if (this.#options.mixup === undefined || attributes.alpha === 0) return;
    const { shape } = plan.tensors[plan.input];
    plan.mixup = { ...attributes, share: this.#fixed('share', [1]) };
    this.#training[input] = this.#tensor('mixed input', shape, 'float');
    const tensors = { x: plan.input, share: plan.mixup.share, y: this.#training[input] };
    this.#step(plan.forward, mixupNode(attributes, shape), 'forward', true, tensors);
  }

  /** What comes back through the mixing, where there is any. */
  #inputGradient(input: number): number {
    const plan = this.#plan;
    const gradient = this.#gradientOf(input);
    if (!plan.mixup) return gradient;
    const { alpha, share } = plan.mixup;
    const { shape } = plan.tensors[plan.input];
    const dx = this.#tensor('gradient of the input', shape, 'float');
    this.#step(plan.backward, mixupNode({ alpha }, shape), 'backward', true, { dy: gradient, share, dx });
    return dx;
  }

  #forwardStep(node: GraphNode, own: Record<string, number>): void {
    const y = this.#tensor(node.name, node.layout.output, 'float');
    this.#training[node.output] = y;
    const tensors = { ...this.#inputTensors(node, this.#training), ...own, y };
    for (const [role, { shape, type }] of Object.entries(node.layout.saved ?? {})) {
      Object.assign(tensors, { [role]: this.#tensor(`${node.name}.${role}`, shape, type) });
    }
    this.#step(this.#plan.forward, node, 'forward', true, tensors);
  }

  #inputTensors(node: GraphNode, tensors: readonly number[]): Record<string, number> {
    return Object.fromEntries(
      node.operation.inputs.map((role, i) => [role, this.#tensorOf(tensors, node.inputs[i])]),
    );
  }

  /** The gradient that everything else follows from: of the loss, or given from outside. */
  #seedBackward(output: number): void {
    const plan = this.#plan;
    const { loss } = this.#options;
    const logits = this.#root(output);
    const { shape } = plan.tensors[plan.trainingOutput];
    const gradient = this.#tensor('gradient of the output', shape, 'float');
    this.#gradients.set(logits, gradient);
    if (!loss) {
      plan.outputGradient = this.#keep(gradient);
      return;
    }
    const { type, ...raw } = loss;
    const operation = findLoss(type);
    if (!operation) {
      throw new InklingError(`There is no loss "${type}"; there is ${lossNames().join(', ')}.`);
    }
    const attributes = explain(`The loss ${type}`, () => operation.parse(raw));
    const shapeOfOutput = this.#graph.values[output].shape;
    const layout = explain(`The loss ${type}`, () => operation.layout([shapeOfOutput], attributes));
    const node: GraphNode = {
      name: 'loss',
      position: 1 + Math.max(...this.#graph.nodes.map(({ position }) => position)),
      operation,
      attributes,
      layout,
      inputs: [output],
      output: -1,
    };
    plan.labels = this.#fixed('labels', [this.#options.batch], 'int32');
    plan.loss = this.#fixed('loss', layout.output);
    const tensors: Record<string, number> = {
      x: plan.trainingOutput,
      labels: plan.labels,
      y: plan.loss,
      ...this.#ownTensors(node),
      ...(plan.mixup && { share: plan.mixup.share }),
    };
    for (const [role, saved] of Object.entries(layout.saved ?? {})) {
      tensors[role] = this.#tensor(`loss.${role}`, saved.shape, saved.type);
    }
    this.#step(plan.forward, node, 'forward', true, tensors);
    this.#step(plan.backward, node, 'backward', true, { ...tensors, dx: gradient });
  }

  #backwardStep(node: GraphNode): void {
    const forward = this.#plan.forward.find((step) => step.position === node.position) as PlanStep;
    if (!this.#needsGradient(node.output)) return;
    const tensors: Record<string, number> = { ...forward.tensors, dy: this.#gradientOf(node.output) };
    const parameters = Object.keys(node.layout.parameters ?? {});
    for (const role of parameters) {
      const parameter = this.#plan.parameters.find(({ name }) => name === `${node.name}.${role}`);
      if (parameter) tensors[`d${role}`] = parameter.gradient;
    }
    const contributions: [number, number][] = [];
    node.operation.inputs.forEach((role, i) => {
      const value = this.#root(node.inputs[i]);
      const needed = this.#needsGradient(value);
      if (!needed && parameters.length > 0) return;
      const tensor = this.#tensor(
        `gradient of ${node.name}.${role}`,
        this.#graph.values[node.inputs[i]].shape,
        'float',
      );
      tensors[`d${role}`] = tensor;
      if (needed) contributions.push([value, tensor]);
    });
    this.#step(this.#plan.backward, node, 'backward', true, tensors);
    for (const [value, tensor] of contributions) this.#contribute(value, tensor);
  }

  /** A value that was read twice has the sum of both gradients. Sums are new tensors, so that no step overwrites. */
  #contribute(value: number, gradient: number): void {
    const earlier = this.#gradients.get(value);
    if (earlier === undefined) {
      this.#gradients.set(value, gradient);
      return;
    }
    const { shape } = this.#plan.tensors[gradient];
    const sum = this.#tensor(`sum for ${this.#plan.tensors[gradient].name}`, shape, 'float');
    const operation = findOperation('add') as Operation;
    const node: GraphNode = {
      name: `sum of gradients ${this.#plan.backward.length}`,
      position: -1,
      operation,
      attributes: {},
      layout: { output: shape },
      inputs: [],
      output: -1,
    };
    this.#step(this.#plan.backward, node, 'forward', true, { a: earlier, b: gradient, y: sum });
    this.#gradients.set(value, sum);
  }

  #gradientOf(value: number): number {
    const gradient = this.#gradients.get(this.#root(value));
    if (gradient === undefined)
      throw new InklingError(`The output does not depend on value ${value} of the model.`);
    return gradient;
  }

  /** Whether a gradient of `value` leads to any parameter, or to the input where that is asked for. */
  #needsGradient(value: number): boolean {
    return this.#needed[this.#root(value)];
  }

  #findNeeded(): void {
    const { nodes, input } = this.#graph;
    this.#needed[input] = this.#options.inputGradient === true;
    for (const { layout, inputs, output } of nodes) {
      const own = Object.keys(layout.parameters ?? {}).length > 0;
      this.#needed[output] = own || inputs.some((value) => this.#needsGradient(value));
    }
  }

  #step(
    program: PlanStep[],
    node: GraphNode,
    phase: 'forward' | 'backward',
    training: boolean,
    tensors: Record<string, number>,
  ): void {
    const { name: layer, position, operation, attributes } = node;
    const shape = Object.fromEntries(
      Object.entries(tensors).map(([role, tensor]) => [role, this.#plan.tensors[tensor].shape]),
    );
    // A flattened input keeps the shape the operation was laid out for, not the one its contents were made with.
    operation.inputs.forEach((role, i) => {
      const value = this.#graph.values[node.inputs[i]];
      if (value) shape[role] = value.shape;
    });
    program.push({ layer, position, operation, phase, attributes, training, shape, tensors });
  }
}

/** The step that mixes pictures: no node of the graph, but written down as one. */
function mixupNode(attributes: Mixup, shape: Shape): GraphNode {
  const layout = { output: shape };
  return { name: 'mixup', position: -1, operation: mixup, attributes, layout, inputs: [], output: -1 };
}
