/** The curves of `bench scaling` in the HTML report. */
import type { Curve, ScalingResult } from './measure.ts';
import { type PlotLine, renderPlot } from './plot.ts';

const CURVES: Record<Curve, { title: string; xLabel: string }> = {
  batch: { title: 'Time of a batch', xLabel: 'pictures in a batch' },
  channels: {
    title: 'Time of a 3×3 convolution of 32 pictures of 14×14',
    xLabel: 'channels, in and out',
  },
  threads: { title: 'Time of a batch (128 to train, 256 to infer)', xLabel: 'threads' },
};

export function renderScaling(results: readonly ScalingResult[]): string {
  const plots = Object.entries(CURVES).flatMap(([curve, { title, xLabel }]) => {
    const rows = results.filter((row) => row.curve === curve);
    if (rows.length === 0) return [];
    const names = [...new Set(rows.map(({ line }) => line))];
    const lines = names.map((name) =>
      lineOf(
        name,
        rows.filter(({ line }) => line === name),
      ),
    );
    const threads = rows[0].threads;
    const suffix = curve === 'threads' ? '' : `, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
    return [renderPlot({ title: title + suffix, xLabel, yLabel: 'milliseconds', lines })];
  });
  return `<h2>How time grows</h2>
<p>Both axes are logarithmic. Dashed: time in proportion to the work, as fast as at the last point; or, over threads, as one thread shared out.</p>
${plots.join('\n')}`;
}

function lineOf(name: string, rows: readonly ScalingResult[]): PlotLine {
  const isThreads = rows[0].curve === 'threads';
  const known = isThreads ? rows[0] : rows[rows.length - 1];
  const proportional = ({ x, gflops, milliseconds }: ScalingResult) => {
    const work = gflops * milliseconds;
    return isThreads ? (known.milliseconds * known.x) / x : work / known.gflops;
  };
  return {
    name: name.replace('/', ' ').replace(/[A-Z]/, (letter) => ` ${letter.toLowerCase()}`),
    points: rows.map(({ x, milliseconds }) => [x, milliseconds]),
    proportion: rows.map((row) => [row.x, proportional(row)]),
  };
}
