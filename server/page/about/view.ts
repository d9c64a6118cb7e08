/** How it works, how good it is, and what becomes of what people bring. */
import type { App, View } from '../app.ts';
import { fill, h } from '../dom.ts';
import { count, messages, percent } from '../messages.ts';
import type { ModelReport } from '../reading/describe.ts';

export class AboutView implements View {
  readonly element: HTMLElement;
  readonly #scores = h('section', { 'aria-labelledby': 'scores' });

  constructor(app: App) {
    const words = messages.about;
    this.element = h(
      'div',
      { class: 'place about' },
      h('h1', {}, messages.titles.about),
      h('p', { class: 'lead' }, words.lead),
      h(
        'section',
        {},
        h('h2', {}, words.how),
        h(
          'ol',
          { class: 'steps' },
          ...words.steps.map(([name, sentence]) =>
            h('li', { class: 'card' }, h('h3', {}, name), h('p', {}, sentence)),
          ),
        ),
      ),
      this.#scores,
      h(
        'section',
        {},
        h('h2', {}, words.data),
        ...words.dataSentences.map((sentence) => h('p', {}, sentence)),
      ),
      h(
        'section',
        {},
        h('h2', {}, words.keys),
        h(
          'dl',
          { class: 'facts keys-list' },
          ...words.keyRows.map(([keys, what]) => h('div', {}, h('dt', {}, keys), h('dd', {}, what))),
        ),
      ),
      h('section', {}, h('h2', {}, words.install), h('p', {}, words.installSentence)),
      h(
        'section',
        {},
        h('h2', {}, words.api),
        h(
          'p',
          {},
          `${words.apiSentence} `,
          h('a', { href: new URL('docs', document.baseURI).href }, words.apiLink),
          '.',
        ),
      ),
    );
    // Without the network there are no scores to tell, and all else is said.
    void app.engine.ask<'describe'>({ type: 'describe' }).then(
      (report) => this.#showScores(report),
      () => {},
    );
  }

  #showScores({ provenance, summary }: ModelReport): void {
    const words = messages.about;
    const { testAccuracy, examples, dataset } = provenance;
    const figure = (value: string, caption: string) =>
      h('div', { class: 'figure card' }, h('strong', {}, value), h('span', {}, caption));
    fill(
      this.#scores,
      h('h2', { id: 'scores' }, words.scores),
      h(
        'div',
        { class: 'figure-row' },
        typeof testAccuracy === 'number' && figure(percent(testAccuracy, 2), words.testAccuracy),
        examples !== undefined && figure(count(Number(examples)), words.trainedOn(String(dataset ?? ''))),
        figure(count(summary.parameters), words.parameters),
      ),
      h('p', { class: 'hint' }, words.scoresHint),
    );
  }
}
