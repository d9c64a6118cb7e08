/** The sheet's tools, and their keys. */
import { h, icon } from '../dom.ts';
import type { Pad } from '../drawing/pad.ts';
import { ICONS } from '../icons.ts';
import { messages } from '../messages.ts';

const WIDTHS = { least: 3, most: 16, step: 0.5 };

export class Tools {
  readonly element: HTMLElement;
  readonly #pad: Pad;
  readonly #pen = tool('pen', messages.pad.pen);
  readonly #eraser = tool('eraser', messages.pad.eraser);
  readonly #undo = tool('undo', messages.pad.undo);
  readonly #redo = tool('redo', messages.pad.redo);
  readonly #clear = tool('clear', messages.pad.clear);

  constructor(pad: Pad) {
    this.#pad = pad;
    const size = h('input', {
      type: 'range',
      min: WIDTHS.least,
      max: WIDTHS.most,
      step: WIDTHS.step,
      value: pad.tools.width,
      'aria-label': messages.pad.size,
      title: messages.pad.size,
    });
    size.addEventListener('input', () => {
      pad.tools.width = Number(size.value);
    });
    this.#pen.onclick = () => this.#take(false);
    this.#eraser.onclick = () => this.#take(true);
    this.#undo.onclick = () => pad.undo();
    this.#redo.onclick = () => pad.redo();
    this.#clear.onclick = () => pad.clear();
    this.element = h(
      'div',
      { class: 'tools', role: 'toolbar', 'aria-label': messages.pad.label },
      h('div', { class: 'pair' }, this.#pen, this.#eraser),
      size,
      h('div', { class: 'pair' }, this.#undo, this.#redo, this.#clear),
    );
    this.#take(false);
    this.update();
  }

  /** After a change of the drawing. */
  update(): void {
    this.#undo.disabled = !this.#pad.canUndo;
    this.#redo.disabled = !this.#pad.canRedo;
    this.#clear.disabled = this.#pad.isEmpty;
  }

  /** Whether the key was one of the tools'. */
  press(event: KeyboardEvent): boolean {
    const key = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey) {
      if (key === 'z' && !event.shiftKey) this.#pad.undo();
      else if (key === 'y' || (key === 'z' && event.shiftKey)) this.#pad.redo();
      else return false;
      return true;
    }
    if (key === 'p') this.#take(false);
    else if (key === 'e') this.#take(true);
    else if (key === 'delete' || key === 'backspace') this.#pad.clear();
    else return false;
    return true;
  }

  #take(isEraser: boolean): void {
    this.#pad.tools.isEraser = isEraser;
    this.#pen.setAttribute('aria-pressed', String(!isEraser));
    this.#eraser.setAttribute('aria-pressed', String(isEraser));
    this.#pad.element.classList.toggle('erasing', isEraser);
  }
}

function tool(name: keyof typeof ICONS, label: string): HTMLButtonElement {
  return h('button', { type: 'button', class: 'tool', 'aria-label': label, title: label }, icon(ICONS[name]));
}
