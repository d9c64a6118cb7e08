/**
 * Benchmark results as one HTML page that needs nothing else: a bar chart for each case, and all numbers in a table.
 *
 * Bars are pictures per second, from zero: twice as long is twice as fast, and an engine a hundred times slower is
 * seen to be.
 */
import { escaped, htmlTable } from '../report/html.ts';
import { renderKernels } from './kernels/report.ts';
import type { BenchResult } from './networks.ts';
import { renderScaling } from './scaling/report.ts';
import {
  type BenchRun,
  type Comparison,
  comparisons,
  headingOf,
  milliseconds,
  reasons,
  times,
  WORKLOAD_TITLES,
} from './summary.ts';

const WIDTH = 720;
const LABEL = 150;
/** Room for the numbers beside the longest bar. */
const NUMBERS = 210;
const BAR = 20;
const ROW = 30;

const STYLE = `
:root { color-scheme: light dark; --ink: #1c1d22; --paper: #fcfcfa; --faint: #6a6c75; --ours: #c2410c; --theirs: #6b7a99; --third: #0f766e; --line: #dcdcd6; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ececf0; --paper: #17181c; --faint: #a2a5b0; --ours: #fb923c; --theirs: #8593b3; --third: #2dd4bf; --line: #34363e; }
}
body { margin: 0 auto; max-width: 760px; padding: 2rem 1.25rem 4rem; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; } h2 { margin-top: 2.5rem; font-size: 1.25rem; } h3 { margin: 1.5rem 0 .25rem; font-size: 1rem; }
p, li { color: var(--faint); }
svg { display: block; width: 100%; height: auto; font: 13px system-ui, sans-serif; }
svg text { fill: var(--ink); } svg .numbers { fill: var(--faint); } svg .axis { stroke: var(--line); }
.ours { fill: var(--ours); } .theirs { fill: var(--theirs); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .875rem; }
th, td { padding: .25rem .6rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
.wide { width: min(94vw, 1000px); margin-left: 50%; translate: -50%; }
.share { position: relative; min-width: 6rem; }
.share span { position: absolute; inset: 0 auto 0 0; border-radius: 2px; background: var(--ours); opacity: .35; }
.share b { position: relative; padding-inline: .4rem; font-weight: normal; }
.plot polyline { fill: none; stroke: currentColor; stroke-width: 2; }
.plot .proportion { stroke-width: 1; stroke-dasharray: 4 4; opacity: .8; }
.plot g circle, .plot g text { fill: currentColor; }
.line-1 { color: var(--ours); } .line-2 { color: var(--theirs); } .line-3 { color: var(--third); }
`;

/** The page's HTML. */
export function renderReport(run: BenchRun): string {
  const groups = comparisons(run.results);
  const sections = [...new Set(groups.map(({ workload }) => workload))].map((workload) => {
    const charts = groups.filter((group) => group.workload === workload).map(chart);
    return `<h2>${escaped(WORKLOAD_TITLES[workload] ?? workload)}</h2>\n${charts.join('\n')}`;
  });
  const left = reasons(run.skips);
  const leftOut =
    left.length === 0
      ? ''
      : `<h2>Left out</h2>\n<ul>${left.map((reason) => `<li>${escaped(reason)}</li>`).join('')}</ul>`;
  const { kernels = [], scaling = [], results } = run;
  if (kernels.length > 0) sections.push(renderKernels(kernels));
  if (scaling.length > 0) sections.push(renderScaling(scaling));
  const bars =
    results.length === 0
      ? ''
      : " Bars are pictures per second; beside them stand the median milliseconds, and an engine's time over ours in the same place.";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Inkling's benchmark</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Inkling's benchmark</h1>
<p>${escaped(headingOf(run))}${bars}</p>
${sections.join('\n')}
${leftOut}
${results.length === 0 ? '' : `<h2>All numbers</h2>\n${table(results)}`}
</body>
</html>
`;
}

function chart({ network, batch, place, results }: Comparison): string {
  const ordered = [...results].sort((a, b) => b.imagesPerSecond - a.imagesPerSecond);
  const most = ordered[0].imagesPerSecond;
  const height = ordered.length * ROW;
  const bars = ordered.map((result, row) => {
    const width = Math.max(1, ((WIDTH - LABEL - NUMBERS) * result.imagesPerSecond) / most);
    const top = row * ROW + (ROW - BAR) / 2;
    const middle = row * ROW + ROW / 2;
    return `<text x="${LABEL - 8}" y="${middle}" text-anchor="end" dominant-baseline="central">${escaped(result.engine)}</text>
<rect class="${isOurs(result) ? 'ours' : 'theirs'}" x="${LABEL}" y="${top}" width="${width.toFixed(1)}" height="${BAR}" rx="2"/>
<text class="numbers" x="${(LABEL + width + 8).toFixed(1)}" y="${middle}" dominant-baseline="central">${escaped(numbersOf(result))}</text>`;
  });
  const title = `${network}, batch ${batch}, ${place}`;
  const spoken = ordered.map((result) => `${result.engine} ${numbersOf(result)}`).join('; ');
  return `<h3>${escaped(title)}</h3>
<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(`${title}: ${spoken}`)}">
<line class="axis" x1="${LABEL}" y1="0" x2="${LABEL}" y2="${height}"/>
${bars.join('\n')}
</svg>`;
}

function numbersOf(result: BenchResult): string {
  const time = `${milliseconds(result.milliseconds)} ms`;
  return result.ratio === undefined || isOurs(result) ? time : `${time}, ${times(result.ratio)} our time`;
}

function isOurs({ engine }: BenchResult): boolean {
  return engine.startsWith('inkling');
}

function table(results: readonly BenchResult[]): string {
  const head = ['case', 'engine', 'threads', 'ms', 'from', 'to', 'GFLOPS', 'of peak', 'pictures/s', 'ratio'];
  const rows = results.map((result) => [
    result.case,
    result.version === undefined ? result.engine : `${result.engine} ${result.version}`,
    String(result.threads),
    milliseconds(result.milliseconds),
    milliseconds(result.fastest),
    milliseconds(result.slowest),
    result.gflops.toFixed(1),
    `${Math.round(100 * result.shareOfPeak)} %`,
    Math.round(result.imagesPerSecond).toLocaleString('en-US'),
    result.ratio === undefined ? '–' : times(result.ratio),
  ]);
  return htmlTable(
    head,
    rows.map((row) => row.map(escaped)),
  );
}
