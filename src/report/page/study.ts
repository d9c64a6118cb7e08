/**
 * The page of a study: one HTML file that needs nothing else, no script among it, light or dark as its reader likes.
 */
import { intervalText } from '../../sweep/markdown.ts';
import type { Statistics, StudySummary, TrialSummary } from '../../sweep/summary.ts';
import { ranked } from '../../sweep/tpe.ts';
import { escaped, htmlTable } from '../html.ts';
import { COLOUR_STYLE, COLOURS, colourKey } from './colours.ts';
import { parallelCoordinates } from './parallelCoordinates.ts';
import { importanceChart, intervalChart, type Shown, trialCurves } from './studyPlots.ts';
import { STYLE } from './style.ts';

/** Of a search with more trials the charts colour the best, and tables show the first so many of the best. */
const COLOURED_OF_SEARCH = 5;
const MOST_ROWS = 100;
const MOST_INTERVALS = 30;

const percent = (share: number, digits = 2) =>
  Number.isFinite(share) ? `${(100 * share).toFixed(digits)} %` : '–';
const points = (share: number) => (Number.isFinite(share) ? (100 * share).toFixed(2) : '–');

/** The page's HTML. */
export function renderStudy(summary: StudySummary): string {
  const { study } = summary;
  const sections = [head(summary)];
  const shown = colouredTrials(summary);
  if (shown.some(({ trial }) => trial.curve.length > 0)) sections.push(curves(shown, summary));
  sections.push(table(summary));
  const hasValues = shown.some(({ trial }) => trial.validation);
  if (hasValues && Object.keys(summary.space).length > 0) sections.push(settings(summary, shown));
  sections.push(origins(summary));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${escaped(`The study ${study.name}`)}</title>
<style>${STYLE}${COLOUR_STYLE}</style>
</head>
<body>
${sections.join('\n')}
</body>
</html>
`;
}

/** Each trial with its colour: each arm of a group has its own, and of a search the best have. */
function colouredTrials({ study, trials }: StudySummary): Shown[] {
  if (study.search.type === 'arms') {
    const seen = new Map<string, number>();
    return trials.map((trial) => {
      const index = seen.get(trial.group) ?? 0;
      seen.set(trial.group, index + 1);
      return { trial, colour: COLOURS[index] };
    });
  }
  const best = bestFirst(trials).slice(0, COLOURED_OF_SEARCH);
  return trials.map((trial) => ({ trial, colour: COLOURS[best.indexOf(trial)] }));
}

function bestFirst(trials: readonly TrialSummary[]): TrialSummary[] {
  const outcomes = trials.map(({ trial, status, curve, validation, place }) => ({
    ...{ trial, status, parameters: place, value: validation?.mean ?? curve.at(-1)?.mean },
    ...{ epochs: curve.length, curve: [] },
  }));
  return ranked(outcomes).map((one) => trials.find(({ trial }) => trial === one.trial)!);
}

function head({ study, trials, runs, best, seconds, isDone }: StudySummary): string {
  const facts: [string, string][] = [
    ['best', best ? (study.search.type === 'arms' ? best.name : `trial ${best.trial + 1}`) : 'none yet'],
    ['its validation accuracy', percent(best?.validation?.mean ?? Number.NaN)],
    ['trials', String(trials.length)],
    ['runs', String(runs.length)],
    ['core minutes', (seconds / 60).toFixed(1)],
  ];
  const boxes = facts.map(([key, value]) => `<div><dt>${key}</dt><dd>${escaped(value)}</dd></div>`).join('');
  return `<h1>${escaped(study.name)}</h1>
<p>${escaped(study.description)}</p>
${isDone ? '' : '<p><strong>This study is not finished yet.</strong></p>\n'}<dl class="facts">${boxes}</dl>`;
}

function curves(shown: readonly Shown[], { study }: StudySummary): string {
  const groups = [...new Set(shown.map(({ trial }) => trial.group))];
  const charts = groups.map((group) => {
    const own = shown.filter(({ trial }) => trial.group === group);
    const keys = own
      .filter(({ colour }) => colour)
      .map(({ trial, colour }) => colourKey(escaped(trial.name), colour));
    const title = group === '' ? '' : `<h3>By ${escaped(group)}</h3>\n`;
    return `${title}<ul class="keys">${keys.join('')}</ul>
${trialCurves(`Validation accuracy over epochs${group && ` by ${group}`}`, own)}`;
  });
  const band =
    study.repeats > 1 ? ` Lines are means over ${study.repeats} seeds, bands a deviation to both sides.` : '';
  const others = shown.some(({ colour }) => !colour) ? ' The best have colours.' : '';
  return `<h2>Validation accuracy over epochs</h2>
<p>${`Of pictures that were held out from training.${band}${others}`}</p>
${charts.join('\n')}`;
}

function table(summary: StudySummary): string {
  const { trials } = summary;
  const tellsTest = trials.some(({ test }) => test);
  const titles = ['trial', 'runs', 'validation', 'deviation', '95 % interval', 'behind the best'];
  if (tellsTest) titles.push('test', 'its 95 % interval');
  const ordered = bestFirst(trials).slice(0, MOST_ROWS);
  const rows = ordered.map((trial) => {
    const { name, status, runs, validation, behind, test } = trial;
    const cells = [
      escaped(name),
      status === 'complete' ? String(runs) : status,
      percent(validation?.mean ?? Number.NaN),
      points(validation?.deviation ?? Number.NaN),
      intervalText(validation),
      behind ? difference(behind) : '–',
    ];
    if (tellsTest) cells.push(percent(test?.mean ?? Number.NaN), intervalText(test));
    return cells;
  });
  const reasons = trials.flatMap(({ name, reason }) =>
    reason ? [`<li>${escaped(name)}: ${escaped(reason)}</li>`] : [],
  );
  const few = colouredTrials(summary).filter(({ trial }) => ordered.slice(0, MOST_INTERVALS).includes(trial));
  return `<h2>Results</h2>
<p>Validation accuracy of the last epoch. Intervals are Student's, at 95 %. How far a trial is behind the best, in points, is the mean of the differences between runs of the same seed.${tellsTest ? ' Test accuracies are told for the record; nothing was chosen by them.' : ''}</p>
${few.some(({ trial }) => trial.validation) ? intervalChart(few) : ''}
${htmlTable(titles, rows)}
${ordered.length < trials.length ? `<p>The best ${MOST_ROWS} of ${trials.length}.</p>` : ''}${reasons.length > 0 ? `<h3>What failed</h3>\n<ul>${reasons.join('\n')}</ul>` : ''}`;
}

function difference({ mean, interval }: Statistics): string {
  return interval ? `${points(mean)} ± ${points(interval.high - mean)}` : points(mean);
}

function settings({ space, importances }: StudySummary, shown: readonly Shown[]): string {
  const chart = importances
    ? `<h3>Which setting matters</h3>
<p>The share of the differences between trials that a setting makes by itself: functional analysis of variance of a random forest (Hutter and others, 2014). What is missing to 100 % is due to settings acting together. Settings that never varied by themselves share what is theirs.</p>
${importanceChart(importances)}`
    : '';
  return `<h2>Settings</h2>
<p>A line for each trial, through its settings to its accuracy.</p>
${parallelCoordinates(space, shown)}
${chart}`;
}

function origins({ study }: StudySummary): string {
  return `<h2>The study</h2>
<details><summary>As it was asked for</summary><pre>${escaped(JSON.stringify(study, null, 2))}</pre></details>`;
}
