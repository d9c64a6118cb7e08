/** Benchmark results as Markdown, such as for the README. */
import { kernelsMarkdown } from './kernels/report.ts';
import {
  type BenchRun,
  comparisons,
  engines,
  headingOf,
  milliseconds,
  reasons,
  times,
  WORKLOAD_TITLES,
} from './summary.ts';

/** Comments, which no reader sees, around what is written anew: kernels alone have a place of their own. */
const MARKERS = {
  all: { begin: '<!-- bench: written by `inkling bench --markdown` -->', end: '<!-- /bench -->' },
  kernels: {
    begin: '<!-- kernels: written by `inkling bench kernels --markdown` -->',
    end: '<!-- /kernels -->',
  },
} as const;

/** Which tables a file is to have: those of kernels alone, or all of a run. */
export type Section = keyof typeof MARKERS;

/** A table for each workload and number of threads, and one of kernels. */
export function renderMarkdown(run: BenchRun): string {
  const { results, skips, kernels = [] } = run;
  const groups = comparisons(results);
  const versions = engines(results);
  const lines = [`${headingOf(run)} Times are medians.`];
  if (results.length > 0) {
    lines.push('', "Milliseconds; in brackets an engine's time over ours, so that above 1 we are faster.");
  }
  for (const workload of new Set(groups.map((group) => group.workload))) {
    const places = new Set(groups.filter((group) => group.workload === workload).map((group) => group.place));
    for (const place of places) {
      const rows = groups.filter((group) => group.workload === workload && group.place === place);
      const columns = [...versions.keys()].filter((engine) =>
        rows.some((row) => row.results.some((result) => result.engine === engine)),
      );
      const title = WORKLOAD_TITLES[workload] ?? workload;
      const head = ['network', 'batch', ...columns.map((engine) => named(engine, versions.get(engine)))];
      lines.push('', `**${title}, ${place}**`, '');
      lines.push(line(head), line(['---', ...head.slice(1).map(() => '--:')]));
      for (const row of rows) {
        const cells = columns.map((engine) => {
          const result = row.results.find((candidate) => candidate.engine === engine);
          if (!result) return '–';
          const { ratio } = result;
          const time = milliseconds(result.milliseconds);
          return ratio === undefined || ratio === 1 ? time : `${time} (${times(ratio)})`;
        });
        lines.push(line([row.network, String(row.batch), ...cells]));
      }
    }
  }
  if (kernels.length > 0) lines.push(...kernelsMarkdown(kernels));
  const left = reasons(skips);
  if (left.length > 0) lines.push('', 'Left out:', '', ...left.map((reason) => `- ${escaped(reason)}`));
  return `${lines.join('\n')}\n`;
}

/** A text with what stands between the two markers replaced, or nothing where it lacks them. */
export function replaceBetweenMarkers(
  text: string,
  tables: string,
  section: Section = 'all',
): string | undefined {
  const { begin, end } = MARKERS[section];
  const [first, last] = [text.indexOf(begin), text.indexOf(end)];
  if (first < 0 || last < first) return undefined;
  return `${text.slice(0, first)}${begin}\n\n${tables}\n${text.slice(last)}`;
}

/** A file of its own, with the markers, so that it can be replaced or moved into another file. */
export function withMarkers(tables: string, section: Section = 'all'): string {
  const { begin, end } = MARKERS[section];
  return `${begin}\n\n${tables}\n${end}\n`;
}

function named(engine: string, version?: string): string {
  return version === undefined ? engine : `${engine} ${version}`;
}

function line(cells: readonly string[]): string {
  return `| ${cells.map(escaped).join(' | ')} |`;
}

function escaped(text: string): string {
  return text.replaceAll('\n', ' ').replaceAll('|', '\\|');
}
