/**
 * A stroke: where the pen went, how hard it was pressed, and how that becomes a smooth line.
 *
 * A hand and a digitiser tremble. Each new point is therefore pulled a little towards the one before it, points that
 * hardly moved are dropped, and the line runs through the middles between neighbours as quadratic curves, with the
 * points themselves as control points: smooth everywhere, and never far from where the pen was.
 */

export interface InkPoint {
  x: number;
  y: number;
  /** 0 to 1; 0.5 is a pen held lightly, and what mice and most fingers report. */
  pressure: number;
}

export interface Stroke {
  points: InkPoint[];
  /** Width of the line at a pressure of 0.5, in the units of the points. */
  width: number;
  isEraser: boolean;
}

/** Share of the way to a new point that the line goes. */
const FOLLOWING = 0.65;
/** A point nearer than this to the one before it says nothing new. */
const SHORTEST_MOVE = 0.3;
/** Length of the straight pieces that a curve is drawn as. */
const PIECE = 0.75;

/** Adds a point as the pen reports it; whether it was far enough from the last to matter. */
export function extend(stroke: Stroke, raw: InkPoint): boolean {
  const last = stroke.points.at(-1);
  if (!last) {
    stroke.points.push(raw);
    return true;
  }
  const x = last.x + FOLLOWING * (raw.x - last.x);
  const y = last.y + FOLLOWING * (raw.y - last.y);
  if (Math.hypot(x - last.x, y - last.y) < SHORTEST_MOVE) return false;
  stroke.points.push({ x, y, pressure: last.pressure + FOLLOWING * (raw.pressure - last.pressure) });
  return true;
}

/** Ends the line where the pen was lifted, which smoothing had not reached yet. */
export function finish(stroke: Stroke, raw: InkPoint): void {
  const last = stroke.points.at(-1);
  if (last && Math.hypot(raw.x - last.x, raw.y - last.y) >= SHORTEST_MOVE) stroke.points.push(raw);
}

/** Width of the line under a pressure. */
export function widthAt(stroke: Stroke, pressure: number): number {
  return stroke.width * (0.5 + pressure);
}

/** A short straight piece of a line. */
export interface Piece {
  from: InkPoint;
  to: InkPoint;
}

/**
 * The pieces that the line has more since it had `known` points. The last half step, from the middle to the last
 * point, comes only with `isFinished`, because the next point will bend it.
 */
export function* pieces({ points }: Stroke, known: number, isFinished: boolean): Generator<Piece> {
  const count = points.length;
  if (count === 1 && isFinished) yield { from: points[0], to: points[0] };
  for (let i = Math.max(1, known - 1); i < count - 1; i++) {
    const start = i === 1 ? points[0] : middle(points[i - 1], points[i]);
    yield* curve(start, points[i], middle(points[i], points[i + 1]));
  }
  if (!isFinished || count < 2) return;
  const start = count === 2 ? points[0] : middle(points[count - 2], points[count - 1]);
  yield { from: start, to: points[count - 1] };
}

function middle(a: InkPoint, b: InkPoint): InkPoint {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, pressure: (a.pressure + b.pressure) / 2 };
}

function* curve(start: InkPoint, control: InkPoint, end: InkPoint): Generator<Piece> {
  const length =
    Math.hypot(control.x - start.x, control.y - start.y) + Math.hypot(end.x - control.x, end.y - control.y);
  const count = Math.max(1, Math.ceil(length / PIECE));
  let from = start;
  for (let i = 1; i <= count; i++) {
    const t = i / count;
    const weight = (a: number, b: number, c: number) => (1 - t) ** 2 * a + 2 * t * (1 - t) * b + t * t * c;
    const to = {
      x: weight(start.x, control.x, end.x),
      y: weight(start.y, control.y, end.y),
      pressure: weight(start.pressure, control.pressure, end.pressure),
    };
    yield { from, to };
    from = to;
  }
}
