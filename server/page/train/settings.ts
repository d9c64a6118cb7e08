/** The sliders of a training run: values on scales that suit them. */

import type { Settings } from '../../../examples/train/messages.ts';
import { h } from '../dom.ts';
import { count, messages, percent } from '../messages.ts';

/** One slider, its values by steps. */
interface Scale {
  values: readonly number[];
  start: number;
  format(value: number): string;
}

const RATES: Scale = {
  values: [0.0003, 0.001, 0.003, 0.01, 0.02, 0.03, 0.05, 0.1, 0.3],
  start: 0.03,
  format: String,
};
const BATCHES: Scale = { values: [16, 32, 64, 128, 256, 512], start: 128, format: count };
const RATE_STEPS = 7;
const DROPOUTS: Scale = {
  values: Array.from({ length: RATE_STEPS }, (_, i) => i / 10),
  start: 0,
  format: (value) => percent(value, 0),
};

export class TrainingSettings {
  readonly elements: HTMLElement[];
  readonly #rate = slider(messages.train.rate, RATES);
  readonly #batch = slider(messages.train.batch, BATCHES);
  readonly #dropout = slider(messages.train.dropout, DROPOUTS);

  constructor() {
    this.elements = [this.#rate, this.#batch, this.#dropout].map(({ element }) => element);
  }

  get settings(): Required<Settings> {
    return { learningRate: this.#rate.value(), batch: this.#batch.value(), dropout: this.#dropout.value() };
  }
}

function slider(name: string, { values, start, format }: Scale): { element: HTMLElement; value(): number } {
  const id = name.toLowerCase().replaceAll(' ', '-');
  const input = h('input', {
    id,
    type: 'range',
    min: 0,
    max: values.length - 1,
    step: 1,
    value: values.indexOf(start),
  });
  // A label is for the first control in it, and an output counts as one.
  const output = h('output', { for: id });
  const value = () => values[Number(input.value)];
  const show = () => {
    output.textContent = format(value());
    input.setAttribute('aria-valuetext', format(value()));
  };
  input.addEventListener('input', show);
  show();
  return {
    element: h('label', { class: 'slider', for: id }, h('span', {}, name, ' ', output), input),
    value,
  };
}
