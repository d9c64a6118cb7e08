/** Trains the sprint preset before one's eyes, in a worker that the example page has too. */
import type { BackendChoice, DataChoice, Report, Sample } from '../../../examples/train/messages.ts';
import { Trainer } from '../../../examples/train/trainer.ts';
import type { View } from '../app.ts';
import { bitmap, paintInk } from '../bitmap.ts';
import { fill, h } from '../dom.ts';
import { messages, percent } from '../messages.ts';
import { TrainingProgress } from './progress.ts';
import { TrainingSettings } from './settings.ts';

const SYNTHETIC_COUNT = 12_000;
const SEED = 1;
const EPOCHS = [1, 2, 3, 5, 10];
const FIRST_EPOCHS = 3;

type State = 'idle' | 'loading' | 'training' | 'pausing' | 'paused';

export class TrainView implements View {
  readonly element: HTMLElement;
  readonly #settings = new TrainingSettings();
  readonly #progress = new TrainingProgress();
  readonly #synthetic = h('input', { type: 'radio', name: 'data', value: 'synthetic', checked: true });
  readonly #own = h('input', { type: 'radio', name: 'data', value: 'files' });
  readonly #files = h('input', { type: 'file', multiple: true, id: 'files' });
  readonly #fileRow = h('label', { hidden: true }, messages.train.chooseFiles, this.#files);
  readonly #backend: HTMLSelectElement;
  readonly #epochs: HTMLSelectElement;
  readonly #controls: HTMLFieldSetElement;
  readonly #start = h('button', { type: 'submit', class: 'main' }, messages.train.start);
  readonly #pause: HTMLButtonElement;
  readonly #stop: HTMLButtonElement;
  readonly #message = h('p', { id: 'message', class: 'hint', role: 'status' }, messages.train.looking);
  readonly #samples = h('ol', { class: 'sample-list' });
  readonly #sampleSection: HTMLElement;
  #state: State = 'idle';
  #trainer: Trainer;

  constructor() {
    const words = messages.train;
    this.#backend = h(
      'select',
      { id: 'backend' },
      h('option', { value: 'auto' }, words.best),
      h('option', { value: 'webgpu' }, words.card),
      h('option', { value: 'wasm' }, words.processor(1)),
    );
    this.#epochs = h(
      'select',
      {},
      ...EPOCHS.map((value) => h('option', { selected: value === FIRST_EPOCHS }, value)),
    );
    this.#pause = h('button', { type: 'button', onclick: () => this.#pauseOrGoOn() }, words.pause);
    this.#stop = h('button', { type: 'button', onclick: () => this.#end() }, words.stop);
    this.#sampleSection = h(
      'section',
      { class: 'card', hidden: true },
      h('h2', {}, words.samples),
      this.#samples,
    );
    this.#controls = h('fieldset', { class: 'settings' }, ...this.#settingRows());
    const form = h(
      'form',
      { class: 'card train-form' },
      this.#controls,
      h('div', { class: 'actions' }, this.#start, this.#pause, this.#stop),
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#begin();
    });
    this.element = h(
      'div',
      { class: 'place train' },
      h('h1', {}, messages.titles.train),
      h('p', { class: 'lead' }, words.intro),
      form,
      this.#message,
      this.#progress.element,
      this.#sampleSection,
    );
    this.#trainer = this.#newTrainer();
    this.#enter('idle');
  }

  leave(): void {
    this.#trainer.terminate();
    delete document.body.dataset.state;
  }

  #settingRows(): HTMLElement[] {
    const words = messages.train;
    const option = (input: HTMLElement, name: string, hint: string) =>
      h('label', { class: 'option' }, input, h('span', {}, name, h('small', {}, hint)));
    const choice = h(
      'div',
      { class: 'options', role: 'radiogroup', 'aria-label': words.digits },
      option(this.#synthetic, words.synthetic, words.syntheticHint),
      option(this.#own, words.files, words.filesHint),
    );
    choice.addEventListener('change', () => {
      this.#fileRow.hidden = !this.#own.checked;
    });
    return [
      h('legend', { class: 'unseen' }, messages.titles.train),
      choice,
      this.#fileRow,
      h('div', { class: 'sliders' }, ...this.#settings.elements),
      h(
        'div',
        { class: 'row' },
        h('label', {}, words.runsOn, this.#backend),
        h('label', {}, words.epochs, this.#epochs),
      ),
    ];
  }

  #newTrainer(): Trainer {
    return new Trainer((report) => this.#hear(report));
  }

  #enter(state: State): void {
    this.#state = state;
    document.body.dataset.state = state;
    this.#controls.disabled = state !== 'idle';
    this.#start.disabled = state !== 'idle';
    this.#pause.disabled = state !== 'training' && state !== 'paused';
    this.#pause.textContent = state === 'paused' ? messages.train.goOn : messages.train.pause;
    this.#stop.disabled = state === 'idle';
  }

  #say(sentence: string, isFailure = false): void {
    this.#message.textContent = sentence;
    this.#message.classList.toggle('failure', isFailure);
  }

  // What people do

  #begin(): void {
    const data = this.#chosenData();
    if (!data) {
      this.#say(messages.train.filesFirst, true);
      return;
    }
    this.#progress.clear();
    this.#sampleSection.hidden = true;
    this.#enter('loading');
    this.#say(messages.train.gettingReady);
    this.#trainer.ask({
      ...{ type: 'start', data, backend: this.#backend.value as BackendChoice },
      ...{ epochs: Number(this.#epochs.value), seed: SEED, settings: this.#settings.settings },
    });
  }

  #chosenData(): DataChoice | undefined {
    if (this.#synthetic.checked) return { kind: 'synthetic', count: SYNTHETIC_COUNT };
    return this.#files.files?.length ? { kind: 'files', files: [...this.#files.files] } : undefined;
  }

  #pauseOrGoOn(): void {
    if (this.#state === 'paused') {
      this.#enter('training');
      this.#trainer.ask({ type: 'go on' });
    } else {
      this.#enter('pausing');
      this.#trainer.ask({ type: 'pause' });
    }
  }

  #end(): void {
    // It may be in the midst of drawing digits, when it hears nothing.
    this.#trainer.terminate();
    this.#trainer = this.#newTrainer();
    this.#enter('idle');
    this.#say(messages.train.stopped);
  }

  // What the worker tells

  #hear(report: Report): void {
    const words = messages.train;
    switch (report.type) {
      case 'surveyed':
        this.#showSurvey(report);
        break;
      case 'drawing':
        this.#say(words.drawing(report.done, report.count));
        break;
      case 'loaded':
        this.#enter('training');
        this.#say(words.learning(report.training, report.name, report.heldOut));
        break;
      case 'backend':
        this.#progress.runsOn(report.backend);
        break;
      case 'note':
        this.#say(report.sentence);
        break;
      case 'step':
        this.#progress.step(report);
        break;
      case 'epoch':
        this.#progress.epoch(report);
        break;
      case 'paused':
        this.#enter('paused');
        this.#say(words.paused);
        break;
      case 'done':
        this.#enter('idle');
        this.#showSamples(report.samples);
        this.#say(words.done(report.seconds, report.accuracy));
        break;
      case 'failed':
        this.#enter('idle');
        this.#say(report.sentence, true);
    }
  }

  #showSurvey({ card, isSoftware, threads, whyAlone }: Extract<Report, { type: 'surveyed' }>): void {
    const words = messages.train;
    const [, webgpu, wasm] = this.#backend.options;
    wasm.text = words.processor(threads);
    webgpu.text = card ? `${words.card}: ${card}${isSoftware ? words.software : ''}` : words.noCard;
    webgpu.disabled = card === undefined;
    if (this.#state === 'idle' && this.#message.textContent === words.looking) {
      this.#say(whyAlone ? words.readyAlone(whyAlone) : words.ready);
    }
  }

  #showSamples(samples: readonly Sample[]): void {
    fill(this.#samples, ...samples.map(sampleItem));
    this.#sampleSection.hidden = samples.length === 0;
  }
}

function sampleItem({ pixels, label, answer, probability }: Sample): HTMLElement {
  const side = Math.sqrt(pixels.length);
  const canvas = bitmap(side, side);
  paintInk(canvas, pixels);
  const isRight = answer === label;
  const note = isRight ? percent(probability, 0) : messages.train.isA(label);
  return h('li', { class: isRight ? '' : 'wrong' }, canvas, answer, h('small', {}, note));
}
