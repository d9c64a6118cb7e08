/** The ten probabilities of a digit as bars: a table, so that everyone gets the numbers. */
import type { AnswerDigit } from '../answer.ts';
import { h } from '../dom.ts';
import { messages, percent } from '../messages.ts';

interface Row {
  element: HTMLElement;
  bar: HTMLElement;
  number: HTMLElement;
}

/** A doubt below this is not worth a row of its own, which would come and go while somebody draws. */
const SHOWN_DOUBT = 0.005;

export class Probabilities {
  readonly element: HTMLElement;
  readonly #caption: HTMLElement;
  readonly #rows: Row[];
  readonly #not: Row;

  constructor() {
    const words = messages.probabilities;
    this.#rows = Array.from({ length: 10 }, (_, digit) => newRow(`${digit}`));
    this.#not = newRow(words.not, words.notLabel);
    this.#caption = h('caption', {}, words.heading);
    this.element = h(
      'table',
      { class: 'probabilities' },
      this.#caption,
      h(
        'thead',
        { class: 'unseen' },
        h('tr', {}, h('th', { scope: 'col' }, words.digit), h('th', { scope: 'col' }, words.probability)),
      ),
      h('tbody', {}, ...this.#rows.map(({ element }) => element), this.#not.element),
    );
    this.show();
  }

  show(digit?: AnswerDigit, place = 1, total = 1): void {
    const words = messages.probabilities;
    this.#caption.textContent = total > 1 ? words.of(place, total) : words.heading;
    this.#rows.forEach((row, i) => {
      showShare(row, digit?.probabilities[i], digit?.digit === i);
    });
    showShare(this.#not, digit?.notDigit ?? 0, false);
    this.#not.element.hidden = !((digit?.notDigit ?? 0) >= SHOWN_DOUBT);
    this.element.classList.toggle('idle', !digit);
  }
}

function newRow(name: string, label?: string): Row {
  const bar = h('span', { class: 'bar' });
  const number = h('span', { class: 'number' });
  const head = h('th', { scope: 'row', 'aria-label': label }, name);
  return { element: h('tr', {}, head, h('td', {}, h('span', { class: 'track' }, bar), number)), bar, number };
}

function showShare({ element, bar, number }: Row, share: number | undefined, isAnswer: boolean): void {
  bar.style.setProperty('--share', (share ?? 0).toFixed(4));
  bar.dataset.share = (share ?? 0).toPrecision(6);
  number.textContent = share === undefined ? '–' : percent(share);
  element.classList.toggle('answer', isAnswer);
}
