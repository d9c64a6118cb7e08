/** What this browser had read: search, pages, corrections, export, and deletion. */
import {
  exportAddress,
  imageAddress,
  listPredictions,
  type Prediction,
  removeAllPredictions,
  removePrediction,
} from '../api.ts';
import type { App, View } from '../app.ts';
import { fill, h, icon } from '../dom.ts';
import { ICONS } from '../icons.ts';
import { messages, percent } from '../messages.ts';
import { askWhetherToDelete } from './question.ts';
import { openPrediction } from './record.ts';

const PAGE_SIZE = 24;
/** Typing is over when no key has come for so many milliseconds. */
const TYPING = 250;

export class HistoryView implements View {
  readonly element: HTMLElement;
  readonly #app: App;
  readonly #search: HTMLInputElement;
  readonly #which: HTMLSelectElement;
  readonly #filters: HTMLElement;
  readonly #total = h('p', { class: 'hint', role: 'status' });
  readonly #list = h('ul', { class: 'records' });
  readonly #more: HTMLButtonElement;
  readonly #removeAll: HTMLButtonElement;
  readonly #stopListening: () => void;
  #next: string | null = null;
  #asking?: AbortController;
  #timer?: ReturnType<typeof setTimeout>;

  constructor(app: App) {
    this.#app = app;
    const words = messages.history;
    this.#search = h('input', {
      type: 'search',
      inputmode: 'numeric',
      placeholder: words.search,
      'aria-label': words.search,
    });
    this.#search.addEventListener('input', () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.#load(), TYPING);
    });
    this.#which = h(
      'select',
      { 'aria-label': words.which },
      h('option', { value: '' }, words.all),
      h('option', { value: 'true' }, words.corrected),
      h('option', { value: 'false' }, words.uncorrected),
    );
    this.#which.addEventListener('change', () => void this.#load());
    this.#more = h(
      'button',
      { type: 'button', hidden: true, onclick: () => void this.#load(true) },
      words.more,
    );
    this.#removeAll = h(
      'button',
      { type: 'button', class: 'danger', onclick: () => void this.#deleteAll() },
      words.deleteAll,
    );
    const exporting = h(
      'a',
      { class: 'button', href: exportAddress(), download: 'inkling.zip' },
      icon(ICONS.download),
      words.export,
    );
    this.#filters = h('div', { class: 'filters' }, this.#search, this.#which, exporting, this.#removeAll);
    this.element = h(
      'div',
      { class: 'place' },
      h('h1', {}, messages.titles.history),
      h('p', { class: 'lead' }, words.intro),
      this.#filters,
      this.#total,
      this.#list,
      h('div', { class: 'actions' }, this.#more),
    );
    this.#stopListening = app.outbox.listen((news) => {
      if (news.type === 'sent') void this.#load();
    });
    void this.#load();
  }

  leave(): void {
    this.#asking?.abort();
    clearTimeout(this.#timer);
    this.#stopListening();
  }

  async #load(isMore = false): Promise<void> {
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    const search = this.#search.value.trim();
    const corrected = this.#which.value === '' ? undefined : this.#which.value === 'true';
    const after = isMore ? (this.#next ?? undefined) : undefined;
    try {
      const page = await listPredictions({ limit: PAGE_SIZE, search, corrected, after }, asking.signal);
      this.#next = page.next;
      const items = page.predictions.map((prediction) => this.#record(prediction));
      if (isMore) this.#list.append(...items);
      else fill(this.#list, ...items);
      this.#total.textContent = messages.history.total(page.total);
      const isFiltered = search !== '' || corrected !== undefined;
      this.#filters.hidden = page.total === 0 && !isFiltered;
      if (page.total === 0) this.#showEmpty(isFiltered);
      // The button goes on to what it has brought.
      if (isMore) items[0]?.querySelector('button')?.focus();
    } catch (error) {
      if (asking.signal.aborted) return;
      const isAway = !navigator.onLine || (error as { status?: number }).status === 0;
      this.#total.textContent = isAway ? messages.history.unreachable : (error as Error).message;
      await this.#showWaiting();
    }
    this.#more.hidden = this.#next === null;
  }

  #showEmpty(isFiltered: boolean): void {
    const words = messages.history;
    this.#total.textContent = isFiltered ? words.nothing : words.empty;
    if (isFiltered) return;
    const way = h('a', { class: 'button main', href: '#/' }, words.emptyWay);
    fill(this.#list, h('li', { class: 'empty' }, icon(ICONS.pen), h('p', {}, words.emptyHint), way));
  }

  async #showWaiting(): Promise<void> {
    const waiting = await this.#app.outbox.waiting();
    this.#next = null;
    fill(
      this.#list,
      ...waiting
        .filter((letter) => letter.kind === 'prediction')
        .map(({ picture }) => {
          const url = URL.createObjectURL(picture);
          const image = h('img', { src: url, alt: '', onload: () => URL.revokeObjectURL(url) });
          return h(
            'li',
            { class: 'record' },
            h('div', { class: 'record-open' }, image, h('span', { class: 'hint' }, messages.history.waiting)),
          );
        }),
    );
  }

  #record(prediction: Prediction): HTMLElement {
    const words = messages.history;
    const { id, text, digits, correction, source, createdAt } = prediction;
    const told = (correction ?? text) || words.noDigit;
    const spoken = told.replaceAll('\n', ', ');
    const sureness = digits.reduce((share, { confidence }) => share * confidence, 1);
    const detail =
      correction !== null && correction !== text
        ? words.readAs(text.replaceAll('\n', ' ') || words.noDigit)
        : prediction.rejected === false
          ? percent(sureness)
          : '';
    const item: HTMLLIElement = h(
      'li',
      { class: 'record' },
      h(
        'button',
        {
          type: 'button',
          class: 'record-open',
          onclick: () => this.#open(prediction),
        },
        h('img', { src: imageAddress(id), alt: '', loading: 'lazy' }),
        h('span', { class: 'unseen' }, words.open),
        h('span', { class: 'record-text' }, told),
        h('span', { class: 'hint' }, [words.sources[source], detail].filter(Boolean).join(' · ')),
        h('time', { class: 'hint', datetime: new Date(createdAt).toISOString() }, timeOf(createdAt)),
      ),
      h(
        'button',
        {
          type: 'button',
          class: 'remove',
          'aria-label': words.deleteOne(spoken),
          onclick: () => void this.#delete(id),
        },
        icon(ICONS.close),
      ),
    );
    return item;
  }

  #open(prediction: Prediction): void {
    openPrediction(
      this.#app,
      prediction,
      () => void this.#load(),
      () => void this.#delete(prediction.id),
    );
  }

  async #delete(id: string): Promise<void> {
    try {
      await this.#app.outbox.cancel(id);
      await removePrediction(id);
      this.#app.say(messages.history.deleted(1));
      await this.#load();
      const next = this.#list.querySelector<HTMLElement>('.record-open, a');
      (next ?? this.#search).focus();
    } catch (error) {
      this.#app.say((error as Error).message);
    }
  }

  async #deleteAll(): Promise<void> {
    if (!(await askWhetherToDelete())) return;
    try {
      const waiting = await this.#app.outbox.waiting();
      await this.#app.outbox.cancel(...waiting.map(({ id }) => id));
      this.#app.say(messages.history.deleted(await removeAllPredictions()));
      this.#search.value = '';
      this.#which.value = '';
      await this.#load();
    } catch (error) {
      this.#app.say((error as Error).message);
    }
  }
}

const FORMAT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

export function timeOf(moment: string | number): string {
  return FORMAT.format(new Date(moment));
}
