/** Line charts as SVG, drawn anew when something has changed and the browser is about to paint. */

export type Point = readonly [x: number, y: number];

export interface Series {
  /** Class of what is drawn, which gives it its colour. */
  name: string;
  points: readonly Point[];
  /** A dot on each point. */
  dots?: boolean;
}

export interface ChartContent {
  /** What the x axis reaches to, though points may not yet. Points below the y axis are left out. */
  steps: number;
  series: readonly Series[];
  /** For those who hear the page. */
  spoken: string;
}

const MARGIN = { top: 10, right: 10, bottom: 26, left: 46 };
/** Points of a line beyond which neighbours are joined: there are no more pixels to show them. */
const MOST_POINTS = 400;

export class Chart {
  readonly #place: HTMLElement;
  readonly #content: () => ChartContent;
  readonly #bounds: (values: readonly number[]) => readonly [number, number];
  readonly #format: (value: number) => string;
  #isDue = false;

  constructor(
    place: HTMLElement,
    content: () => ChartContent,
    bounds: (values: readonly number[]) => readonly [number, number],
    format: (value: number) => string,
  ) {
    this.#place = place;
    this.#content = content;
    this.#bounds = bounds;
    this.#format = format;
    new ResizeObserver(() => this.update()).observe(place);
  }

  /** Draws before the next frame. */
  update(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      this.#draw();
    });
  }

  #draw(): void {
    const { clientWidth: width, clientHeight: height } = this.#place;
    const { steps, series, spoken } = this.#content();
    const [low, high] = this.#bounds(series.flatMap(({ points }) => points.map(([, y]) => y)));
    const [right, bottom] = [width - MARGIN.right, height - MARGIN.bottom];
    const x = (step: number) => MARGIN.left + (step / Math.max(1, steps)) * (right - MARGIN.left);
    const y = (value: number) => bottom - ((value - low) / (high - low)) * (bottom - MARGIN.top);
    const rows = ticks(low, high).map((tick) => {
      const at = y(tick).toFixed(1);
      return `<line class="grid" x1="${MARGIN.left}" x2="${right}" y1="${at}" y2="${at}"/><text x="${MARGIN.left - 6}" y="${at}" text-anchor="end" dominant-baseline="central">${this.#format(tick)}</text>`;
    });
    const ends = `<text x="${MARGIN.left}" y="${height - 6}">0</text><text x="${right}" y="${height - 6}" text-anchor="end">${steps.toLocaleString('en')} steps</text>`;
    const lines = series.map(({ name, points, dots }) => {
      const shown = joined(points.filter(([, value]) => value >= low)).map(([px, py]) => [
        x(px).toFixed(1),
        y(py).toFixed(1),
      ]);
      const circles = dots ? shown.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="4"/>`).join('') : '';
      return `<g class="${name}"><path class="${name}" d="${shown.map((point, i) => `${i ? 'L' : 'M'}${point.join(' ')}`).join('')}"/>${circles}</g>`;
    });
    this.#place.innerHTML = `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${spoken}">${rows.join('')}${ends}${lines.join('')}</svg>`;
  }
}

/** Neighbours joined to their mean until few enough are left. */
function joined(points: readonly Point[]): readonly Point[] {
  const size = Math.ceil(points.length / MOST_POINTS);
  if (size <= 1) return points;
  return Array.from({ length: Math.ceil(points.length / size) }, (_, i) => {
    const some = points.slice(i * size, (i + 1) * size);
    const mean = (axis: 0 | 1) => some.reduce((sum, point) => sum + point[axis], 0) / some.length;
    return [mean(0), mean(1)] as const;
  });
}

/** Round numbers between two others, some five of them. */
function ticks(low: number, high: number): number[] {
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10]
    .map((factor) => factor * power)
    .find((candidate) => candidate >= rough * 0.999)!;
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, i) => (first + i) * step);
}
