/**
 * The lines that paper comes with: ruling, squares, margins. They are found and taken out of the ink, except where
 * strokes cross them.
 *
 * Thin runs of ink down a column vote for the straight lines they could be of, level or leaning a little (the
 * transform of Hough in the form of Duda and Hart, "Use of the Hough transformation to detect lines and curves in
 * pictures", 1972). Lines that go through the picture, and families of parallel ones, are followed from column to column,
 * as paper is seldom quite flat, and their runs are cleared. A run longer than a line is thick belongs to a stroke and
 * stays. Upright lines are found in the same way in the transposed plane.
 */
import { clamp, type Plane, transposed } from './plane.ts';

/** Ink, as a share of full strength, from which lines are looked for and cleared: fainter than ink itself. */
const FAINTEST_LINE = 0.22;
const STEEPEST = 0.42;
const SLOPES = 85;
const SLOPE_OF = Float64Array.from(
  { length: SLOPES },
  (_, i) => ((i - (SLOPES - 1) / 2) / ((SLOPES - 1) / 2)) * STEEPEST,
);
/** Lines that cross at a smaller angle are one, as far as votes tell. */
const ALIKE_SLOPES = 0.06;
/** A line on its own must be there for this share of its way through the picture. */
const LONE_COVERAGE = 0.65;
/** An upright one for more, since a 1 is an upright line too. */
const LONE_UPRIGHT_COVERAGE = 0.88;
/** And either for this share of the picture's width or height. */
const LONE_LENGTH = 0.5;
/** Lines of a family of at least this many parallels, for this share of the picture's width or height. */
const FAMILY = 3;
const FAMILY_LENGTH = 0.4;
const MOST_LINES = 120;
/** Lines are no thicker than one of these many parts of the picture's shorter side. */
const NARROWNESS = 40;
/** The runs that vote are thinned out to about this many. */
const MOST_VOTERS = 60_000;

/** y = offset + slope · x. */
interface Straight {
  slope: number;
  offset: number;
}

interface Line extends Straight {
  /** Columns where it was seen, over columns from its first to its last in the picture. */
  length: number;
  coverage: number;
  reachesEnds: boolean;
}

/** A plane of the same size that is 1 where a line was and is to be cleared, or undefined where there is none. */
export function findRuling(ink: Plane, strokeWidth: number): Uint8Array | undefined {
  const shorter = Math.min(ink.width, ink.height);
  const thickest = Math.ceil(Math.min(1.3 * strokeWidth + 1, shorter / NARROWNESS));
  if (thickest < 2) return undefined;
  const upright = transposed(ink);
  const rows = chosenLines(findLines(upright, thickest), ink.width, LONE_COVERAGE, true);
  const columns = chosenLines(
    findLines(ink, thickest),
    upright.width,
    LONE_UPRIGHT_COVERAGE,
    rows.length >= 2,
  );
  if (rows.length + columns.length === 0) return undefined;
  const cleared = new Uint8Array(ink.data.length);
  clearLines(ink, rows, thickest, (x, y) => (cleared[y * ink.width + x] = 1));
  clearLines(upright, columns, thickest, (x, y) => (cleared[x * ink.width + y] = 1));
  return cleared;
}

/** Middles of thin runs of ink down columns. */
interface Runs {
  xs: number[];
  ys: number[];
  /** Columns that have any. */
  columns: number;
}

/** `upright` has the picture's columns as rows; of each `step` columns one is looked at. */
function thinRuns({ width: height, height: width, data }: Plane, step: number, thickest: number): Runs {
  const xs: number[] = [];
  const ys: number[] = [];
  let columns = 0;
  for (let x = 0; x < width; x += step) {
    const top = x * height;
    const before = xs.length;
    for (let y = 0; y < height; y++) {
      if (data[top + y] < FAINTEST_LINE) continue;
      const start = y;
      while (y < height && data[top + y] >= FAINTEST_LINE) y++;
      if (y - start > thickest || start === 0 || y === height) continue;
      xs.push(x);
      ys.push((start + y - 1) / 2);
    }
    if (xs.length > before) columns++;
  }
  return { xs, ys, columns };
}

/** The strongest lines that go across, the one most seen first. `upright` has the picture's columns as rows. */
function findLines(upright: Plane, thickest: number): Line[] {
  const { width: height, height: width } = upright;
  const step = Math.max(1, Math.floor(width / 1024));
  const { xs, ys, columns } = thinRuns(upright, step, thickest);
  // No line is chosen that is seen in fewer columns.
  if (columns * step < Math.min(LONE_LENGTH, FAMILY_LENGTH) * width) return [];
  const thinning = Math.max(1, Math.ceil(xs.length / MOST_VOTERS));
  const reach = Math.ceil(STEEPEST * width);
  const bins = height + 2 * reach + 2;
  const votes = new Uint16Array(SLOPES * bins);
  for (let s = 0; s < SLOPES; s++) {
    for (let i = 0; i < xs.length; i += thinning) {
      votes[s * bins + Math.round(ys[i] - SLOPE_OF[s] * xs[i]) + reach]++;
    }
  }
  const favourites = Int32Array.from(SLOPE_OF, (_, s) => favouriteOf(votes, s * bins, bins));
  // A line seen on its whole way has this many; slopes between two bins spread it over a few offsets.
  const full = width / step / thinning;
  const lines: Line[] = [];
  while (lines.length < MOST_LINES) {
    const best = favourites.reduce((one, other) => (votes[other] > votes[one] ? other : one));
    if (votes[best] < 0.12 * full) break;
    const slope = SLOPE_OF[Math.floor(best / bins)];
    const offset = (best % bins) - reach;
    const line = refine(xs, ys, slope, offset, thickest);
    for (let s = 0; s < SLOPES; s++) {
      if (Math.abs(slope - SLOPE_OF[s]) > ALIKE_SLOPES) continue;
      silence(votes.subarray(s * bins, (s + 1) * bins), width, slope - SLOPE_OF[s], offset + reach, thickest);
      favourites[s] = favouriteOf(votes, s * bins, bins);
    }
    // A line that is not quite straight, or thick, is found several times.
    if (line === undefined || lines.some((known) => isSameLine(line, known, width, thickest))) continue;
    lines.push(measured(line, xs, ys, width, height, step, thickest));
  }
  return lines;
}

/** Of `count` votes from `start`, the first that no other is larger than. */
function favouriteOf(votes: Uint16Array, start: number, count: number): number {
  let best = start;
  for (let i = start + 1; i < start + count; i++) if (votes[i] > votes[best]) best = i;
  return best;
}

/** Whether two lines go through the same places: a family of one line is none. */
function isSameLine(one: Straight, other: Straight, width: number, thickest: number): boolean {
  return [0.25, 0.75].every((share) => {
    const x = share * width;
    return Math.abs(one.offset + one.slope * x - other.offset - other.slope * x) <= thickest + 2;
  });
}

/** Least squares through the runs near a line, twice. */
function refine(xs: number[], ys: number[], slope: number, offset: number, thickest: number) {
  let line = { slope, offset };
  for (let round = 0; round < 2; round++) {
    let n = 0;
    let sumX = 0;
    let sumY = 0;
    let sumXX = 0;
    let sumXY = 0;
    for (let i = 0; i < xs.length; i++) {
      if (Math.abs(ys[i] - line.offset - line.slope * xs[i]) > thickest + 1) continue;
      n++;
      sumX += xs[i];
      sumY += ys[i];
      sumXX += xs[i] * xs[i];
      sumXY += xs[i] * ys[i];
    }
    const spread = n * sumXX - sumX * sumX;
    if (n < 8 || !(spread > 0)) return undefined;
    const fitted = (n * sumXY - sumX * sumY) / spread;
    line = { slope: fitted, offset: (sumY - fitted * sumX) / n };
  }
  return line;
}

/**
 * Of the votes for lines of one slope, takes those for lines that nearly are a chosen one, whose slope is `turn` larger: in
 * the middle of the picture they go through the same place, or cross it at a small angle.
 */
function silence(votes: Uint16Array, width: number, turn: number, bin: number, thickest: number): void {
  const shift = turn * (width / 2);
  const spread = thickest + 2 + Math.abs(shift);
  const first = Math.max(0, Math.floor(bin + shift - spread));
  const last = Math.min(votes.length - 1, Math.ceil(bin + shift + spread));
  votes.fill(0, first, last + 1);
}

function measured(
  { slope, offset }: Straight,
  xs: number[],
  ys: number[],
  width: number,
  height: number,
  step: number,
  thickest: number,
): Line {
  const seen = new Uint8Array(Math.ceil(width / step));
  for (let i = 0; i < xs.length; i++) {
    if (Math.abs(ys[i] - offset - slope * xs[i]) <= thickest / 2 + 1.5) seen[xs[i] / step] = 1;
  }
  let inside = 0;
  let first = 0;
  let last = 0;
  let count = 0;
  for (let i = 0; i < seen.length; i++) {
    const y = offset + slope * i * step;
    if (y < 0 || y >= height) continue;
    if (inside === 0) first = i;
    last = i;
    inside++;
    count += seen[i];
  }
  // A line of the paper goes on to both of its ends.
  const tenth = Math.max(1, Math.floor(inside / 10));
  const endsAt = (from: number, to: number) =>
    seen.subarray(from, to).reduce((sum, one) => sum + one, 0) / tenth;
  const reachesEnds = endsAt(first, first + tenth) >= 0.4 && endsAt(last + 1 - tenth, last + 1) >= 0.4;
  return { slope, offset, length: count * step, coverage: inside > 0 ? count / inside : 0, reachesEnds };
}

/** Lines that go through the picture, and families of parallels where `hasFamilies`. */
function chosenLines(lines: readonly Line[], width: number, lone: number, hasFamilies: boolean): Line[] {
  const isLong = ({ length, coverage, reachesEnds }: Line) =>
    reachesEnds && coverage >= lone && length >= LONE_LENGTH * width;
  const inFamily = lines.filter(({ length }) => length >= FAMILY_LENGTH * width);
  return lines.filter((line) => {
    if (isLong(line)) return true;
    const parallels = inFamily.filter(({ slope }) => Math.abs(slope - line.slope) < 0.035).length;
    const certain = lines.filter(
      (other) => isLong(other) && Math.abs(other.slope - line.slope) < 0.05,
    ).length;
    return (
      hasFamilies &&
      line.length >= FAMILY_LENGTH * width * (certain >= 2 ? 0.5 : 1) &&
      parallels + certain >= FAMILY
    );
  });
}

/**
 * Calls back with the pixels of lines that are no stroke's. What is thicker or much stronger than the line usually is
 * belongs to a stroke; so does what is much stronger than the other lines, for a stroke may lie where a line would.
 */
function clearLines(
  ink: Plane,
  lines: readonly Line[],
  thickest: number,
  clear: (x: number, y: number) => void,
): void {
  const traces = lines.map((line) => {
    const runs = runsAlong(ink, line, thickest);
    const thickness = middleOf(runs.map(({ top, bottom }) => bottom - top + 1));
    const strength = middleOf(runs.map((run) => run.strength));
    return { line, runs, thickness, strength };
  });
  const longest = Math.max(...lines.map(({ length }) => length));
  const long = traces.filter(({ line }) => line.length >= LONGER * longest);
  const usual = middleOf(long.map(({ strength }) => strength));
  for (const { runs, thickness, strength } of traces) {
    const strongest = STRONGER * Math.min(strength, STRONGER * usual) + 0.05;
    for (const run of runs) {
      if (run.bottom - run.top + 1 > 1.5 * thickness + 1 || run.strength > strongest) continue;
      for (let y = Math.max(0, run.top - 1); y <= Math.min(ink.height - 1, run.bottom + 1); y++)
        clear(run.x, y);
    }
  }
}

/** Lines tell how strong lines are if they are seen for this share of the longest one's way. */
const LONGER = 0.7;
/** Ink this many times as strong as its line is no line's. */
const STRONGER = 1.5;

function middleOf(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

interface Run {
  x: number;
  top: number;
  bottom: number;
  strength: number;
}

/** The thin runs of ink that lie on a line, from the middle of the picture to both sides. */
function runsAlong({ width, height, data }: Plane, { slope, offset }: Line, thickest: number): Run[] {
  const near = thickest + 1;
  const start = Math.floor(width / 2);
  const runs: Run[] = [];
  for (const direction of [1, -1]) {
    let drift = 0;
    for (let x = direction > 0 ? start : start - 1; x >= 0 && x < width; x += direction) {
      const expected = offset + slope * x + drift;
      const at = nearestInk(data, width, height, x, expected, near);
      if (at === undefined) continue;
      let top = at;
      let bottom = at;
      while (top > 0 && data[(top - 1) * width + x] >= FAINTEST_LINE) top--;
      while (bottom + 1 < height && data[(bottom + 1) * width + x] >= FAINTEST_LINE) bottom++;
      if (bottom - top + 1 > thickest) continue;
      const off = (top + bottom) / 2 - expected;
      // Slowly, so that a stroke that leaves the line does not take it along.
      drift = clamp(drift + 0.08 * clamp(off, -1, 1), -0.02 * width - 4, 0.02 * width + 4);
      if (Math.abs(off) > thickest / 2 + 1.5) continue;
      let strength = 0;
      for (let y = top; y <= bottom; y++) strength = Math.max(strength, data[y * width + x]);
      runs.push({ x, top, bottom, strength });
    }
  }
  return runs;
}

function nearestInk(
  data: Float32Array,
  width: number,
  height: number,
  x: number,
  expected: number,
  near: number,
): number | undefined {
  const middle = Math.round(expected);
  for (let away = 0; away <= near; away++) {
    for (const y of [middle - away, middle + away]) {
      if (y >= 0 && y < height && data[y * width + x] >= FAINTEST_LINE) return y;
    }
  }
  return undefined;
}
