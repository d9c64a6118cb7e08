/** The network that reads here: its layers, its first filters, and where it comes from. */
import { askAsAdmin, followAsAdmin, getModel } from '../api.ts';
import type { App, View } from '../app.ts';
import { bitmap, paintSigned } from '../bitmap.ts';
import { fill, h } from '../dom.ts';
import { count, messages } from '../messages.ts';
import type { ModelReport } from '../reading/describe.ts';
import { AdminSection } from './admin.ts';
import { confusions } from './confusions.ts';
import { curves } from './curves.ts';
import { Fares } from './fares.ts';
import { confusion, curve, origin } from './report.ts';

export class ModelView implements View {
  readonly element: HTMLElement;
  readonly #body = h('div', { class: 'sections' }, h('p', { class: 'hint' }, messages.answer.loading));

  #admin: AdminSection | undefined;
  #isLeft = false;

  constructor(app: App) {
    this.element = h(
      'div',
      { class: 'place' },
      h('h1', {}, messages.titles.model),
      h('p', { class: 'lead' }, messages.model.intro),
      this.#body,
    );
    void this.#load(app);
  }

  leave(): void {
    this.#isLeft = true;
    this.#admin?.leave();
  }

  async #load({ engine }: App): Promise<void> {
    try {
      const report = await engine.ask<'describe'>({ type: 'describe' });
      const card = await getModel(report.version).catch(() => ({}));
      const fares = new Fares();
      const points = curve(card, report.provenance);
      const matrix = confusion(card, report.provenance);
      if (this.#isLeft) return;
      this.#admin = new AdminSection(askAsAdmin, followAsAdmin, () => void fares.load());
      fill(
        this.#body,
        facts(report),
        h('section', { class: 'card' }, h('h2', {}, messages.model.origin), pairs(origin(report.provenance))),
        fares.element,
        curves(points),
        confusions(matrix, report.classNames),
        filters(report.filters),
        layers(report),
        this.#admin.element,
      );
    } catch (error) {
      fill(
        this.#body,
        h(
          'p',
          { class: 'failure', role: 'alert' },
          `${messages.model.unreachable} ${(error as Error).message}`,
        ),
      );
    }
  }
}

function pairs(rows: readonly (readonly [string, string])[]): HTMLElement {
  return h(
    'dl',
    { class: 'facts' },
    ...rows.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))),
  );
}

function facts({ name, version, summary, bytes, classNames, temperature }: ModelReport): HTMLElement {
  const words = messages.model.facts;
  return h(
    'section',
    { class: 'card' },
    h('h2', {}, name),
    pairs([
      [words.version, version],
      [words.parameters, count(summary.parameters)],
      [words.size, messages.model.kilobytes(bytes)],
      [words.operations, count(summary.flops)],
      [words.classes, classNames.join(', ')],
      ...(temperature === undefined ? [] : [[words.temperature, temperature.toFixed(3)] as const]),
    ]),
  );
}

function filters({ width, height, count: total, values }: ModelReport['filters']): HTMLElement {
  const kernels = Array.from({ length: Math.min(total, 32) }, (_, filter) => {
    const canvas = bitmap(width, height);
    paintSigned(canvas, (at) => values[at * total + filter]);
    return canvas;
  });
  return h(
    'section',
    { class: 'card' },
    h('h2', {}, messages.model.filters),
    h('p', { class: 'hint' }, messages.model.filtersHint),
    h('div', { class: 'channels kernels' }, ...kernels),
  );
}

function layers({ summary }: ModelReport): HTMLElement {
  const [name, ...numbers] = messages.model.columns;
  return h(
    'section',
    { class: 'card wide scroll', tabindex: 0, 'aria-label': messages.model.layers },
    h('h2', {}, messages.model.layers),
    h(
      'table',
      { class: 'figures-table' },
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          h('th', { scope: 'col' }, name),
          ...numbers.map((title) => h('th', { scope: 'col', class: 'number' }, title)),
        ),
      ),
      h(
        'tbody',
        {},
        ...summary.layers.map((layer) =>
          h(
            'tr',
            {},
            h('th', { scope: 'row' }, layer.name),
            h('td', { class: 'number' }, layer.outputShape.join('×')),
            h('td', { class: 'number' }, layer.parameters > 0 ? count(layer.parameters) : '–'),
            h('td', { class: 'number' }, layer.flops > 0 ? count(layer.flops) : '–'),
          ),
        ),
      ),
    ),
  );
}
