/** The worker that reads, so that the pen never waits for the network. */
import { Classifier, decodeNetwork, explain, type Network, Reader } from '../../../src/browser.ts';
import { describe } from './describe.ts';
import { layerOutputs } from './layers.ts';
import type { Answers, Ask, LocalReading, Question, Reply } from './protocol.ts';

interface Loaded {
  version: string;
  network: Network;
  bytes: number;
  classifier: Classifier;
  reader: Reader;
}

let loaded: Promise<Loaded> | undefined;

globalThis.onmessage = async ({ data: { ticket, ...question } }: MessageEvent<Ask>) => {
  const reply = (message: Reply) => globalThis.postMessage(message);
  try {
    reply({ ticket, answer: await answer(question) });
  } catch (error) {
    reply({ ticket, failure: error instanceof Error ? error.message : String(error) });
  }
};

async function answer(question: Question): Promise<Answers[keyof Answers]> {
  if (question.type === 'load') {
    loaded = load(question);
    const { version, classifier } = await loaded;
    return { version, where: classifier.description };
  }
  if (!loaded) throw new Error('The network is not here yet.');
  const { version, network, bytes, classifier, reader } = await loaded;
  switch (question.type) {
    case 'read':
      return read(reader, question);
    case 'layers':
      return layerOutputs(network, question.image);
    case 'describe':
      return describe(network, version, bytes);
    case 'explain':
      return explain(classifier, question.image, question.digit);
  }
}

/** A few digits at a time, in WebAssembly: a graphics card's answer to so little would be longer on its way. */
const BATCH = 4;

async function load({ weights, version }: Extract<Question, { type: 'load' }>): Promise<Loaded> {
  const response = await fetch(weights);
  if (!response.ok) throw new Error(`The server answered ${response.status} to the request for the network.`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const network = decodeNetwork(bytes, 'The network');
  const classifier = await Classifier.create(network, { batch: BATCH, backend: 'wasm', threads: 1 });
  const reader = new Reader(classifier);
  // The first answer takes longer, while the browser compiles; it shall not be a person's.
  await classifier.classify([new Uint8Array(28 * 28)]);
  return { version, network, bytes: bytes.length, classifier, reader };
}

async function read(
  reader: Reader,
  { width, height, channels, data }: Extract<Question, { type: 'read' }>,
): Promise<LocalReading> {
  const start = performance.now();
  const reading = await reader.read({ width, height, channels, data });
  return { ...reading, milliseconds: performance.now() - start };
}
