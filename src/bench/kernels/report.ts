/** The rows of `bench kernels` for people: in the HTML report, and as Markdown. */
import { escaped, htmlTable } from '../../report/html.ts';
import { milliseconds, placeOf } from '../summary.ts';
import type { KernelResult } from './measure.ts';

const EXPLANATION =
  'The roof of a kernel is what as many threads, or the graphics card, did in turn with it: where arithmetic bounds it, multiply-adds in registers; where memory does, a copy over as much memory as the step goes over. Bytes are what must be read or written at least once; a kernel that reads more than it writes may pass a copy.';

/** Rows of one case, by number of threads. */
function byCase(results: readonly KernelResult[]): Map<string, KernelResult[]> {
  return Map.groupBy(results, (result) => result.case);
}

const placesOf = (results: readonly KernelResult[]) => [...new Set(results.map(placeOf))];

/** `81.3 GFLOPS`, `12.1 GB/s`. */
export function rateOf({ gflops, gigabytes = 0 }: KernelResult): string {
  return gflops === undefined ? `${gigabytes.toFixed(1)} GB/s` : `${gflops.toFixed(1)} GFLOPS`;
}

const shareOf = ({ shareOfPeak }: KernelResult) => `${Math.round(100 * shareOfPeak)} %`;

export function renderKernels(results: readonly KernelResult[]): string {
  const places = placesOf(results);
  const head = ['case', ...places.flatMap((place) => [place, 'rate', 'of its roof'])];
  const rows = [...byCase(results)].map(([name, group]) => [
    escaped(name),
    ...places.flatMap((place) => {
      const result = group.find((candidate) => placeOf(candidate) === place);
      return result
        ? [`${milliseconds(result.milliseconds)} ms`, rateOf(result), bar(result)]
        : ['–', '–', '–'];
    }),
  ]);
  return `<h2>Kernels</h2>\n<p>${escaped(EXPLANATION)}</p>\n<div class="wide">${htmlTable(head, rows)}</div>`;
}

/** A share as a number over a bar, whose whole width is the roof. */
function bar(result: KernelResult): string {
  const width = Math.min(100, 100 * result.shareOfPeak).toFixed(1);
  return `<div class="share"><span style="width: ${width}%"></span><b>${shareOf(result)}</b></div>`;
}

export function kernelsMarkdown(results: readonly KernelResult[]): string[] {
  const places = placesOf(results);
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const head = ['kernel', ...places.flatMap((place) => [`ms, ${place}`, 'rate', 'of its roof'])];
  const rows = [...byCase(results)].map(([name, group]) =>
    line([
      name.replace('kernel/', ''),
      ...places.flatMap((place) => {
        const result = group.find((candidate) => placeOf(candidate) === place);
        return result
          ? [milliseconds(result.milliseconds), rateOf(result), shareOf(result)]
          : ['–', '–', '–'];
      }),
    ]),
  );
  const rule = line(['---', ...head.slice(1).map(() => '--:')]);
  return ['', '**Kernels**', '', EXPLANATION, '', line(head), rule, ...rows];
}
