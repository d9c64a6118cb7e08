/** Lines over two logarithmic axes, as SVG: what grows in proportion is straight, at the same slope everywhere. */
import { escaped } from '../../report/html.ts';

export interface PlotLine {
  name: string;
  points: readonly (readonly [x: number, y: number])[];
  /** Where the points would lie in proportion, drawn dashed. */
  proportion?: readonly (readonly [x: number, y: number])[];
}

export interface Plot {
  title: string;
  xLabel: string;
  yLabel: string;
  lines: readonly PlotLine[];
}

const WIDTH = 720;
const HEIGHT = 360;
const MARGIN = { top: 16, right: 150, bottom: 44, left: 62 };
/** Least distance between the names at the ends of lines. */
const NAME_HEIGHT = 17;

/** Maps values of a logarithmic axis to a range of the drawing. */
function axis(values: readonly number[], begin: number, end: number) {
  const [least, most] = [Math.log(Math.min(...values)), Math.log(Math.max(...values))];
  const span = most - least || 1;
  return (value: number) => begin + ((Math.log(value) - least) / span) * (end - begin);
}

/** 1, 2 and 5 times powers of ten between two numbers, or only the powers where that would be too many. */
export function ticks(least: number, most: number): number[] {
  const first = Math.floor(Math.log10(least));
  const decades = Array.from({ length: Math.ceil(Math.log10(most)) - first + 1 }, (_, i) => first + i);
  const steps = decades.length > 4 ? [1] : [1, 2, 5];
  return decades
    .flatMap((decade) => steps.map((step) => Number(`${step}e${decade}`)))
    .filter((tick) => tick >= least && tick <= most);
}

export function renderPlot({ title, xLabel, yLabel, lines }: Plot): string {
  const all = lines.flatMap(({ points, proportion = [] }) => [...points, ...proportion]);
  const xs = [...new Set(all.map(([x]) => x))].sort((a, b) => a - b);
  const ys = all.map(([, y]) => y);
  const [right, bottom] = [WIDTH - MARGIN.right, HEIGHT - MARGIN.bottom];
  const x = axis(xs, MARGIN.left, right);
  const y = axis(ys, bottom, MARGIN.top);
  const grid = [
    ...ticks(Math.min(...ys), Math.max(...ys)).map((tick) => {
      const at = y(tick).toFixed(1);
      return `<line class="axis" x1="${MARGIN.left}" y1="${at}" x2="${right}" y2="${at}"/><text class="numbers" x="${MARGIN.left - 8}" y="${at}" text-anchor="end" dominant-baseline="central">${tick.toLocaleString('en-US')}</text>`;
    }),
    ...xs.map(
      (value) =>
        `<text class="numbers" x="${x(value).toFixed(1)}" y="${bottom + 18}" text-anchor="middle">${value}</text>`,
    ),
  ];
  const path = (points: PlotLine['points']) =>
    points.map(([px, py]) => `${x(px).toFixed(1)},${y(py).toFixed(1)}`).join(' ');
  const names = spread(lines.map(({ points }) => y(points[points.length - 1][1])));
  const drawn = lines.map(({ name, points, proportion }, i) => {
    const dots = points.map(
      ([px, py]) =>
        `<circle cx="${x(px).toFixed(1)}" cy="${y(py).toFixed(1)}" r="3.5"><title>${escaped(`${name}, ${px}: ${py.toPrecision(3)} ms`)}</title></circle>`,
    );
    return `<g class="line-${(i % 3) + 1}">
${proportion ? `<polyline class="proportion" points="${path(proportion)}"/>` : ''}
<polyline points="${path(points)}"/>
${dots.join('')}
<text x="${right + 10}" y="${names[i].toFixed(1)}" dominant-baseline="central">${escaped(name)}</text>
</g>`;
  });
  const spoken = lines
    .map(
      ({ name, points }) => `${name}: ${points.map(([px, py]) => `${px} ${py.toPrecision(3)}`).join(', ')}`,
    )
    .join('; ');
  return `<h3>${escaped(title)}</h3>
<svg class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(`${title}. ${spoken}`)}">
${grid.join('\n')}
${drawn.join('\n')}
<text class="numbers" x="${(MARGIN.left + right) / 2}" y="${HEIGHT - 6}" text-anchor="middle">${escaped(xLabel)}</text>
<text class="numbers" transform="translate(14 ${(MARGIN.top + bottom) / 2}) rotate(-90)" text-anchor="middle">${escaped(yLabel)}</text>
</svg>`;
}

/** Moves positions apart until none is closer to the next than a name is high. */
function spread(positions: readonly number[]): number[] {
  const order = positions.map((_, i) => i).sort((a, b) => positions[a] - positions[b]);
  const moved = [...positions];
  for (let i = 1; i < order.length; i++) {
    moved[order[i]] = Math.max(moved[order[i]], moved[order[i - 1]] + NAME_HEIGHT);
  }
  return moved;
}
