/**
 * For whoever runs the app: what people corrected, to accept or reject; fine-tuning on it; and which model answers. It
 * asks for the administrator's token, which is kept as long as the page is open and nowhere else.
 */
import { type AdminRequest, bytesOf, type Correction, type FinetuneStatus, type ModelList } from '../api.ts';
import { bitmap, paintInk } from '../bitmap.ts';
import { fill, h } from '../dom.ts';
import { messages, percent } from '../messages.ts';

const words = messages.admin;
const PAGE = 50;
const LOOK_EVERY = 1000;
const SIDE = 28;

let token = '';

/** `ask` sends a request with the token. */
export class AdminSection {
  readonly element: HTMLElement;
  readonly #ask: AdminRequest;
  readonly #message = h('p', { class: 'hint', role: 'status' });
  readonly #body = h('div', { class: 'sections' });

  constructor(ask: AdminRequest) {
    this.#ask = ask;
    const field = h('input', { type: 'password', name: 'token', autocomplete: 'off', required: true });
    const form = h(
      'form',
      {
        class: 'actions',
        onsubmit: (event: SubmitEvent) => {
          event.preventDefault();
          token = field.value;
          void this.#try(() => this.#show());
        },
      },
      h('label', {}, words.token, ' ', field),
      h('button', { type: 'submit' }, words.open),
    );
    this.element = h(
      'details',
      { class: 'card wide' },
      h('summary', {}, words.title),
      form,
      this.#message,
      this.#body,
    );
  }

  async #show(): Promise<void> {
    const [pending, accepted, status, models] = await Promise.all([
      this.#get<{ corrections: Correction[]; total: number }>(`corrections?state=pending&limit=${PAGE}`),
      this.#get<{ total: number }>('corrections?state=accepted&limit=1'),
      this.#get<FinetuneStatus>('finetune'),
      this.#get<ModelList>('models'),
    ]);
    fill(
      this.#body,
      this.#corrections(pending.corrections, pending.total),
      this.#finetuning(status, accepted.total),
      this.#models(models),
    );
    if (status.state === 'running') setTimeout(() => void this.#try(() => this.#follow()), LOOK_EVERY);
  }

  #corrections(corrections: readonly Correction[], total: number): HTMLElement {
    const acceptAll = this.#button(words.acceptAll, async () => {
      for (const correction of corrections) await this.#review(correction, 'accepted');
    });
    return h(
      'section',
      {},
      h('h2', {}, words.corrections(total)),
      h('p', { class: 'hint' }, words.correctionsHint),
      h('ul', { class: 'records' }, ...corrections.map((correction) => this.#correction(correction))),
      corrections.length > 0 && h('div', { class: 'actions' }, acceptAll),
    );
  }

  #correction(correction: Correction): HTMLElement {
    const { digits, text, correction: told, client } = correction;
    const pictures = digits.map(({ image }) => {
      const canvas = bitmap(SIDE, SIDE);
      paintInk(canvas, bytesOf(image ?? ''));
      return canvas;
    });
    const field = h('input', { value: told, inputmode: 'numeric', 'aria-label': words.really, size: 6 });
    const review = (state: 'accepted' | 'rejected') => () => this.#review(correction, state, field.value);
    return h(
      'li',
      { class: 'record' },
      h('div', { class: 'channels kernels' }, ...pictures),
      h('p', {}, words.readAs(text, told)),
      h('p', { class: 'hint' }, words.client(client)),
      field,
      h(
        'div',
        { class: 'actions' },
        this.#button(words.accept, review('accepted')),
        this.#button(words.reject, review('rejected')),
      ),
    );
  }

  async #review(
    { id, correction, createdAt, correctedAt }: Correction,
    state: 'accepted' | 'rejected',
    text = correction,
  ): Promise<void> {
    const relabelled = text === correction ? {} : { text };
    const seen = { createdAt, correctedAt };
    await this.#ask(token, 'PUT', `corrections/${id}/review`, { state, seen, ...relabelled });
  }

  #finetuning({ state, progress, reason }: FinetuneStatus, accepted: number): HTMLElement {
    const start = this.#button(words.finetune, () => this.#ask(token, 'POST', 'finetune', {}));
    start.disabled = state === 'running' || accepted === 0;
    const share = progress && (progress.epoch - 1 + progress.step / progress.steps) / progress.epochs;
    return h(
      'section',
      {},
      h('h2', {}, words.finetuning),
      h('p', { class: 'hint' }, words.accepted(accepted)),
      h(
        'p',
        { role: 'status' },
        [words.states[state], share && percent(share), reason].filter(Boolean).join(' '),
      ),
      h('div', { class: 'actions' }, start),
    );
  }

  #models({ current, models }: ModelList): HTMLElement {
    const rows = models.map(({ version, name, state, reason }) =>
      h(
        'tr',
        {},
        h('th', { scope: 'row' }, version),
        h('td', {}, name),
        h('td', {}, state ? words.modelStates[state] : ''),
        h('td', {}, reason ?? ''),
        h(
          'td',
          {},
          version !== current &&
            this.#button(words.promote, () => this.#ask(token, 'PUT', 'models/current', { version })),
        ),
      ),
    );
    const titles = words.columns.map((title) => h('th', { scope: 'col' }, title));
    return h(
      'section',
      { class: 'scroll', tabindex: 0, 'aria-label': words.models },
      h('h2', {}, words.models),
      h(
        'table',
        { class: 'figures-table' },
        h('thead', {}, h('tr', {}, ...titles, h('td'))),
        h('tbody', {}, ...rows),
      ),
      h(
        'div',
        { class: 'actions' },
        this.#button(words.rollBack, () => this.#ask(token, 'POST', 'models/rollback')),
      ),
    );
  }

  /** Does something, then shows what has become of it. */
  #button(name: string, work: () => Promise<unknown>): HTMLButtonElement {
    const onclick = () =>
      void this.#try(async () => {
        await work();
        await this.#show();
      });
    return h('button', { type: 'button', onclick }, name);
  }

  /** While fine-tuning runs, unless the page shows something else by now. */
  async #follow(): Promise<void> {
    if (this.element.isConnected) await this.#show();
  }

  async #try(work: () => Promise<void>): Promise<void> {
    fill(this.#message);
    try {
      await work();
    } catch (error) {
      fill(this.#message, (error as Error).message);
    }
  }

  async #get<Body>(path: string): Promise<Body> {
    return (await this.#ask(token, 'GET', path)) as Body;
  }
}
