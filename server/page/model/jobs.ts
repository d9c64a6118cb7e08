/** The jobs of the queue, for whoever runs the app: which there are, how far each is, what it says, and an end to it. */
import type { ServerEvent } from '../../client/eventStream.ts';
import type { Job, JobPage } from '../api.ts';
import { fill, h } from '../dom.ts';
import { messages } from '../messages.ts';
import { follow } from './following.ts';
import { JobRow } from './jobRow.ts';

const words = messages.jobs;

/** What an administrator can do, with the token that was given. */
export interface Administrator {
  ask(method: string, path: string, body?: object): Promise<unknown>;
  follow(path: string, signal: AbortSignal): AsyncGenerator<ServerEvent>;
  /** Does something, and tells what is wrong where it fails. */
  attempt(work: () => Promise<unknown>): Promise<void>;
}

export class Jobs {
  readonly element: HTMLElement;
  readonly #administrator: Administrator;
  readonly #onPage: (page: JobPage) => void;
  readonly #counts = h('p', { class: 'hint', role: 'status' });
  readonly #list = h('ul', { class: 'jobs' });
  readonly #rows = new Map<string, JobRow>();
  #following: AbortController | undefined;

  /** @param onPage hears of the latest jobs, at once and whenever something about them changes. */
  constructor(administrator: Administrator, onPage: (page: JobPage) => void) {
    this.#administrator = administrator;
    this.#onPage = onPage;
    this.element = h('section', { class: 'wide' }, h('h2', {}, words.heading), this.#counts, this.#list);
  }

  /** Follows the queue from now on. */
  begin(): void {
    this.leave();
    this.#following = new AbortController();
    const { ask, follow: listen } = this.#administrator;
    void follow(
      {
        listen: (signal) => listen('jobs/events', signal),
        onEvent: (_, page) => this.#show(page as JobPage),
        ask: async () => this.#show((await ask('GET', 'jobs')) as JobPage),
      },
      this.#following.signal,
    );
  }

  leave(): void {
    this.#following?.abort();
    for (const row of this.#rows.values()) row.leave();
  }

  #show(page: JobPage): void {
    const { jobs, counts } = page;
    this.#counts.textContent = jobs.length === 0 ? words.none : words.counts(counts.waiting, counts.running);
    const shown = new Set(jobs.map(({ id }) => id));
    for (const [id, row] of this.#rows) {
      if (shown.has(id)) continue;
      row.leave();
      this.#rows.delete(id);
    }
    const rows = jobs.map((job) => this.#rowOf(job));
    // Rows that stay where they are keep the focus and what is unfolded.
    const elements = rows.map(({ element }) => element);
    if (elements.some((element, place) => this.#list.children[place] !== element))
      fill(this.#list, ...elements);
    this.#onPage(page);
  }

  #rowOf(job: Job): JobRow {
    let row = this.#rows.get(job.id);
    if (!row) {
      row = new JobRow(job.id, this.#administrator);
      this.#rows.set(job.id, row);
    }
    row.show(job);
    return row;
  }
}
