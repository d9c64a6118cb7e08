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
  /** What the x axis counts; steps by default. */
  unit?: string;
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
    const { steps, unit = 'steps', series, spoken } = this.#content();
    const [low, high] = this.#bounds(series.flatMap(({ points }) => points.map(([, y]) => y)));
    const [right, bottom] = [width - MARGIN.right, height - MARGIN.bottom];
    const x = (step: number) => MARGIN.left + (step / Math.max(1, steps)) * (right - MARGIN.left);
    const y = (value: number) => bottom - ((value - low) / (high - low)) * (bottom - MARGIN.top);
    const rows = ticks(low, high).flatMap((tick) => [
      shape('line', { class: 'grid', x1: MARGIN.left, x2: right, y1: y(tick), y2: y(tick) }),
      text(this.#format(tick), {
        ...{ x: MARGIN.left - 6, y: y(tick) },
        ...{ 'text-anchor': 'end', 'dominant-baseline': 'central' },
      }),
    ]);
    const ends = [
      text('0', { x: MARGIN.left, y: height - 6 }),
      text(`${steps.toLocaleString('en')} ${unit}`, { x: right, y: height - 6, 'text-anchor': 'end' }),
    ];
    const lines = series.map(({ name, points, dots }) => {
      const shown = joined(points.filter(([, value]) => value >= low)).map(([px, py]) => [
        x(px).toFixed(1),
        y(py).toFixed(1),
      ]);
      const path = shown.map((point, i) => `${i ? 'L' : 'M'}${point.join(' ')}`).join('');
      const circles = dots ? shown.map(([cx, cy]) => shape('circle', { cx, cy, r: 4 })) : [];
      return shape('g', { class: name }, [shape('path', { class: name, d: path }), ...circles]);
    });
    const attributes = { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': spoken };
    this.#place.replaceChildren(shape('svg', attributes, [...rows, ...ends, ...lines]));
  }
}

function shape(
  tag: string,
  attributes: Record<string, string | number>,
  children: readonly Node[] = [],
): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

function text(content: string, attributes: Record<string, string | number>): SVGElement {
  return shape('text', attributes, [document.createTextNode(content)]);
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
