/** The page: what its controls do, and what it shows of what the worker tells. */
import { Chart, type Point } from './chart.ts';
import type { BackendChoice, DataChoice, Report, Sample } from './messages.ts';
import { Trainer } from './trainer.ts';

const SYNTHETIC_COUNT = 12_000;
const SEED = 1;
/** Weight of a step in the running averages. */
const FRESHNESS = 0.12;

const find = <Kind extends HTMLElement>(id: string) => document.getElementById(id) as Kind;
const start = find<HTMLButtonElement>('start');
const pause = find<HTMLButtonElement>('pause');
const stop = find<HTMLButtonElement>('stop');
const backend = find<HTMLSelectElement>('backend');
const files = find<HTMLInputElement>('files');
const message = find('message');

type State = 'idle' | 'loading' | 'training' | 'pausing' | 'paused';

let state: State = 'idle';
let trainer = new Trainer(hear);
let steps = 0;
const losses: Point[] = [];
const averages: Point[] = [];
const learning: Point[] = [];
const heldOut: Point[] = [];

const count = (value: number) => value.toLocaleString('en');
const percent = (share: number, digits = 2) => `${(100 * share).toFixed(digits)} %`;

const lossChart = new Chart(
  find('loss-chart'),
  () => ({
    steps,
    series: [
      { name: 'learning raw', points: losses },
      { name: 'learning', points: averages },
    ],
    spoken: `Loss, now ${averages.at(-1)?.[1].toFixed(2) ?? 'unknown'}`,
  }),
  (values) => [0, Math.max(0.5, Math.ceil(2 * Math.max(0, ...values)) / 2)],
  (value) => value.toFixed(1),
);
const accuracyChart = new Chart(
  find('accuracy-chart'),
  () => ({
    steps,
    series: [
      { name: 'learning', points: learning },
      { name: 'held', points: heldOut, dots: true },
    ],
    spoken: `Accuracy on held-out digits, ${heldOut.length > 0 ? percent(heldOut.at(-1)![1]) : 'unknown yet'}`,
  }),
  (values) => [values.length > 20 ? Math.min(0.9, Math.floor(10 * values[values.length >> 3]) / 10) : 0, 1],
  (value) => percent(value, 0),
);

function say(sentence: string, isFailure = false): void {
  message.textContent = sentence;
  message.classList.toggle('failed', isFailure);
}

function enter(next: State): void {
  state = next;
  document.body.dataset.state = next;
  const isIdle = state === 'idle';
  start.disabled = !isIdle;
  pause.disabled = state !== 'training' && state !== 'paused';
  pause.textContent = state === 'paused' ? 'Go on' : 'Pause';
  stop.disabled = isIdle;
  for (const control of document.querySelectorAll<HTMLInputElement | HTMLSelectElement>(
    '#settings input, #settings select',
  )) {
    control.disabled = !isIdle;
  }
}

// What the visitor does

find<HTMLFormElement>('settings').onsubmit = (event) => {
  event.preventDefault();
  const data = chosenData();
  if (!data) {
    say('Choose the files first: pictures and labels, both at once.', true);
    return;
  }
  for (const points of [losses, averages, learning, heldOut]) points.length = 0;
  for (const id of ['held-out', 'loss', 'rate', 'computes-on']) find(id).textContent = '–';
  find('samples').hidden = true;
  enter('loading');
  say('Getting ready …');
  const epochs = Number(find<HTMLSelectElement>('epochs').value);
  trainer.ask({ type: 'start', data, backend: backend.value as BackendChoice, epochs, seed: SEED });
};

find('data-choice').onchange = () => {
  find('file-row').hidden = !isFiles();
};

pause.onclick = () => {
  if (state === 'paused') {
    enter('training');
    say('Going on …');
    trainer.ask({ type: 'go on' });
  } else {
    enter('pausing');
    trainer.ask({ type: 'pause' });
  }
};

stop.onclick = () => {
  // It may be in the midst of drawing digits, when it hears nothing.
  trainer.terminate();
  trainer = new Trainer(hear);
  enter('idle');
  say('Stopped. Start begins anew.');
};

const isFiles = () => document.querySelector<HTMLInputElement>('[name=data]:checked')?.value === 'files';

function chosenData(): DataChoice | undefined {
  if (!isFiles()) return { kind: 'synthetic', count: SYNTHETIC_COUNT };
  return files.files?.length ? { kind: 'files', files: [...files.files] } : undefined;
}

// What the worker tells

function hear(report: Report): void {
  switch (report.type) {
    case 'surveyed':
      showSurvey(report);
      break;
    case 'drawing':
      say(`Drawing digits: ${count(report.done)} of ${count(report.count)}`);
      break;
    case 'loaded':
      enter('training');
      say(
        `Learning from ${count(report.training)} pictures of ${report.name}; ${count(report.heldOut)} are held out.`,
      );
      break;
    case 'backend':
      find('computes-on').textContent = report.backend;
      break;
    case 'note':
      say(report.sentence);
      break;
    case 'step':
      showStep(report);
      break;
    case 'epoch':
      heldOut.push([report.position, report.accuracy]);
      find('held-out').textContent = percent(report.accuracy);
      accuracyChart.update();
      break;
    case 'paused':
      enter('paused');
      say('Paused between two steps. It goes on as if nothing had been.');
      break;
    case 'done':
      enter('idle');
      showSamples(report.samples);
      say(
        `Done in ${report.seconds.toFixed(1)} seconds: ${percent(report.accuracy)} of the held-out digits are read right.`,
      );
      break;
    case 'failed':
      enter('idle');
      say(report.sentence, true);
  }
}

function showSurvey({ card, isSoftware, threads, whyAlone }: Extract<Report, { type: 'surveyed' }>): void {
  const [auto, webgpu, wasm] = backend.options;
  const processor = `Processor, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  wasm.text = processor;
  webgpu.text = card
    ? `Graphics card: ${card}${isSoftware ? ' (in software)' : ''}`
    : 'Graphics card: none here';
  webgpu.disabled = card === undefined;
  auto.text = `The best there is: ${card && !isSoftware ? 'graphics card' : 'processor'}`;
  say(whyAlone ? `Ready, with one thread: ${whyAlone}.` : 'Ready.');
}

function showStep(report: Extract<Report, { type: 'step' }>): void {
  steps = report.steps;
  const weight = 1 - (1 - FRESHNESS) ** report.covers;
  const average = averages.at(-1)?.[1] ?? report.loss;
  losses.push([report.position, report.loss]);
  averages.push([report.position, average + weight * (report.loss - average)]);
  const known = learning.at(-1)?.[1] ?? report.accuracy;
  learning.push([report.position, known + weight * (report.accuracy - known)]);
  find('loss').textContent = averages.at(-1)![1].toFixed(3);
  find('rate').textContent = count(Math.round(report.imagesPerSecond));
  find<HTMLProgressElement>('progress').value = report.position / report.steps;
  lossChart.update();
  accuracyChart.update();
}

function showSamples(samples: readonly Sample[]): void {
  const items = samples.map(({ pixels, label, answer, probability }) => {
    const item = document.createElement('li');
    const canvas = document.createElement('canvas');
    const side = Math.sqrt(pixels.length);
    [canvas.width, canvas.height] = [side, side];
    const image = new ImageData(side, side);
    pixels.forEach((ink, i) => {
      image.data.set([255 - ink, 255 - ink, 255 - ink, 255], 4 * i);
    });
    canvas.getContext('2d')?.putImageData(image, 0, 0);
    const note = document.createElement('small');
    note.textContent = answer === label ? percent(probability, 0) : `is a ${label}`;
    item.classList.toggle('wrong', answer !== label);
    item.append(canvas, String(answer), note);
    return item;
  });
  find('sample-list').replaceChildren(...items);
  find('samples').hidden = items.length === 0;
}

enter('idle');
