/** Turning a plane, and finding the way back from a turned pixel. */
import { createPlane, type Plane } from './plane.ts';

/** How a plane came from another: turned about the middle, which stays the middle. */
export interface Turn {
  /** Radians by which the source leans clockwise as seen; turning takes the lean away. */
  angle: number;
  sourceWidth: number;
  sourceHeight: number;
  width: number;
  height: number;
}

export function noTurn({ width, height }: Plane): Turn {
  return { angle: 0, sourceWidth: width, sourceHeight: height, width, height };
}

/** Where the point (x, y) of the turned plane was in the source. */
export function sourceOf(turn: Turn, x: number, y: number): [x: number, y: number] {
  if (turn.angle === 0) return [x, y];
  const cosine = Math.cos(turn.angle);
  const sine = Math.sin(turn.angle);
  const fromMiddleX = x - turn.width / 2;
  const fromMiddleY = y - turn.height / 2;
  return [
    turn.sourceWidth / 2 + cosine * fromMiddleX - sine * fromMiddleY,
    turn.sourceHeight / 2 + sine * fromMiddleX + cosine * fromMiddleY,
  ];
}

/** Takes a lean of `angle` radians away, interpolating between pixels. What comes in from outside is 0. */
export function turned(plane: Plane, angle: number): { ink: Plane; turn: Turn } {
  const cosine = Math.abs(Math.cos(angle));
  const sine = Math.abs(Math.sin(angle));
  const width = Math.ceil(plane.width * cosine + plane.height * sine);
  const height = Math.ceil(plane.width * sine + plane.height * cosine);
  const turn = { angle, sourceWidth: plane.width, sourceHeight: plane.height, width, height };
  const result = createPlane(width, height);
  const { data } = plane;
  const stepX = Math.cos(angle);
  const stepY = Math.sin(angle);
  for (let y = 0, i = 0; y < height; y++) {
    let [x0, y0] = sourceOf(turn, 0.5, y + 0.5);
    x0 -= 0.5;
    y0 -= 0.5;
    for (let x = 0; x < width; x++, i++) {
      const sourceX = x0 + x * stepX;
      const sourceY = y0 + x * stepY;
      const left = Math.floor(sourceX);
      const top = Math.floor(sourceY);
      if (left < 0 || top < 0 || left + 1 >= plane.width || top + 1 >= plane.height) continue;
      const at = top * plane.width + left;
      const shareX = sourceX - left;
      const shareY = sourceY - top;
      const upper = data[at] + (data[at + 1] - data[at]) * shareX;
      const lower = data[at + plane.width] + (data[at + plane.width + 1] - data[at + plane.width]) * shareX;
      result.data[i] = upper + (lower - upper) * shareY;
    }
  }
  return { ink: result, turn };
}
