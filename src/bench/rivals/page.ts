/** The script of the benchmark's page: our engine and TensorFlow.js, both on WebGPU. */
import { openCard } from '../../engine/webgpu/device.ts';
import { cardPeak } from '../kernels/cardRoof.ts';
import { type Subject, SubjectRun } from '../subject.ts';
import { Answerer, type Contest, type Engine } from './answer.ts';
import { decodeFloats, type PrepareRequest, type Reply, type Request } from './protocol.ts';
import { contestOf, type TensorFlow } from './tfjsNetwork.ts';

declare global {
  interface Window {
    /** TensorFlow.js, from its own scripts. */
    tf?: TensorFlow;
    answer(request: Request): Promise<Reply>;
  }
}

/**
 * Steps before a case is timed: shaders are compiled when they are first needed, for its own sizes. Where a step takes
 * longer than so many milliseconds, one is enough.
 */
const WARM_UP_STEPS = 3;
const WARM_UP_MILLISECONDS = 2000;

const answerer = new Answerer(start);
window.answer = (request) => answerer.answer(request);

async function start(name: string): Promise<Engine> {
  return name === 'tfjs-webgpu' ? startTensorFlow() : startOurs();
}

async function startOurs(): Promise<Engine> {
  const card = await openCard();
  const peak = await cardPeak(card);
  return {
    version: '',
    async prepare(request) {
      const run = await SubjectRun.create(subjectOf(request), { backend: 'webgpu' });
      const contest = {
        step: () => run.step(),
        settle: run.settle,
        result: () => run.result(),
        dispose: () => run.executable.dispose(),
      };
      await warmUp(contest, request);
      return { contest, threads: 1, device: card.description, peak };
    },
  };
}

function subjectOf({ network, workload, batch, pixels, labels }: PrepareRequest): Subject {
  if (!network) throw new Error('needs a network as it is');
  const weights = Object.entries(network.weights).map(
    ([name, { shape, values }]) => [name, { shape, values: decodeFloats(values) }] as const,
  );
  const { model } = network;
  return { model, workload, batch, labels, weights: new Map(weights), pixels: decodeFloats(pixels) };
}

async function startTensorFlow(): Promise<Engine> {
  const { tf } = window;
  if (!tf) throw new Error('its scripts are not there');
  if (!(await tf.setBackend('webgpu'))) throw new Error('its backend does not start here');
  await tf.ready();
  const { description: device } = await openCard();
  return {
    version: tf.version_core,
    async prepare(request) {
      const contest = contestOf(tf, request, true);
      await warmUp(contest, request);
      return { contest, threads: 1, device };
    },
  };
}

/** A trial needs none: its steps are counted. */
async function warmUp(contest: Contest, { trialSteps }: PrepareRequest): Promise<void> {
  if (trialSteps > 0) return;
  const started = performance.now();
  for (let step = 0; step < WARM_UP_STEPS; step++) {
    if (performance.now() - started > WARM_UP_MILLISECONDS) return;
    await contest.step();
    await contest.settle?.();
  }
}
