/**
 * Curves a hand can draw.
 *
 * A stroke is what the pen draws without being lifted: one or more smooth runs, joined at corners. A run is given by
 * the few points it passes through and becomes a Catmull-Rom spline, which is how a hand moves between aims. The
 * curve is then cut into short pieces of equal length, so that whatever comes later (tremor, pressure, smoothing)
 * works along the length of the line and not along its control points.
 *
 * Source of the spline: Catmull and Rom, "A class of local interpolating splines", 1974, in its cubic form.
 */

/** Across and down; a digit is about 1 high, its top at 0. */
export type Point = readonly [x: number, y: number];

/** Runs through their points; each run begins where the one before it ended. */
export type Stroke = readonly (readonly Point[])[];

/** A polyline: x0, y0, x1, y1, … */
export type Polyline = Float64Array;

const PIECES_PER_SPAN = 8;

/**
 * Points on an ellipse, evenly spaced in angle, both ends included. Degrees run clockwise as seen on paper from the
 * rightmost point: 90 is the bottom, 180 the left, 270 the top; `to` below `from` goes anticlockwise.
 */
export function arc(
  [centreX, centreY]: Point,
  [radiusX, radiusY]: Point,
  from: number,
  to: number,
  count: number,
): Point[] {
  return Array.from({ length: count }, (_, i) => {
    const angle = ((from + ((to - from) * i) / (count - 1)) * Math.PI) / 180;
    return [centreX + radiusX * Math.cos(angle), centreY + radiusY * Math.sin(angle)];
  });
}

/** Appends the spline through `run`, without its first point. */
function appendSpline(coordinates: number[], run: readonly Point[]): void {
  const last = run.length - 1;
  for (let span = 0; span < last; span++) {
    const start = run[span];
    const end = run[span + 1];
    const before = run[Math.max(span - 1, 0)];
    const after = run[Math.min(span + 2, last)];
    for (let piece = 1; piece <= PIECES_PER_SPAN; piece++) {
      const t = piece / PIECES_PER_SPAN;
      for (let axis = 0; axis < 2; axis++) {
        const tangent = (end[axis] - before[axis]) / 2;
        const nextTangent = (after[axis] - start[axis]) / 2;
        const rise = end[axis] - start[axis];
        const quadratic = 3 * rise - 2 * tangent - nextTangent;
        const cubic = tangent + nextTangent - 2 * rise;
        coordinates.push(start[axis] + t * (tangent + t * (quadratic + t * cubic)));
      }
    }
  }
}

/** The same line as pieces of equal length, about `step` each, at least two points. */
function resample(line: readonly number[], step: number): Polyline {
  const points = line.length / 2;
  const reach = new Float64Array(points);
  for (let i = 1; i < points; i++) {
    const length = Math.hypot(line[2 * i] - line[2 * i - 2], line[2 * i + 1] - line[2 * i - 1]);
    reach[i] = reach[i - 1] + length;
  }
  const total = reach[points - 1];
  const pieces = Math.max(1, Math.round(total / step));
  const out = new Float64Array(2 * (pieces + 1));
  let from = 0;
  for (let i = 0; i <= pieces; i++) {
    const target = (total * i) / pieces;
    while (from < points - 2 && reach[from + 1] < target) from++;
    const length = reach[from + 1] - reach[from];
    const share = length > 0 ? Math.min(1, (target - reach[from]) / length) : 0;
    for (let axis = 0; axis < 2; axis++) {
      const start = line[2 * from + axis];
      out[2 * i + axis] = start + share * (line[2 * from + 2 + axis] - start);
    }
  }
  return out;
}

/** A stroke as a polyline of pieces about `step` long. */
export function flatten(stroke: Stroke, step: number): Polyline {
  const coordinates: number[] = [stroke[0][0][0], stroke[0][0][1]];
  for (const run of stroke) appendSpline(coordinates, run);
  return resample(coordinates, step);
}

/** Rounds a polyline in place: each inner point moves half the way to the middle of its neighbours, `passes` times. */
export function smooth(line: Polyline, passes: number): void {
  for (let pass = 0; pass < passes; pass++) {
    for (let axis = 0; axis < 2; axis++) {
      let before = line[axis];
      for (let i = 2 + axis; i < line.length - 2; i += 2) {
        const here = line[i];
        line[i] = (before + 2 * here + line[i + 2]) / 4;
        before = here;
      }
    }
  }
}
