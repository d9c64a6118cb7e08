/**
 * The page of several training runs: their curves over each other, how each ended, and in what they differ. One HTML
 * file that needs nothing else, no script among it, light or dark as its reader likes.
 */
import { summarise } from '../../model/summary.ts';
import type { Comparison, RunOutline } from '../comparison.ts';
import { escaped, htmlTable } from '../html.ts';
import { COLOUR_STYLE, COLOURS, colourKey } from './colours.ts';
import { type ColouredRun, learningRates, validationAccuracies, validationLosses } from './comparePlots.ts';
import { STYLE } from './style.ts';

const TABLE_STYLE = `
.differences td, .differences th { text-align: left; vertical-align: top; white-space: normal; overflow-wrap: anywhere; min-width: 7rem; }
.differences code { font-size: .75rem; }`;

/** Longer values are folded away until somebody wants to read them. */
const LONGEST_VALUE = 120;

const percent = (share = Number.NaN, digits = 2) =>
  Number.isFinite(share) ? `${(100 * share).toFixed(digits)} %` : '–';
const count = (value: number) => value.toLocaleString('en-US');
const time = (seconds: number) =>
  seconds < 100 ? `${seconds.toFixed(1)} s` : `${(seconds / 60).toFixed(1)} min`;

/** The page's HTML. Of more runs than there are colours, the first are drawn. */
export function renderRuns(comparison: Comparison): string {
  const { runs } = comparison;
  const shown = runs.slice(0, COLOURS.length).map((run, index) => ({ run, colour: COLOURS[index] }));
  const title = `${runs.map(({ name }) => name).join(', ')}: runs compared`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${escaped(title)}</title>
<style>${STYLE}${COLOUR_STYLE}${TABLE_STYLE}</style>
</head>
<body>
<h1>${runs.length} runs compared</h1>
${ends(comparison)}
${curves(shown, runs.length)}
${differences(comparison)}
${commands(comparison)}
</body>
</html>
`;
}

function ends({ outlines, runs }: Comparison): string {
  const columns: [string, (outline: RunOutline) => string][] = [
    ['run', ({ name }) => name],
    ['validation', ({ validationAccuracy }) => percent(validationAccuracy)],
    ['its best', ({ bestValidationAccuracy }) => percent(bestValidationAccuracy)],
    ['test', ({ testAccuracy }) => percent(testAccuracy)],
    ['test loss', ({ loss }) => loss?.toFixed(4) ?? '–'],
    ['ECE', ({ calibrationError }) => percent(calibrationError)],
    ['epochs', ({ epochs, epochsWanted }) => `${epochs} of ${epochsWanted}`],
    ['time', ({ seconds }) => time(seconds)],
  ];
  const rows = outlines.map((outline, run) => [
    ...columns.map(([, text]) => escaped(text(outline))),
    count(summarise(runs[run].start.recipe.model).parameters),
  ]);
  return `<p>Accuracies are those of the last epoch; on the test set, of the network that was saved. ECE is the expected calibration error there.</p>
${htmlTable([...columns.map(([title]) => title), 'parameters'], rows)}`;
}

function curves(shown: readonly ColouredRun[], runs: number): string {
  const keys = shown.map(({ run, colour }) => colourKey(escaped(run.name), colour)).join('');
  const blind = shown.filter(
    ({ run }) => !run.history.some(({ validationAccuracy }) => validationAccuracy !== undefined),
  );
  const notes = [
    runs > shown.length ? `The first ${shown.length} runs are drawn.` : '',
    blind.length > 0
      ? `Without validation pictures: ${blind.map(({ run }) => escaped(run.name)).join(', ')}.`
      : '',
  ].filter(Boolean);
  const charts = [
    ['Validation accuracy', validationAccuracies(shown)],
    ['Validation loss', validationLosses(shown)],
    ['Learning rate', learningRates(shown)],
  ]
    .filter(([, chart]) => chart !== '')
    .map(([title, chart]) => `<h3>${title}</h3>\n${chart}`);
  if (charts.length === 0) return '<p>None of them has finished an epoch yet.</p>';
  return `<h2>How they went</h2>
${notes.length > 0 ? `<p>${notes.join(' ')}</p>\n` : ''}<ul class="keys">${keys}</ul>
${charts.join('\n')}`;
}

function differences({ outlines, differences: settings }: Comparison): string {
  const rows = Object.entries(settings).map(([key, values]) => [escaped(key), ...values.map(cell)]);
  if (rows.length === 0) return '<h2>What differs</h2>\n<p>Nothing: their settings are the same.</p>';
  const head = ['setting', ...outlines.map(({ name }) => escaped(name))];
  return `<h2>What differs</h2>
<div class="differences">${htmlTable(head, rows)}</div>`;
}

function cell(value: string | undefined): string {
  if (value === undefined) return '–';
  const text = `<code>${escaped(value)}</code>`;
  if (value.length <= LONGEST_VALUE) return text;
  return `<details><summary>${count(value.length)} characters</summary>${text}</details>`;
}

function commands({ runs }: Comparison): string {
  const items = runs.map(
    ({ name, start }) => `<h3>${escaped(name)}</h3>\n<pre>${escaped(start.command)}</pre>`,
  );
  return `<h2>To repeat them</h2>\n${items.join('\n')}`;
}
