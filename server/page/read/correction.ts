/** What it really says: ten keys for a digit, a field for a longer number. */
import type { Answer } from '../answer.ts';
import { h } from '../dom.ts';
import { messages } from '../messages.ts';

const VALID = /^[0-9]{0,64}(\n[0-9]{0,64}){0,31}$/;

/** The text with digit number `place`, from 0, replaced; lines do not count. */
export function withDigit(text: string, place: number, digit: number): string {
  let seen = -1;
  return text.replace(/[0-9]/g, (old) => {
    seen++;
    return seen === place ? String(digit) : old;
  });
}

/** What a person typed as the server takes it, or undefined. */
export function readable(typed: string): string | undefined {
  const text = typed
    .trim()
    .replaceAll(/[ \t\r]*\n[ \t\r]*/g, '\n')
    .replaceAll(/[ ,.]/g, '');
  return VALID.test(text) ? text : undefined;
}

export class Correction {
  readonly element: HTMLElement;
  /** A person has told; null takes it back. */
  onCorrect: (text: string | null) => void = () => {};
  readonly #keys: HTMLButtonElement[];
  readonly #none: HTMLButtonElement;
  readonly #form: HTMLFormElement;
  readonly #field: HTMLTextAreaElement;
  readonly #note: HTMLElement;
  #answer?: Answer;
  #place = 0;
  #correction: string | null = null;

  constructor() {
    const words = messages.correction;
    const key = (digit: number) =>
      h(
        'button',
        {
          type: 'button',
          class: 'key',
          'aria-label': words.isDigit(digit),
          onclick: () => this.digit(digit),
        },
        digit,
      );
    this.#keys = Array.from({ length: 10 }, (_, digit) => key(digit));
    this.#none = h(
      'button',
      { type: 'button', class: 'key none', onclick: () => this.#tell('') },
      words.none,
    );
    this.#field = h('textarea', {
      rows: 1,
      inputmode: 'numeric',
      autocomplete: 'off',
      id: 'correction-text',
    });
    this.#form = h(
      'form',
      { class: 'correction-text' },
      h('label', { for: 'correction-text' }, words.text),
      this.#field,
      h('button', { type: 'submit' }, words.save),
    );
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      const text = readable(this.#field.value);
      if (text === undefined) this.#note.textContent = words.digitsOnly;
      else this.#tell(text);
    });
    this.#note = h('p', { class: 'note', role: 'status' });
    this.element = h(
      'section',
      { class: 'correction card', 'aria-labelledby': 'correction-heading', hidden: true },
      h('h2', { id: 'correction-heading' }, words.heading),
      h('p', { class: 'hint' }, words.hint),
      h(
        'div',
        { class: 'keys', role: 'group', 'aria-labelledby': 'correction-heading' },
        ...this.#keys,
        this.#none,
      ),
      this.#form,
      this.#note,
    );
  }

  /** `place` is the digit that the keys change, from 0. */
  show(answer: Answer | undefined, place: number, correction: string | null): void {
    const isOther = answer?.text !== this.#answer?.text || correction !== this.#correction;
    this.#answer = answer;
    this.#place = place;
    this.#correction = correction;
    this.element.hidden = !answer;
    if (!answer) return;
    this.#form.hidden = answer.digits.length < 2;
    const told = correction ?? answer.text;
    if (isOther) this.#field.value = told;
    this.#field.rows = told.split('\n').length;
    const digits = told.replaceAll('\n', '');
    this.#keys.forEach((key, digit) => {
      key.setAttribute('aria-pressed', String(digits[place] === String(digit)));
    });
    this.#none.setAttribute('aria-pressed', String(told === ''));
    if (isOther) this.#note.replaceChildren();
    if (isOther && correction !== null) this.#thank(correction);
  }

  /** As if its key had been pressed. */
  digit(digit: number): void {
    if (!this.#answer) return;
    const told = this.#correction ?? this.#answer.text;
    this.#tell(told.length > 1 ? withDigit(told, this.#place, digit) : String(digit));
  }

  #tell(text: string): void {
    this.onCorrect(text);
  }

  #thank(text: string): void {
    const words = messages.correction;
    const takeBack = h(
      'button',
      { type: 'button', class: 'plain', onclick: () => this.onCorrect(null) },
      words.takeBack,
    );
    this.#note.replaceChildren(`${words.thanks(text)} `, takeBack);
  }
}
