/**
 * A thread that reads pictures: decodes what was sent, finds and reads the digits, codes the picture anew.
 *
 * Many pictures are on their way in it at once, so that their digits share batches (`batching.ts`). It may hold several
 * models, of which each question names one, so that a new model can be got ready while the old one answers.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { boxInOriginal, InklingError, recognise } from '../../src/index.ts';
import type { Answer, FromWorker, Question, Refusal, ToWorker, WorkerSettings } from './messages.ts';
import { type LoadedModel, loadModel } from './model.ts';
import { decode, encodeKept } from './picture.ts';

const port = parentPort!;
const settings: WorkerSettings = workerData;
const models = new Map<string, LoadedModel>();
let answers: Extract<FromWorker, { kind: 'answers' }>['answers'] = [];
let batches: number[] = [];

port.on('message', (message: ToWorker) => {
  if (message.kind === 'read') for (const question of message.questions) void respond(question);
  else if (message.kind === 'load') void load(message.model);
  else void forget(message.version);
});
await load(settings.model);

async function load(model: WorkerSettings['model']): Promise<void> {
  const { version } = model;
  try {
    if (!models.has(version)) {
      const { maximumBatch, batchDelay } = settings;
      models.set(
        version,
        await loadModel(model, { maximumBatch, batchDelay, onBatch: (size) => batches.push(size) }),
      );
    }
    tell({ kind: 'loaded', version });
  } catch (error) {
    tell({ kind: 'notLoaded', version, message: error instanceof Error ? error.message : `${error}` });
  }
}

async function forget(version: string): Promise<void> {
  const model = models.get(version);
  models.delete(version);
  await model?.dispose();
}

async function respond(question: Question): Promise<void> {
  const { number } = question;
  let result: { answer: Answer } | { refusal: Refusal };
  try {
    result = { answer: await read(question) };
  } catch (error) {
    result = { refusal: refusalFor(error, question) };
  }
  // Answers that are ready at about the same time go in one message.
  if (answers.length === 0) setImmediate(sendAnswers);
  answers.push({ number, ...result });
}

function refusalFor(error: unknown, { bytes }: Question): Refusal {
  const message = error instanceof Error ? error.message : `${error}`;
  if (!(error instanceof InklingError)) return { reason: 'failed', message };
  return { reason: 'otherwise' in recognise(bytes) ? 'unknown' : 'unreadable', message };
}

async function read({ bytes, keep, model: version }: Question): Promise<Answer> {
  const start = performance.now();
  const model = models.get(version);
  if (!model) throw new Error(`The model ${version} is not loaded here.`);
  const limits = { bytes: settings.maximumUpload, pixels: settings.maximumPixels };
  return model.classifier.during(async () => {
    const picture = await decode(bytes, limits);
    // While the digits wait for their batch, the picture is coded.
    const [reading, kept] = await Promise.all([
      model.reader.read(picture),
      keep ? encodeKept(picture) : undefined,
    ]);
    return {
      ...reading,
      digits: reading.digits.map((digit) => ({ ...digit, box: boxInOriginal(digit.box, picture) })),
      width: picture.originalWidth,
      height: picture.originalHeight,
      picture: kept,
      model: version,
      milliseconds: performance.now() - start,
    };
  });
}

function sendAnswers(): void {
  tell({ kind: 'answers', answers });
  answers = [];
  if (batches.length > 0) tell({ kind: 'batches', sizes: batches });
  batches = [];
}

function tell(message: FromWorker): void {
  port.postMessage(message);
}
