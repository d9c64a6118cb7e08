/** The answer: large, with its sureness, its digits to choose from, and all that is told of the chosen one. */
import type { Answer } from '../answer.ts';
import type { App } from '../app.ts';
import { fill, h } from '../dom.ts';
import { messages } from '../messages.ts';
import { Correction } from './correction.ts';
import { Inside } from './inside.ts';
import { Probabilities } from './probabilities.ts';

export interface Shown {
  answer: Answer;
  correction: string | null;
  /** What became of it on the server, as a sentence. */
  note?: string;
}

/** More digits than these leave no room for a chart at their side. */
const LONGEST_BESIDE = 2;

export class AnswerPanel {
  readonly element: HTMLElement;
  onCorrect: (text: string | null) => void = () => {};
  /** Another digit was chosen, from 0. */
  onSelect: (place: number) => void = () => {};
  readonly #large = h('div', { class: 'large' });
  readonly #sure = h('p', { class: 'sure' });
  readonly #note = h('p', { class: 'note' });
  readonly #spoken = h('p', { class: 'unseen', role: 'status' });
  readonly #probabilities = new Probabilities();
  readonly #inside: Inside;
  readonly #correction = new Correction();
  #shown?: Shown;
  #place = 0;
  #isResting = true;

  constructor(app: App) {
    this.#inside = new Inside(app);
    this.#correction.onCorrect = (text) => this.onCorrect(text);
    this.element = h(
      'div',
      { class: 'answers' },
      h(
        'section',
        { class: 'answer card', 'aria-labelledby': 'answer-heading' },
        h('h2', { id: 'answer-heading', class: 'unseen' }, messages.answer.heading),
        h('div', { class: 'verdict' }, this.#large, this.#sure, this.#note),
        this.#probabilities.element,
        this.#spoken,
      ),
      this.#correction.element,
      this.#inside.element,
    );
    this.clear();
  }

  get place(): number {
    return this.#place;
  }

  clear(hint: string = messages.answer.waitingHint): void {
    this.#shown = undefined;
    this.#place = 0;
    this.element.classList.remove('rejected', 'long');
    fill(this.#large, h('span', { class: 'blank' }, messages.answer.waiting));
    this.#sure.textContent = hint;
    this.#note.textContent = '';
    this.#probabilities.show();
    this.#correction.show(undefined, 0, null);
    this.#inside.show(undefined, undefined, true);
  }

  /** `isResting` when the answer will not change with the next stroke; only then it is spoken. */
  show(shown: Shown, isResting: boolean): void {
    this.#shown = shown;
    this.#isResting = isResting;
    this.#place = Math.max(0, Math.min(this.#place, shown.answer.digits.length - 1));
    this.#draw();
    if (!isResting) return;
    const { text, rejected } = shown.answer;
    const spoken =
      rejected === false
        ? messages.answer.spoken(text, this.#sure.textContent)
        : `${messages.answer.notDigit}. ${rejected}`;
    if (this.#spoken.textContent !== spoken) this.#spoken.textContent = spoken;
  }

  select(place: number): void {
    this.#place = place;
    this.#draw();
    this.onSelect(place);
  }

  /** As if a digit's key had been pressed. */
  press(digit: number): void {
    this.#correction.digit(digit);
  }

  #draw(): void {
    if (!this.#shown) return;
    const { answer, correction, note = '' } = this.#shown;
    const { digits, rejected } = answer;
    const chosen = digits[this.#place];
    this.element.classList.toggle('rejected', rejected !== false);
    if (rejected !== false) {
      this.element.classList.remove('long');
      fill(this.#large, h('span', { class: 'blank' }, messages.answer.notDigit));
      this.#sure.textContent = rejected;
    } else {
      fill(this.#large, ...this.#lines(answer));
      // A number is as sure as all its digits together.
      this.#sure.textContent = messages.answer.sure(
        digits.reduce((share, { confidence }) => share * confidence, 1),
      );
    }
    this.#note.textContent = note;
    this.#probabilities.show(chosen, this.#place + 1, digits.length);
    this.#correction.show(answer, this.#place, correction);
    this.#inside.show(answer, chosen, this.#isResting);
  }

  #lines({ text, digits }: Answer): HTMLElement[] {
    const longest = Math.max(...text.split('\n').map((line) => line.length));
    this.#large.style.setProperty('--length', String(longest));
    this.element.classList.toggle('long', longest > LONGEST_BESIDE);
    let place = 0;
    return text
      .split('\n')
      .map((line) =>
        h(
          'span',
          { class: 'line' },
          ...[...line].map((letter) => this.#digit(letter, place++, digits.length)),
        ),
      );
  }

  #digit(letter: string, place: number, total: number): HTMLElement {
    if (total < 2) return h('span', { class: 'digit' }, letter);
    const label = messages.answer.digitOf(Number(letter), place + 1, total);
    const button = h('button', { type: 'button', class: 'digit', 'aria-label': label }, letter);
    button.setAttribute('aria-pressed', String(place === this.#place));
    button.addEventListener('click', () => {
      this.select(place);
      this.#large.querySelectorAll<HTMLElement>('button')[place]?.focus();
    });
    return button;
  }
}
