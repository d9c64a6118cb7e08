/**
 * For whoever runs the app: what people corrected, to accept or reject; fine-tuning on it; and which model answers. It
 * asks for the administrator's token, which is kept as long as the page is open and nowhere else. How jobs go the server
 * tells as it happens; only what that changes is shown anew.
 */
import {
  type AdminEvents,
  type AdminRequest,
  bytesOf,
  type Correction,
  type FinetuneStatus,
  type JobPage,
  type ModelList,
} from '../api.ts';
import { bitmap, paintInk } from '../bitmap.ts';
import { fill, h } from '../dom.ts';
import { messages, percent } from '../messages.ts';
import { Jobs } from './jobs.ts';

const words = messages.admin;
const PAGE = 50;
const SIDE = 28;
/** Of the browsers that a candidate may be let answer. */
const SHARES = [0, 0.05, 0.1, 0.2, 0.5];
const USUAL_SHARE = 0.1;

let token = '';

/** `ask` and `listen` send a request with the token; `onChange` hears that something was done. */
export class AdminSection {
  readonly element: HTMLElement;
  readonly #ask: AdminRequest;
  readonly #onChange: () => void;
  readonly #message = h('p', { class: 'hint', role: 'status' });
  readonly #body = h('div', { class: 'sections' });
  readonly #learning = h('section');
  readonly #models = h('section', { class: 'wide' });
  readonly #jobs: Jobs;
  /** The fine-tuning that is shown, and how far it was. */
  #shown = '';

  constructor(ask: AdminRequest, listen: AdminEvents, onChange: () => void) {
    this.#ask = ask;
    this.#onChange = onChange;
    const administrator = {
      ask: (method: string, path: string, body?: object) => ask(token, method, path, body),
      follow: (path: string, signal: AbortSignal) => listen(token, path, signal),
      attempt: (work: () => Promise<unknown>) => this.#try(work),
    };
    this.#jobs = new Jobs(administrator, (page) => void this.#try(() => this.#hear(page)));
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

  /** The page shows something else. */
  leave(): void {
    this.#jobs.leave();
  }

  async #show(): Promise<void> {
    const pending = await this.#get<{ corrections: Correction[]; total: number }>(
      `corrections?state=pending&limit=${PAGE}`,
    );
    await Promise.all([this.#showLearning(), this.#showModels()]);
    const isFirst = !this.#body.hasChildNodes();
    const corrections = this.#corrections(pending.corrections, pending.total);
    fill(this.#body, corrections, this.#learning, this.#models, this.#jobs.element);
    if (isFirst) this.#jobs.begin();
  }

  async #showLearning(): Promise<FinetuneStatus> {
    const [status, { total }] = await Promise.all([
      this.#get<FinetuneStatus>('finetune'),
      this.#get<{ total: number }>('corrections?state=accepted&limit=1'),
    ]);
    fill(this.#learning, ...this.#finetuning(status, total));
    return status;
  }

  async #showModels(): Promise<void> {
    fill(this.#models, ...this.#modelParts(await this.#get<ModelList>('models')));
  }

  /** Something about the latest jobs has changed. */
  async #hear({ jobs, counts }: JobPage): Promise<void> {
    const latest = jobs.find(({ kind }) => kind === 'finetune');
    // Behind so many other jobs that it is not told of, it may have changed whenever they do.
    const shown = JSON.stringify(latest ? [latest.id, latest.state, latest.progress] : counts);
    if (shown === this.#shown) return;
    const isFirst = this.#shown === '';
    this.#shown = shown;
    const { state } = await this.#showLearning();
    if (isFirst || state === 'running') return;
    await this.#showModels();
    this.#onChange();
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

  #finetuning({ state, progress, reason }: FinetuneStatus, accepted: number): HTMLElement[] {
    const start = this.#button(words.finetune, () => this.#ask(token, 'POST', 'finetune', {}));
    start.disabled = state === 'running' || accepted === 0;
    const share = progress && (progress.epoch - 1 + progress.step / progress.steps) / progress.epochs;
    const said = [words.states[state], state === 'running' && share && percent(share), reason]
      .filter(Boolean)
      .join(' ');
    return [
      h('h2', {}, words.finetuning),
      h('p', { class: 'hint' }, words.accepted(accepted)),
      h('p', { role: 'status' }, said),
      h('div', { class: 'actions' }, start),
    ];
  }

  #modelParts({ current, models, trial }: ModelList): HTMLElement[] {
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
    return [
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
    ];
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

  async #try(work: () => Promise<unknown>): Promise<void> {
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
