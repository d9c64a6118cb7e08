/** How a model learned, pass by pass: two charts, and the same numbers as a table. */
import { Chart } from '../../../examples/train/chart.ts';
import { h } from '../dom.ts';
import { messages, percent } from '../messages.ts';
import type { CurvePoint } from './report.ts';

const words = messages.model;

/** One of the quantities that a chart shows. */
interface Quantity {
  title: string;
  /** On validation digits, and while learning. */
  held: (point: CurvePoint) => number | undefined;
  learning: (point: CurvePoint) => number | undefined;
  format: (value: number) => string;
  /** Of the axis; `held` are the values on validation digits. */
  bounds: (held: readonly number[], all: readonly number[]) => readonly [number, number];
}

const ACCURACY: Quantity = {
  title: words.accuracyChart,
  held: ({ accuracy }) => accuracy,
  learning: ({ trainAccuracy }) => trainAccuracy,
  format: (value) => percent(value, 0),
  // Where it began while learning is of no interest, and would press all else together.
  bounds: (held) => [Math.max(0, Math.floor(20 * Math.min(...held) - 1) / 20), 1],
};
const LOSS: Quantity = {
  title: words.lossChart,
  held: ({ loss }) => loss,
  learning: ({ trainLoss }) => trainLoss,
  format: (value) => value.toFixed(1),
  bounds: (_, all) => [0, Math.max(0.1, ...all)],
};

export function curves(points: readonly CurvePoint[]): HTMLElement {
  const heading = h('h2', {}, words.curves);
  if (points.length === 0)
    return h('section', { class: 'card' }, heading, h('p', { class: 'hint' }, words.noCurves));
  return h(
    'section',
    { class: 'card wide' },
    heading,
    h(
      'p',
      { class: 'hint legend' },
      h('span', { class: 'held' }, words.held),
      h('span', { class: 'learning' }, words.learning),
    ),
    h('div', { class: 'charts' }, ...[ACCURACY, LOSS].map((quantity) => figure(points, quantity))),
    h('details', { class: 'numbers' }, h('summary', {}, words.numbers), table(points)),
  );
}

function figure(points: readonly CurvePoint[], quantity: Quantity): HTMLElement | false {
  const { title, held, learning, format, bounds } = quantity;
  const series = [
    { name: 'learning', of: learning, dots: false },
    { name: 'held', of: held, dots: true },
  ].map(({ name, of, dots }) => ({
    ...{ name, dots },
    points: points.flatMap((point) => {
      const value = of(point);
      return value === undefined ? [] : [[point.epoch, value] as const];
    }),
  }));
  const onHeld = series[1].points.map(([, value]) => value);
  const last = onHeld.at(-1);
  if (last === undefined) return false;
  const place = h('div', { class: 'chart' });
  const spoken = `${title}: ${words.inTheEnd(format(last))}`;
  const content = () => ({ steps: points.at(-1)!.epoch, unit: words.passesUnit, series, spoken });
  new Chart(place, content, (all) => bounds(onHeld, all), format).update();
  return h('figure', {}, h('figcaption', {}, title), place);
}

function table(points: readonly CurvePoint[]): HTMLElement {
  const share = (value: number | undefined) => (value === undefined ? '–' : percent(value, 2));
  const loss = (value: number | undefined) => (value === undefined ? '–' : value.toFixed(4));
  const [first, ...titles] = words.curveColumns;
  return h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': words.curves },
    h(
      'table',
      { class: 'figures-table' },
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          h('th', { scope: 'col' }, first),
          ...titles.map((title) => h('th', { scope: 'col', class: 'number' }, title)),
        ),
      ),
      h(
        'tbody',
        {},
        ...points.map((point) =>
          h(
            'tr',
            {},
            h('th', { scope: 'row' }, point.epoch),
            ...[
              share(point.accuracy),
              share(point.trainAccuracy),
              loss(point.loss),
              loss(point.trainLoss),
            ].map((text) => h('td', { class: 'number' }, text)),
          ),
        ),
      ),
    ),
  );
}
