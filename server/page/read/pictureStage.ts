/** The stage for pictures: an invitation, or the chosen picture with boxes over its digits, and the tray below it. */
import type { Answer } from '../answer.ts';
import { fill, h, icon } from '../dom.ts';
import { ICONS } from '../icons.ts';
import { messages } from '../messages.ts';
import type { Tray, TrayItem } from './tray.ts';

export class PictureStage {
  readonly element: HTMLElement;
  /** A box was chosen, from 0. */
  onSelect: (place: number) => void = () => {};
  readonly #tray: Tray;
  readonly #preview = h('div', { class: 'preview' });
  readonly #list = h('ul', { class: 'tray', 'aria-label': messages.pictures.tray });
  readonly #actions = h('div', { class: 'actions' });
  readonly #file: HTMLInputElement;
  #shownUrl?: string;

  constructor(tray: Tray) {
    this.#tray = tray;
    this.#file = h('input', {
      type: 'file',
      accept: 'image/*',
      multiple: true,
      class: 'unseen',
      tabindex: -1,
      'aria-label': messages.pictures.choose,
    });
    this.#file.addEventListener('change', () => {
      this.#tray.add([...(this.#file.files ?? [])], 'upload');
      this.#file.value = '';
    });
    this.element = h('div', { class: 'picture-stage' }, this.#file, this.#preview, this.#list, this.#actions);
    this.update(0);
  }

  update(place: number): void {
    const { selected, items } = this.#tray;
    this.element.classList.toggle('empty', !selected);
    if (selected) this.#showPicture(selected, place);
    else this.#invite();
    this.#list.hidden = items.length < 2;
    fill(this.#list, ...items.map((item) => this.#item(item)));
    this.#showActions();
  }

  #invite(): void {
    const words = messages.pictures;
    this.#shownUrl = undefined;
    fill(
      this.#preview,
      h(
        'div',
        { class: 'invitation' },
        icon(ICONS.picture),
        h('p', { class: 'drop' }, words.drop),
        h('p', { class: 'hint' }, words.paste),
        h('button', { type: 'button', class: 'main', onclick: () => this.#file.click() }, words.choose),
        h('p', { class: 'hint small' }, words.formats),
      ),
    );
  }

  #showPicture(item: TrayItem, place: number): void {
    if (item.isUnseen) {
      this.#shownUrl = undefined;
      const sentence = h('p', { class: 'hint' }, messages.pictures.unseen(item.name));
      fill(this.#preview, h('div', { class: 'invitation' }, icon(ICONS.picture), sentence));
      return;
    }
    if (this.#shownUrl !== item.url) {
      const image = h('img', { src: item.url, alt: messages.pictures.alt });
      fill(this.#preview, h('div', { class: 'frame' }, image, h('div', { class: 'boxes' })));
      this.#shownUrl = item.url;
    }
    fill(
      this.#preview.querySelector('.boxes')!,
      ...boxes(item.answer, place, (chosen) => this.onSelect(chosen)),
    );
  }

  #item(item: TrayItem): HTMLElement {
    const words = messages.pictures;
    const look = h(
      'button',
      {
        type: 'button',
        class: 'thumb',
        'aria-label': words.look(item.name),
        onclick: () => this.#tray.select(item),
      },
      item.isUnseen
        ? h('span', { class: 'no-image' }, icon(ICONS.picture))
        : h('img', { src: item.url, alt: '' }),
      h('span', { class: 'thumb-text' }, item.answer?.text.replaceAll('\n', ' ') || words.states[item.state]),
    );
    look.setAttribute('aria-pressed', String(item === this.#tray.selected));
    return h(
      'li',
      {},
      look,
      h(
        'button',
        {
          type: 'button',
          class: 'remove',
          'aria-label': words.remove(item.name),
          onclick: () => void this.#tray.remove(item),
        },
        icon(ICONS.close),
      ),
      item.state === 'sending' && progressBar(item),
    );
  }

  #showActions(): void {
    const words = messages.pictures;
    const { selected, chosen, underWay, items } = this.#tray;
    const hadFocus = this.#actions.contains(document.activeElement);
    fill(
      this.#actions,
      selected && items.length === 1 && selected.state === 'sending' && progressBar(selected),
      selected?.failure !== undefined &&
        selected.state === 'failed' &&
        h('p', { class: 'failure', role: 'alert' }, selected.failure),
      selected &&
        selected.state !== 'chosen' &&
        selected.state !== 'failed' &&
        h(
          'p',
          { class: 'hint state' },
          selected.state === 'done' ? messages.answer.kept : words.states[selected.state],
        ),
      chosen.length > 0 &&
        h(
          'button',
          { type: 'button', class: 'main', onclick: () => void this.#tray.read() },
          words.read(chosen.length),
        ),
      underWay.length > 0 &&
        h(
          'button',
          { type: 'button', onclick: () => void this.#tray.cancel(underWay) },
          underWay.length > 1 ? words.cancelAll : words.cancel,
        ),
      items.length > 0 && h('button', { type: 'button', onclick: () => this.#file.click() }, words.more),
      items.length === 1 &&
        h(
          'button',
          { type: 'button', onclick: () => void this.#tray.remove(items[0]) },
          icon(ICONS.close),
          words.remove('').trim(),
        ),
    );
    // The button that had it may have gone.
    if (hadFocus && !this.#actions.contains(document.activeElement))
      this.#actions.querySelector('button')?.focus();
  }
}

function progressBar({ name, progress }: TrayItem): HTMLElement {
  return h('progress', { value: progress, max: 1, 'aria-label': messages.pictures.progress(name) });
}

/** A button over each digit, in shares of the picture. */
export function boxes(
  answer: Answer | undefined,
  chosen: number,
  select: (place: number) => void,
): HTMLElement[] {
  if (answer?.rejected !== false) return [];
  const { digits, width, height } = answer;
  return digits.map(({ digit, box: [x, y, w, hgt] }, place) => {
    const label = messages.answer.digitOf(digit, place + 1, digits.length);
    const button = h(
      'button',
      { type: 'button', class: 'box', 'aria-label': label, onclick: () => select(place) },
      h('span', {}, digit),
    );
    button.setAttribute('aria-pressed', String(place === chosen));
    button.style.left = `${(100 * x) / width}%`;
    button.style.top = `${(100 * y) / height}%`;
    button.style.width = `${(100 * w) / width}%`;
    button.style.height = `${(100 * hgt) / height}%`;
    return button;
  });
}
