/**
 * Ink on paper: lines with round ends and changing width, as grey pixels.
 *
 * A pixel's grey is found from the distance between its centre and the nearest piece of a line: full inside the line,
 * none outside, and falling linearly over a grey edge in between, which is what averaging a sharp black-and-white scan
 * over the area of a pixel gives. No supersampling, so a digit costs some thousand distances. Where lines cross, the
 * darker one counts, as ink does not add up.
 */
import type { Trace } from './deform.ts';

/**
 * Draws into `pixels` (rows of `width`, 0 paper to 1 ink). Traces are in pixels, pixel (column, row) has its
 * centre at (column + 0.5, row + 0.5); their widths are shares of `penWidth` pixels; `softness` is half the width of
 * the grey edge in pixels.
 */
export function drawTraces(
  pixels: Float64Array,
  width: number,
  traces: readonly Trace[],
  penWidth: number,
  softness: number,
): void {
  for (const { line, widths } of traces) {
    for (let i = 0; i + 1 < widths.length; i++) {
      const startRadius = (widths[i] * penWidth) / 2;
      const endRadius = (widths[i + 1] * penWidth) / 2;
      drawPiece(pixels, width, line, 2 * i, startRadius, endRadius, softness);
    }
  }
}

/** Draws the piece from the point at `line[at]` to the next one. */
function drawPiece(
  pixels: Float64Array,
  width: number,
  line: Float64Array,
  at: number,
  startRadius: number,
  endRadius: number,
  softness: number,
): void {
  const height = pixels.length / width;
  const startX = line[at];
  const startY = line[at + 1];
  const alongX = line[at + 2] - startX;
  const alongY = line[at + 3] - startY;
  const squaredLength = alongX * alongX + alongY * alongY;
  const inverse = squaredLength > 0 ? 1 / squaredLength : 0;
  const reach = Math.max(startRadius, endRadius) + softness;
  const left = Math.max(0, Math.floor(startX + Math.min(0, alongX) - reach));
  const right = Math.min(width, Math.ceil(startX + Math.max(0, alongX) + reach));
  const top = Math.max(0, Math.floor(startY + Math.min(0, alongY) - reach));
  const bottom = Math.min(height, Math.ceil(startY + Math.max(0, alongY) + reach));
  for (let row = top; row < bottom; row++) {
    const y = row + 0.5 - startY;
    for (let column = left; column < right; column++) {
      const x = column + 0.5 - startX;
      const share = Math.min(1, Math.max(0, (x * alongX + y * alongY) * inverse));
      const distanceX = x - share * alongX;
      const distanceY = y - share * alongY;
      const distance = Math.sqrt(distanceX * distanceX + distanceY * distanceY);
      const radius = startRadius + share * (endRadius - startRadius);
      const ink = Math.min(1, (radius - distance + softness) / (2 * softness));
      const pixel = row * width + column;
      if (ink > pixels[pixel]) pixels[pixel] = ink;
    }
  }
}
