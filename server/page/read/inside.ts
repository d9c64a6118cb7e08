/** What happened inside: the 28×28 pixels, what mattered in them, and what the first layers made of them. */
import type { Answer, AnswerDigit } from '../answer.ts';
import type { App } from '../app.ts';
import { bitmap, largest, paintInk, paintSigned } from '../bitmap.ts';
import { fill, h } from '../dom.ts';
import { messages } from '../messages.ts';
import type { LayerOutput } from '../reading/layers.ts';

const SIDE = 28;
/** Who draws on within so many milliseconds is not kept waiting by looks at what was drawn before. */
const PAUSE = 350;
/** Channels shown of a layer. */
const MOST_CHANNELS = 16;

export class Inside {
  readonly element: HTMLDetailsElement;
  readonly #app: App;
  readonly #saw = bitmap(SIDE, SIDE, messages.inside.sawAlt);
  readonly #saliency = bitmap(SIDE, SIDE);
  readonly #layers = h('div', { class: 'layers' });
  readonly #facts = h('dl', { class: 'facts' });
  readonly #body: HTMLElement;
  #digit?: AnswerDigit;
  #isStale = false;
  #timer?: ReturnType<typeof setTimeout>;

  constructor(app: App) {
    this.#app = app;
    const words = messages.inside;
    this.#body = h(
      'div',
      { class: 'inside-body' },
      h(
        'div',
        { class: 'twins' },
        h('figure', {}, this.#saw, h('figcaption', {}, words.saw)),
        h('figure', {}, this.#saliency, h('figcaption', {}, words.saliency)),
      ),
      this.#layers,
      this.#facts,
    );
    this.element = h(
      'details',
      { class: 'inside card', open: innerWidth >= 960 },
      h('summary', {}, h('h2', {}, words.heading)),
      this.#body,
    );
    this.element.addEventListener('toggle', () => void this.#study());
    this.element.hidden = true;
  }

  /** Shows at once what costs nothing; `isResting` says that there is time for the rest. */
  show(answer: Answer | undefined, digit: AnswerDigit | undefined, isResting: boolean): void {
    this.element.hidden = !digit?.image;
    if (!answer || !digit?.image) return;
    paintInk(this.#saw, digit.image);
    const words = messages.inside;
    fill(
      this.#facts,
      ...[
        [words.time, words.milliseconds(answer.milliseconds)],
        [words.ran, answer.where],
        [words.model, answer.model],
      ].map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))),
    );
    this.#isStale ||= digit !== this.#digit;
    this.#digit = digit;
    clearTimeout(this.#timer);
    if (isResting) this.#timer = setTimeout(() => void this.#study(), PAUSE);
  }

  /** What the network has to be asked for, only when someone looks. */
  async #study(): Promise<void> {
    const digit = this.#digit;
    if (!digit?.image || !this.element.open || !this.#isStale) return;
    this.#isStale = false;
    const { image } = digit;
    const question = { image, digit: digit.digit };
    const [saliency, layers] = await Promise.allSettled([
      this.#app.engine.ask<'explain'>({ type: 'explain', ...question }),
      this.#app.engine.ask<'layers'>({ type: 'layers', image }),
    ]);
    if (digit !== this.#digit) return;
    this.#showSaliency(saliency.status === 'fulfilled' ? saliency.value : undefined, digit);
    fill(this.#layers, ...(layers.status === 'fulfilled' ? layers.value.map(layerFigure) : []));
  }

  #showSaliency(map: Float32Array | undefined, { digit, image }: AnswerDigit): void {
    const figure = this.#saliency.parentElement!;
    figure.hidden = !map;
    if (!map) return;
    const most = largest(map);
    paintSigned(this.#saliency, (at) => map[at] / most, image);
    this.#saliency.setAttribute('role', 'img');
    this.#saliency.setAttribute('aria-label', messages.inside.saliencyAlt(digit));
  }
}

function layerFigure({ name, height, width, channels, values }: LayerOutput): HTMLElement {
  const shown = Math.min(channels, MOST_CHANNELS);
  const most = largest(values);
  const maps = Array.from({ length: shown }, (_, channel) => {
    const canvas = bitmap(width, height);
    paintSigned(canvas, (at) => values[at * channels + channel] / most);
    return canvas;
  });
  const caption = h('figcaption', {}, messages.inside.layer(name, channels));
  return h('figure', { class: 'layer' }, caption, h('div', { class: 'channels' }, ...maps));
}
