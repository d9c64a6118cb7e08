/** Small grids of numbers as pixels, in the colours of the page. */
import { h } from './dom.ts';

type Colour = readonly [red: number, green: number, blue: number];

const WARM: Colour = [234, 88, 12];
const COLD: Colour = [13, 116, 190];
const INK: Colour = [29, 30, 34];

/** A canvas of so many pixels, which style sheets enlarge. `alternative` tells what it shows. */
export function bitmap(width: number, height: number, alternative?: string): HTMLCanvasElement {
  return h('canvas', {
    width,
    height,
    class: 'bitmap',
    role: alternative ? 'img' : 'presentation',
    'aria-label': alternative,
  });
}

/** Ink of 0 to 255 on white. */
export function paintInk(canvas: HTMLCanvasElement, ink: ArrayLike<number>): void {
  paint(canvas, (at) => mix(INK, ink[at] / 255));
}

/** Values from −1, cold, over 0, white, to 1, warm; with ink, faintly, below them. */
export function paintSigned(
  canvas: HTMLCanvasElement,
  value: (at: number) => number,
  ink?: ArrayLike<number>,
): void {
  paint(canvas, (at) => {
    const here = Math.max(-1, Math.min(1, value(at)));
    const tint = mix(here > 0 ? WARM : COLD, Math.abs(here) ** 0.75);
    const shade = ink ? 1 - (0.3 * ink[at]) / 255 : 1;
    return [tint[0] * shade, tint[1] * shade, tint[2] * shade];
  });
}

function mix(colour: Colour, share: number): Colour {
  const part = (value: number) => 255 + share * (value - 255);
  return [part(colour[0]), part(colour[1]), part(colour[2])];
}

function paint(canvas: HTMLCanvasElement, colourAt: (at: number) => Colour): void {
  const { width, height } = canvas;
  const image = new ImageData(width, height);
  const { data } = image;
  for (let at = 0; at < width * height; at++) {
    const [red, green, blue] = colourAt(at);
    data[4 * at] = red;
    data[4 * at + 1] = green;
    data[4 * at + 2] = blue;
    data[4 * at + 3] = 255;
  }
  canvas.getContext('2d')?.putImageData(image, 0, 0);
}

/** The largest size of any value, but never 0. */
export function largest(values: ArrayLike<number>): number {
  let most = 1e-9;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]));
  return most;
}
