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
/** Of the browsers that a candidate may be let answer. */
const SHARES = [0, 0.05, 0.1, 0.2, 0.5];
const USUAL_SHARE = 0.1;

let token = '';

/** `ask` sends a request with the token; `onChange` hears that something was done. */
export class AdminSection {
  readonly element: HTMLElement;
  readonly #ask: AdminRequest;
  readonly #onChange: () => void;
  readonly #message = h('p', { class: 'hint', role: 'status' });
  readonly #body = h('div', { class: 'sections' });

  constructor(ask: AdminRequest, onChange: () => void) {
    this.#ask = ask;
    this.#onChange = onChange;
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
      { class: 'card wide admin' },
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

  #models({ current, models, trial }: ModelList): HTMLElement {
    const rows = models.map(({ version, name, state, reason }) => {
      const isTried = trial?.candidate === version;
      return h(
        'tr',
        {},
        h('th', { scope: 'row' }, version),
        h('td', {}, name),
        h('td', {}, isTried ? words.tried(trial.share) : state ? words.modelStates[state] : ''),
        h('td', { class: 'reason' }, reason ?? ''),
        h(
          'td',
          {},
          version !== current &&
            h('div', { class: 'actions' }, ...this.#trial(version, isTried), this.#promote(version)),
        ),
      );
    });
    const titles = words.columns.map((title) => h('th', { scope: 'col' }, title));
    return h(
      'section',
      { class: 'wide' },
      h('h2', {}, words.models),
      h(
        'div',
        { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': words.models },
        h(
          'table',
          { class: 'figures-table' },
          h('thead', {}, h('tr', {}, ...titles, h('td'))),
          h('tbody', {}, ...rows),
        ),
      ),
      h(
        'div',
        { class: 'actions' },
        this.#button(words.rollBack, () => this.#ask(token, 'POST', 'models/rollback')),
      ),
    );
  }

  #promote(version: string): HTMLElement {
    return this.#button(words.promote, () => this.#ask(token, 'PUT', 'models/current', { version }));
  }

  /** Begins a trial with a share that is to be chosen, or ends it. */
  #trial(version: string, isTried: boolean): HTMLElement[] {
    if (isTried) return [this.#button(words.endTrial, () => this.#ask(token, 'DELETE', 'models/candidate'))];
    const choice = h(
      'select',
      { 'aria-label': words.share },
      ...SHARES.map((share) =>
        h('option', { value: share, selected: share === USUAL_SHARE }, words.shares(share)),
      ),
    );
    const begin = () => this.#ask(token, 'PUT', 'models/candidate', { version, share: Number(choice.value) });
    return [choice, this.#button(words.try, begin)];
  }

  /** Does something, then shows what has become of it. */
  #button(name: string, work: () => Promise<unknown>): HTMLButtonElement {
    const onclick = () =>
      void this.#try(async () => {
        await work();
        this.#onChange();
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
