/** The worker that reads, so that the pen never waits for the network. */
import {
  Classifier,
  decodeNetwork,
  explain,
  type Network,
  Reader,
  RememberedAnswers,
  surveyAdapters,
} from '../../../src/browser.ts';
import { describe } from './describe.ts';
import { FirstLayers } from './layers.ts';
import { LiveClassifier } from './live.ts';
import { inPortions } from './polite.ts';
import type { Answers, Ask, LocalReading, Question, Reply } from './protocol.ts';
import { warmUp } from './warmUp.ts';

interface Loaded {
  version: string;
  network: Network;
  bytes: number;
  /** In WebAssembly. */
  processor: Classifier;
  live: LiveClassifier;
  reader: Reader;
  layers: FirstLayers;
}

/** Pictures whose answers are kept: those of the last few dozen strokes. */
const MOST_ANSWERS = 1024;

let loaded: Promise<Loaded> | undefined;
let questions = 0;

globalThis.onmessage = async ({ data: { ticket, ...question } }: MessageEvent<Ask>) => {
  const reply = (message: Reply) => globalThis.postMessage(message);
  questions++;
  try {
    reply({ ticket, answer: await answer(question) });
  } catch (error) {
    reply({ ticket, failure: error instanceof Error ? error.message : String(error) });
  }
  if (question.type === 'load') await loaded?.then(prepare, () => {});
};

async function answer(question: Question): Promise<Answers[keyof Answers]> {
  if (question.type === 'load') {
    loaded = load(question);
    return { version: (await loaded).version };
  }
  if (!loaded) throw new Error('The network is not here yet.');
  const { version, network, bytes, processor, live, reader, layers } = await loaded;
  switch (question.type) {
    case 'read':
      return read(reader, live, question);
    case 'layers':
      return layers.outputs(question.image);
    case 'describe':
      return describe(network, version, bytes);
    case 'explain':
      return explain(inPortions(processor), question.image, question.digit);
  }
}

async function load({ weights, version }: Extract<Question, { type: 'load' }>): Promise<Loaded> {
  const response = await fetch(weights);
  if (!response.ok) throw new Error(`The server answered ${response.status} to the request for the network.`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const network = decodeNetwork(bytes, 'The network');
  // Digits come by ones and twos, and a batch is always computed as a whole.
  const processor = await Classifier.create(network, { batch: 1, backend: 'wasm', threads: 1 });
  const live = new LiveClassifier(processor);
  const reader = new Reader(new RememberedAnswers(live, MOST_ANSWERS));
  const layers = new FirstLayers(network);
  return { version, network, bytes: bytes.length, processor, live, reader, layers };
}

/** Digits that a graphics card reads at once. */
const CARD_BATCH = 16;
/** Whatever it shows, two ways to compute the same network must agree on it. */
const PROBE = Uint8Array.from({ length: 28 * 28 }, (_, pixel) => (37 * pixel) % 256);

/** What makes later answers quick, once the network is there and nobody waits for it. */
async function prepare({ network, live, reader }: Loaded): Promise<void> {
  const before = questions;
  await warmUp(reader, () => questions === before);
  const compile = () => Classifier.create(network, { batch: CARD_BATCH, backend: 'webgpu' });
  await live.takeCard(surveyAdapters, compile, [PROBE]);
}

async function read(
  reader: Reader,
  live: LiveClassifier,
  { width, height, channels, data }: Extract<Question, { type: 'read' }>,
): Promise<LocalReading> {
  const start = performance.now();
  const reading = await reader.read({ width, height, channels, data });
  return { ...reading, milliseconds: performance.now() - start, where: live.description };
}
