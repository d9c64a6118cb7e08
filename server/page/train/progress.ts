/** How a run goes: its figures and its two curves. */
import { Chart, type Point } from '../../../examples/train/chart.ts';
import type { Report } from '../../../examples/train/messages.ts';
import { h } from '../dom.ts';
import { count, messages, percent } from '../messages.ts';

/** Weight of a step in the running averages. */
const FRESHNESS = 0.12;

type StepReport = Extract<Report, { type: 'step' }>;
type EpochReport = Extract<Report, { type: 'epoch' }>;

export class TrainingProgress {
  readonly element: HTMLElement;
  readonly #bar = h('progress', { value: 0, max: 1, 'aria-label': messages.train.progress });
  readonly #step = h('p', { id: 'step', class: 'hint' });
  readonly #heldOut = h('dd', { id: 'held-out' }, '–');
  readonly #loss = h('dd', { id: 'loss' }, '–');
  readonly #speed = h('dd', { id: 'rate' }, '–');
  readonly #computesOn = h('dd', { id: 'computes-on' }, '–');
  readonly #lossChart: Chart;
  readonly #accuracyChart: Chart;
  #steps = 0;
  #losses: Point[] = [];
  #averages: Point[] = [];
  #learning: Point[] = [];
  #heldOutPoints: Point[] = [];

  constructor() {
    const words = messages.train;
    const lossPlace = h('div', { class: 'chart', id: 'loss-chart' });
    const accuracyPlace = h('div', { class: 'chart', id: 'accuracy-chart' });
    const figure = (name: string, value: HTMLElement, isLong = false) =>
      h('div', { class: isLong ? 'card long' : 'card' }, h('dt', {}, name), value);
    this.element = h(
      'div',
      { class: 'training' },
      h('div', {}, this.#bar, this.#step),
      h(
        'dl',
        { class: 'figures' },
        figure(words.heldOut, this.#heldOut),
        figure(words.loss, this.#loss),
        figure(words.speed, this.#speed),
        figure(words.computesOn, this.#computesOn, true),
      ),
      h(
        'div',
        { class: 'charts' },
        h('figure', { class: 'card' }, h('figcaption', {}, words.lossChart), lossPlace),
        h('figure', { class: 'card' }, h('figcaption', {}, words.accuracyChart), accuracyPlace),
      ),
    );
    this.#lossChart = new Chart(
      lossPlace,
      () => ({
        steps: this.#steps,
        series: [
          { name: 'learning raw', points: this.#losses },
          { name: 'learning', points: this.#averages },
        ],
        spoken: `${words.loss}: ${this.#averages.at(-1)?.[1].toFixed(2) ?? '–'}`,
      }),
      (values) => [0, Math.max(0.5, Math.ceil(2 * Math.max(0, ...values)) / 2)],
      (value) => value.toFixed(1),
    );
    this.#accuracyChart = new Chart(
      accuracyPlace,
      () => ({
        steps: this.#steps,
        series: [
          { name: 'learning', points: this.#learning },
          { name: 'held', points: this.#heldOutPoints, dots: true },
        ],
        spoken: `${words.heldOut}: ${this.#heldOutPoints.length > 0 ? percent(this.#heldOutPoints.at(-1)![1], 2) : '–'}`,
      }),
      (values) => [
        values.length > 20 ? Math.min(0.9, Math.floor(10 * values[values.length >> 3]) / 10) : 0,
        1,
      ],
      (value) => percent(value, 0),
    );
  }

  clear(): void {
    [this.#losses, this.#averages, this.#learning, this.#heldOutPoints] = [[], [], [], []];
    for (const figure of [this.#heldOut, this.#loss, this.#speed, this.#computesOn]) figure.textContent = '–';
    this.#bar.value = 0;
    this.#step.textContent = '';
    this.#update();
  }

  runsOn(backend: string): void {
    this.#computesOn.textContent = backend;
  }

  step({ position, steps, covers, loss, accuracy, imagesPerSecond }: StepReport): void {
    this.#steps = steps;
    const weight = 1 - (1 - FRESHNESS) ** covers;
    const follow = (points: Point[], value: number) => {
      const last = points.at(-1)?.[1] ?? value;
      points.push([position, last + weight * (value - last)]);
    };
    this.#losses.push([position, loss]);
    follow(this.#averages, loss);
    follow(this.#learning, accuracy);
    this.#loss.textContent = this.#averages.at(-1)![1].toFixed(3);
    this.#speed.textContent = count(Math.round(imagesPerSecond));
    this.#bar.value = position / steps;
    this.#step.textContent = messages.train.step(position, steps);
    this.#update();
  }

  epoch({ position, accuracy }: EpochReport): void {
    this.#heldOutPoints.push([position, accuracy]);
    this.#heldOut.textContent = percent(accuracy, 2);
    this.#update();
  }

  #update(): void {
    this.#lossChart.update();
    this.#accuracyChart.update();
  }
}
