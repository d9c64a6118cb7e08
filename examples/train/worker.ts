/**
 * The worker that trains, so that the page stays free for its visitor.
 *
 * A pause is an interruption: training stops between two steps and gives a checkpoint, from which it later goes on to
 * the same bits.
 */
import {
  borrowThreads,
  type Checkpoint,
  Classifier,
  type Dataset,
  dropout,
  type ModelSpec,
  preset,
  subset,
  surveyAdapters,
  type TrainResult,
  train,
} from 'inkling/browser';
import { loadData } from './data.ts';
import type { BackendChoice, Report, Request, Sample, Settings } from './messages.ts';

const SAMPLES = 24;

/** What a run works with, whether it goes on or is paused. */
interface Run {
  training: Dataset;
  heldOut: Dataset;
  backend: BackendChoice;
  epochs: number;
  seed: number;
  settings: Settings;
  checkpoint?: Checkpoint;
}

let run: Run | undefined;
let interruption = new AbortController();

const report = (message: Report) => globalThis.postMessage(message);

globalThis.onmessage = async ({ data: request }: MessageEvent<Request>) => {
  try {
    if (request.type === 'survey') {
      borrowThreads(request.threads);
      await survey();
    } else if (request.type === 'pause') interruption.abort();
    else {
      if (request.type === 'start') {
        const { training, heldOut } = await loadData(request.data, report);
        const { backend, epochs, seed, settings = {} } = request;
        run = { training, heldOut, backend, epochs, seed, settings };
        report({
          type: 'loaded',
          name: training.name,
          training: training.labels.length,
          heldOut: heldOut.labels.length,
        });
      }
      if (run) await advance(run);
    }
  } catch (error) {
    report({ type: 'failed', sentence: error instanceof Error ? error.message : String(error) });
  }
};

async function survey(): Promise<void> {
  const [adapter] = await surveyAdapters();
  report({
    type: 'surveyed',
    card: adapter?.name,
    isSoftware: adapter?.isSoftware ?? false,
    threads: globalThis.crossOriginIsolated ? navigator.hardwareConcurrency : 1,
    whyAlone: globalThis.crossOriginIsolated ? undefined : 'this page is not cross-origin isolated',
  });
}

/** Trains until the end or a pause. */
async function advance(run: Run): Promise<void> {
  interruption = new AbortController();
  const { model: plain, ...whole } = preset('sprint');
  const { dropout: rate = 0, ...changes } = run.settings;
  const recipe = { ...whole, ...changes };
  const model = withDropout(plain, rate);
  const { training: data, heldOut: validation, backend, epochs, seed, checkpoint } = run;
  // What was last reported: sums over the examples of its epoch.
  let last = checkpoint
    ? { ...checkpoint.totals, epoch: checkpoint.epoch + 1 }
    : { loss: 0, correct: 0, examples: 0, epoch: 0 };
  const result = await train(model, {
    ...recipe,
    ...{ data, validation, backend, epochs, seed, resume: checkpoint, signal: interruption.signal },
    onStart: (description) => report({ type: 'backend', backend: description }),
    onNote: (sentence) => report({ type: 'note', sentence }),
    onStep({ epoch, epochs, step, steps, examples, loss, accuracy, imagesPerSecond }) {
      if (epoch !== last.epoch) last = { loss: 0, correct: 0, examples: 0, epoch };
      const sums = { loss: loss * examples, correct: accuracy * examples, examples, epoch };
      const since = examples - last.examples;
      report({
        ...{ type: 'step', position: (epoch - 1) * steps + step, steps: epochs * steps },
        covers: since / recipe.batch,
        loss: (sums.loss - last.loss) / since,
        accuracy: (sums.correct - last.correct) / since,
        imagesPerSecond,
      });
      last = sums;
    },
    onEpoch({ epoch, validationAccuracy = 0, validationLoss = 0 }) {
      const position = epoch * Math.floor(data.labels.length / recipe.batch);
      report({ type: 'epoch', position, epoch, accuracy: validationAccuracy, loss: validationLoss });
    },
  });
  run.checkpoint = result.interrupted;
  if (result.interrupted) report({ type: 'paused' });
  else await finish(run, result);
}

/** Dropout belongs before the last layer, where the values are that the answer is made of. */
function withDropout(model: ModelSpec, rate: number): ModelSpec {
  if (rate === 0) return model;
  return { ...model, layers: [...model.layers.slice(0, -1), dropout({ rate }), ...model.layers.slice(-1)] };
}

async function finish({ heldOut }: Run, { network, history, validation }: TrainResult): Promise<void> {
  report({
    ...{ type: 'done', accuracy: validation?.accuracy ?? 0 },
    seconds: history.reduce((sum, { seconds }) => sum + seconds, 0),
    samples: await readSamples(network, heldOut),
  });
}

/** Some held-out pictures, those first that the network gets wrong. */
async function readSamples(network: TrainResult['network'], heldOut: Dataset): Promise<Sample[]> {
  const some = subset(
    heldOut,
    Array.from({ length: Math.min(1000, heldOut.labels.length) }, (_, i) => i),
    'some',
  );
  const size = some.images.length / some.labels.length;
  const pictures = Array.from(some.labels, (_, i) => some.images.slice(i * size, (i + 1) * size));
  const classifier = await Classifier.create(network, { backend: 'wasm', threads: 1 });
  const answers = await classifier.classify(pictures);
  await classifier.dispose();
  const samples = answers.map((probabilities, i): Sample => {
    const probability = Math.max(...probabilities);
    const answer = probabilities.indexOf(probability);
    return { pixels: pictures[i], label: some.labels[i], answer, probability };
  });
  const wrong = samples.filter(({ label, answer }) => label !== answer).slice(0, SAMPLES / 3);
  const right = samples.filter(({ label, answer }) => label === answer);
  return [...wrong, ...right].slice(0, SAMPLES);
}
