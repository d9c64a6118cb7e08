/** How the models of this server fare with people, and which candidate is tried. */
import { listModels, type ModelList, modelUsage, type Rate, type UsageList } from '../api.ts';
import { fill, h } from '../dom.ts';
import { timeOf } from '../history/view.ts';
import { count, messages, percent } from '../messages.ts';

const words = messages.fares;

export class Fares {
  readonly element = h('section', { class: 'card wide', hidden: true });

  constructor() {
    void this.load();
  }

  /** Asks anew. Without the server there is nothing to tell. */
  async load(): Promise<void> {
    try {
      const [list, usage] = await Promise.all([listModels(), modelUsage()]);
      this.element.hidden = false;
      fill(
        this.element,
        h('h2', {}, words.heading),
        h('p', { class: 'hint', id: 'trial' }, trialSentence(list)),
        h(
          'div',
          { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': words.heading },
          table(list, usage),
        ),
        h('p', { class: 'hint' }, words.hint),
      );
    } catch {
      this.element.hidden = true;
    }
  }
}

function trialSentence({ current, yours, trial }: ModelList): string {
  if (!trial) return words.noTrial(current);
  const { candidate, share } = trial;
  if (share === 0) return words.readsAlong(candidate);
  const said = words.trial(candidate, percent(share, 0));
  return yours === candidate ? `${said} ${words.yours}` : said;
}

function table({ models, trial }: ModelList, usage: UsageList): HTMLElement {
  const [first, ...titles] = words.columns;
  const counted = new Map(usage.models.map((model) => [model.version, model]));
  return h(
    'table',
    { class: 'figures-table' },
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        h('th', { scope: 'col' }, first),
        ...titles.map((title) => h('th', { scope: 'col' }, title)),
      ),
    ),
    h(
      'tbody',
      {},
      ...models.map(({ version, name, createdAt, state }) => {
        const { predictions = 0, corrections, agreement } = counted.get(version) ?? {};
        const isTried = trial?.candidate === version;
        return h(
          'tr',
          {},
          h(
            'th',
            { scope: 'row' },
            `${name}, ${isTried ? words.tried : state ? words.states[state] : ''}`,
            small(version),
            small(words.since(timeOf(createdAt))),
          ),
          h('td', {}, count(predictions)),
          h('td', {}, ...rateParts(corrections)),
          h('td', {}, ...rateParts(agreement)),
        );
      }),
    ),
  );
}

const small = (text: string) => h('small', {}, text);

/** `3.1 %`, and below it how many that are and how far it may be off. */
function rateParts(rate: Rate | null | undefined): (string | HTMLElement)[] {
  if (rate?.rate == null) return ['–'];
  const [low, high] = rate.interval;
  return [percent(rate.rate), small(words.interval(rate.count, rate.of, percent(low), percent(high)))];
}
