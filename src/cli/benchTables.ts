/** What `inkling bench` prints when it is done: a table for each kind of measurement. */
import { rateOf } from '../bench/kernels/report.ts';
import { type BenchRun, milliseconds, reasons, times } from '../bench/summary.ts';
import { count, percent } from './format.ts';
import { type Alignment, tableLines } from './table.ts';
import { harmless, paint, print } from './terminal.ts';

export function showRun({ peak, results, skips, kernels = [], scaling = [] }: BenchRun): void {
  if (kernels.length > 0) {
    showTable(
      ['case', 'threads', 'ms', 'from', 'to', 'rate', 'of its roof'],
      kernels.map((result) => [
        result.case,
        ...timesOf(result),
        rateOf(result),
        percent(result.shareOfPeak, 0),
      ]),
    );
  }
  if (results.length > 0) {
    showTable(
      ['case', 'engine', 'threads', 'ms', 'from', 'to', 'GFLOPS', 'of peak', 'images/s', 'ratio'],
      results.map((result) => [
        ...[result.case, result.engine, ...timesOf(result), result.gflops.toFixed(1)],
        ...[
          percent(result.shareOfPeak, 0),
          count(Math.round(result.imagesPerSecond)),
          result.ratio === undefined ? '–' : times(result.ratio),
        ],
      ]),
    );
  }
  if (scaling.length > 0) {
    showTable(
      ['case', 'threads', 'ms', 'from', 'to', 'GFLOPS', 'of peak'],
      scaling.map((result) => [
        ...[result.case, ...timesOf(result), result.gflops.toFixed(1), percent(result.shareOfPeak, 0)],
      ]),
    );
  }
  const whose = peak.device === undefined ? 'one thread' : harmless(peak.device);
  print(
    `Peak of ${whose}: ${peak.gflops.toFixed(1)} GFLOPS in registers; a large copy: ${peak.gigabytes.toFixed(1)} GB/s.`,
  );
  const versions = new Map(
    results.flatMap(({ engine, version }) => (version === undefined ? [] : [[engine, version]])),
  );
  if (versions.size > 0) {
    print("The ratio is an engine's time over ours in the same place: above 1 we are faster.");
    print(`Versions: ${harmless([...versions].map((pair) => pair.join(' ')).join(', '))}.`);
  }
  for (const reason of reasons(skips)) print(`Left out: ${harmless(reason)}`);
}

/** Threads, then the median, the fastest and the slowest turn. */
function timesOf(row: { threads: number; milliseconds: number; fastest: number; slowest: number }): string[] {
  return [String(row.threads), ...[row.milliseconds, row.fastest, row.slowest].map(milliseconds)];
}

function showTable(head: readonly string[], body: readonly (readonly string[])[]): void {
  const isText = (title: string) => title === 'case' || title === 'engine';
  const alignments = head.map((title): Alignment => (isText(title) ? 'left' : 'right'));
  const rows = [head.map((title) => paint('bold', title)), ...body];
  for (const line of tableLines(rows, alignments)) print(line);
  print();
}
