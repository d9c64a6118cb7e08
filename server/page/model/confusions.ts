/** What a model mistakes for what, as a table of counts. */
import { h } from '../dom.ts';
import { count, messages, percent } from '../messages.ts';

const words = messages.model;

export function confusions(
  matrix: readonly (readonly number[])[] | undefined,
  names: readonly string[],
): HTMLElement {
  const heading = h('h2', {}, words.confusion);
  if (!matrix) return h('section', { class: 'card' }, heading, h('p', { class: 'hint' }, words.noConfusion));
  const total = matrix.flat().reduce((sum, value) => sum + value, 0);
  const right = matrix.reduce((sum, row, i) => sum + row[i], 0);
  return h(
    'section',
    { class: 'card' },
    heading,
    h(
      'p',
      { class: 'hint' },
      words.rightOf(right, total, percent(right / Math.max(1, total), 2)),
      ' ',
      words.confusionHint,
    ),
    h(
      'div',
      { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': words.confusion },
      table(matrix, names),
    ),
  );
}

function table(matrix: readonly (readonly number[])[], names: readonly string[]): HTMLElement {
  const most = Math.max(1, ...matrix.flatMap((row, i) => row.filter((_, j) => i !== j)));
  const cell = (value: number, isRight: boolean) => {
    const td = h('td', { class: isRight ? 'right' : '' }, value > 0 ? count(value) : '');
    if (!isRight && value > 0) td.style.setProperty('--share', (0.15 + (0.6 * value) / most).toFixed(3));
    return td;
  };
  const short = (i: number) => (names[i] === undefined || names[i].length > 4 ? words.none : names[i]);
  // Of what a test set does not have, there is nothing to tell.
  const rows = [...matrix.entries()].filter(([, row]) => row.some((value) => value > 0));
  return h(
    'table',
    { class: 'confusion' },
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        h('td', { class: 'corner' }, h('span', { class: 'unseen' }, words.confusionHint)),
        ...matrix.map((_, i) => h('th', { scope: 'col' }, short(i))),
      ),
    ),
    h(
      'tbody',
      {},
      ...rows.map(([i, row]) =>
        h('tr', {}, h('th', { scope: 'row' }, short(i)), ...row.map((value, j) => cell(value, i === j))),
      ),
    ),
  );
}
