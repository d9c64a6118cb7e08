/** One job of the queue: how it goes, a button to cancel it, and its log for whoever unfolds that. */
import type { Job, JobLine } from '../api.ts';
import { h } from '../dom.ts';
import { messages } from '../messages.ts';
import { follow } from './following.ts';
import type { Administrator } from './jobs.ts';

const words = messages.jobs;
/** Lines that the page keeps. */
const MOST_LINES = 1000;

export class JobRow {
  readonly element: HTMLElement;
  readonly #id: string;
  readonly #administrator: Administrator;
  readonly #title = h('p', { class: 'job-title' });
  readonly #state = h('p', { class: 'hint' });
  readonly #bar = h('progress', { value: 0, max: 1, hidden: true });
  readonly #cancel: HTMLButtonElement;
  readonly #lines: HTMLElement;
  #lastLine = 0;
  #following: AbortController | undefined;

  constructor(id: string, administrator: Administrator) {
    this.#id = id;
    this.#administrator = administrator;
    const cancel = () =>
      void administrator.attempt(async () =>
        this.show((await administrator.ask('POST', `jobs/${id}/cancel`)) as Job),
      );
    this.#cancel = h('button', { type: 'button', onclick: cancel }, words.cancel);
    this.#lines = h('div', { class: 'log', role: 'log', tabindex: 0, 'aria-label': words.log });
    const log = h('details', {}, h('summary', {}, words.log), this.#lines);
    log.addEventListener('toggle', () => (log.open ? this.#listen() : this.leave()));
    this.element = h('li', { class: 'job' }, this.#title, this.#state, this.#bar, this.#cancel, log);
  }

  show(job: Job): void {
    const { kind, label, state, isCancelling, error } = job;
    this.#title.textContent = words.title(words.kinds[kind] ?? kind, label);
    const isStopping = state === 'running' && isCancelling;
    const facts = [isStopping ? words.stopping : words.states[state], error, ...circumstances(job)];
    this.#state.textContent = facts.filter(Boolean).join(' · ');
    const share = shareOf(job);
    this.#bar.hidden = state !== 'running' || share === undefined;
    this.#bar.value = share ?? 0;
    this.#bar.setAttribute('aria-label', words.progress(label));
    this.#cancel.hidden = isStopping || (state !== 'waiting' && state !== 'running');
  }

  /** Nobody looks at its log any more. */
  leave(): void {
    this.#following?.abort();
  }

  #listen(): void {
    this.leave();
    const following = new AbortController();
    this.#following = following;
    const { ask, follow: listen } = this.#administrator;
    const path = `jobs/${this.#id}`;
    const hear = ({ endedAt }: Job) => endedAt !== null && following.abort();
    void follow(
      {
        listen: (signal) => listen(`${path}/events`, signal),
        onEvent: (event, data) => (event === 'line' ? this.#add([data as JobLine]) : hear(data as Job)),
        ask: async () => {
          const job = (await ask('GET', path)) as Job & { lines: JobLine[] };
          this.#add(job.lines);
          hear(job);
        },
      },
      following.signal,
    );
  }

  /** A stream that was opened anew tells everything again. */
  #add(lines: readonly JobLine[]): void {
    const isAtEnd = this.#lines.scrollTop + this.#lines.clientHeight >= this.#lines.scrollHeight - 4;
    for (const { number, at, line } of lines) {
      if (number <= this.#lastLine) continue;
      this.#lastLine = number;
      const time = h('time', {}, new Date(at).toLocaleTimeString());
      this.#lines.append(h('p', {}, time, ` ${line}`));
    }
    while (this.#lines.childElementCount > MOST_LINES) this.#lines.firstElementChild!.remove();
    if (isAtEnd) this.#lines.scrollTop = this.#lines.scrollHeight;
  }
}

/** By whom, and how often it was begun if more than once. */
function circumstances({ worker, attempts }: Job): (string | false)[] {
  return [worker !== null && words.worker(worker), attempts > 1 && words.attempts(attempts)];
}

/** How much of it is done, where that is known: fine-tuning tells the epoch it is in, training the last that is over. */
function shareOf({ progress }: Job): number | undefined {
  const { epoch, epochs, step, steps } = progress ?? {};
  if (epoch === undefined || epochs === undefined) return undefined;
  if (step === undefined || steps === undefined) return epoch / epochs;
  return (epoch - 1 + step / steps) / epochs;
}
