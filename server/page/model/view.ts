/** The network that reads here: its layers, its first filters, and where it comes from. */
import { Chart } from '../../../examples/train/chart.ts';
import { askAsAdmin, getModel, listModels } from '../api.ts';
import type { App, View } from '../app.ts';
import { bitmap, paintSigned } from '../bitmap.ts';
import { fill, h } from '../dom.ts';
import { timeOf } from '../history/view.ts';
import { count, messages, percent } from '../messages.ts';
import type { ModelReport } from '../reading/describe.ts';
import { AdminSection } from './admin.ts';
import { type Curve, confusion, curve, origin } from './report.ts';

export class ModelView implements View {
  readonly element: HTMLElement;
  readonly #body = h('div', { class: 'sections' }, h('p', { class: 'hint' }, messages.answer.loading));

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

  async #load({ engine }: App): Promise<void> {
    try {
      const report = await engine.ask<'describe'>({ type: 'describe' });
      const card = await getModel(report.version).catch(() => ({}));
      const models = await listModels().catch(() => ({ models: [] }));
      const points = curve(card, report.provenance);
      const matrix = confusion(card, report.provenance);
      fill(
        this.#body,
        facts(report),
        filters(report.filters),
        layers(report),
        h('section', { class: 'card' }, h('h2', {}, messages.model.origin), pairs(origin(report.provenance))),
        points.length > 0 && curves(points),
        matrix && confusions(matrix, report.classNames),
        points.length === 0 && !matrix && h('p', { class: 'hint' }, messages.model.noReport),
        models.models.length > 1 && others(models.models.filter(({ version }) => version !== report.version)),
        new AdminSection(askAsAdmin).element,
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

function curves(points: readonly Curve[]): HTMLElement {
  const place = h('div', { class: 'chart' });
  const last = points.at(-1)!;
  const chart = new Chart(
    place,
    () => ({
      steps: last.epoch,
      unit: 'passes',
      series: [
        { name: 'held', points: points.map(({ epoch, accuracy }) => [epoch, accuracy] as const), dots: true },
      ],
      spoken: `${messages.model.curvesHint}: ${percent(last.accuracy, 2)} in the end`,
    }),
    (values) => [Math.floor(100 * Math.min(...values) - 0.01) / 100, 1],
    (value) => percent(value),
  );
  chart.update();
  return h(
    'section',
    { class: 'card wide' },
    h('h2', {}, messages.model.curves),
    h('p', { class: 'hint' }, messages.model.curvesHint),
    place,
  );
}

function confusions(matrix: readonly number[][], names: readonly string[]): HTMLElement {
  const most = Math.max(1, ...matrix.flatMap((row, i) => row.filter((_, j) => i !== j)));
  const cell = (value: number, isRight: boolean) => {
    const td = h('td', { class: isRight ? 'right' : '' }, value > 0 ? count(value) : '');
    if (!isRight && value > 0) td.style.setProperty('--share', (0.15 + (0.6 * value) / most).toFixed(3));
    return td;
  };
  return h(
    'section',
    { class: 'card wide scroll', tabindex: 0, 'aria-label': messages.model.confusion },
    h('h2', {}, messages.model.confusion),
    h('p', { class: 'hint' }, messages.model.confusionHint),
    h(
      'table',
      { class: 'confusion' },
      h('thead', {}, h('tr', {}, h('td'), ...matrix.map((_, i) => h('th', { scope: 'col' }, names[i] ?? i)))),
      h(
        'tbody',
        {},
        ...matrix.map((row, i) =>
          h(
            'tr',
            {},
            h('th', { scope: 'row' }, names[i] ?? i),
            ...row.map((value, j) => cell(value, i === j)),
          ),
        ),
      ),
    ),
  );
}

function others(
  models: readonly { version: string; name: string; createdAt: string | number }[],
): HTMLElement {
  return h(
    'section',
    { class: 'card' },
    h('h2', {}, messages.model.others),
    pairs(models.map(({ version, name, createdAt }) => [name, `${version}, ${timeOf(createdAt)}`] as const)),
  );
}
