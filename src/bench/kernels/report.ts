/** The rows of `bench kernels` for people: in the HTML report, and as Markdown. */
import { escaped, htmlTable } from '../../report/html.ts';
import { milliseconds, placeOf } from '../summary.ts';
import type { Direction } from './cases.ts';
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

/** Directions that stand in one column: an operation has one of each at most. */
const COLUMNS: readonly { title: string; directions: readonly Direction[] }[] = [
  { title: 'forward', directions: ['forward'] },
  { title: "input's gradient", directions: ['inputGradient', 'backward'] },
  { title: "weights' gradient or update", directions: ['weightGradient', 'update'] },
];

const SHORT_EXPLANATION =
  "Shares of the roof. 3×3 convolutions count the multiplications of their definition; by Winograd's algorithm they do fewer, and may pass it.";

/** A row for each operation and shape, with the shares that its directions have of their roofs. */
export function kernelsMarkdown(results: readonly KernelResult[]): string[] {
  const places = placesOf(results);
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const head = ['kernel', ...COLUMNS.flatMap(({ title }) => places.map((place) => `${title}, ${place}`))];
  const groups = Map.groupBy(results, (result) => subjectOf(result));
  const rows = [...groups].map(([name, group]) => {
    const cells = COLUMNS.flatMap(({ directions }) =>
      places.map((place) => {
        const found = group.find((one) => directions.includes(one.direction) && placeOf(one) === place);
        return found ? shareOf(found) : '–';
      }),
    );
    return line([name, ...cells]);
  });
  const rule = line(['---', ...head.slice(1).map(() => '--:')]);
  return ['', '**Kernels**', '', `${EXPLANATION} ${SHORT_EXPLANATION}`, '', line(head), rule, ...rows];
}

/** What a case is about, without its direction: `gemm 1024`, `relu 28x28x32`. */
function subjectOf({ case: name, direction }: KernelResult): string {
  const words = name.split('/').filter((word) => word !== 'kernel' && word !== direction);
  return words.join(' ');
}
