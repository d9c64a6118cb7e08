/**
 * The sheet to draw on, with mouse, finger, pen or keys.
 *
 * Strokes are kept in the units of `picture`, a canvas that nobody sees, black on white, whose pixels are what is
 * read here and sent to the server. What is seen is a second canvas, as fine as the screen and in the colours of the
 * page.
 */
import { h } from '../dom.ts';
import { messages } from '../messages.ts';
import { drawStroke, type Ink, wipe } from './ink.ts';
import { KeyboardPen } from './keyboardPen.ts';
import { inkedRegion, type Region } from './region.ts';
import { extend, finish, type InkPoint, type Stroke } from './stroke.ts';
import { Undo } from './undo.ts';

/** Fine enough for every digit, and small enough to be read anew with each stroke. */
export const PAD_WIDTH = 220;
export const PAD_HEIGHT = 165;

export interface PadTools {
  isEraser: boolean;
  /** Of the pen; an eraser is wider. */
  width: number;
}

const ERASER_FACTOR = 2.2;

export class Pad {
  readonly element: HTMLElement;
  readonly tools: PadTools = { isEraser: false, width: 7.5 };
  /** Something has changed; `isResting` when no stroke is under way. */
  onChange: (isResting: boolean) => void = () => {};
  readonly #undo = new Undo();
  readonly #canvas: HTMLCanvasElement;
  readonly #hint: HTMLElement;
  readonly #screen: Ink;
  readonly #picture: Ink;
  readonly #keyboard: KeyboardPen;
  #current?: { stroke: Stroke; pointer: number; last: InkPoint; known: number };
  #isDue = false;

  constructor() {
    this.#canvas = h('canvas', {
      class: 'pad-canvas',
      tabindex: 0,
      role: 'application',
      'aria-label': messages.pad.label,
      'aria-roledescription': messages.pad.role,
      'aria-describedby': 'pad-keys',
    });
    this.#hint = h('p', { class: 'pad-hint', 'aria-hidden': 'true' }, messages.pad.hint);
    this.#keyboard = new KeyboardPen(PAD_WIDTH, PAD_HEIGHT, {
      start: (point) => this.#begin(point, -1),
      move: (point) => this.#extend([point]),
      end: (point) => this.#end(point),
    });
    this.element = h(
      'div',
      { class: 'pad' },
      this.#hint,
      this.#canvas,
      this.#keyboard.cursor,
      h('p', { id: 'pad-keys', class: 'unseen' }, messages.pad.keys),
    );
    this.#screen = { context: this.#canvas.getContext('2d')!, scale: 1, colour: 'black' };
    const hidden = h('canvas', { width: PAD_WIDTH, height: PAD_HEIGHT });
    const context = hidden.getContext('2d', { willReadFrequently: true, alpha: false })!;
    this.#picture = { context, scale: 1, colour: 'black', paper: 'white' };
    this.#listen();
    this.#redraw();
  }

  /** Where there is ink, and paper around it; undefined where there is none. */
  get region(): Region | undefined {
    const { strokes } = this.#undo;
    return inkedRegion(this.#current ? [...strokes, this.#current.stroke] : strokes, PAD_WIDTH, PAD_HEIGHT);
  }

  /** The brightness of the picture's pixels in a region, row by row. */
  pixels({ left, top, width, height }: Region): Uint8Array<ArrayBuffer> {
    const { data } = this.#picture.context.getImageData(left, top, width, height);
    const grey = new Uint8Array(width * height);
    // It is all grey: one channel holds everything.
    for (let i = 0; i < grey.length; i++) grey[i] = data[4 * i];
    return grey;
  }

  /** A region of the picture as a file; null where the browser cannot. */
  toPng({ left, top, width, height }: Region): Promise<Blob | null> {
    const canvas = h('canvas', { width, height });
    canvas.getContext('2d', { alpha: false })?.drawImage(this.#picture.context.canvas, -left, -top);
    return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
  }

  get isEmpty(): boolean {
    return this.#undo.isEmpty && !this.#current;
  }

  get canUndo(): boolean {
    return this.#undo.canUndo;
  }

  get canRedo(): boolean {
    return this.#undo.canRedo;
  }

  undo(): void {
    if (this.#undo.undo()) this.#redraw(true);
  }

  redo(): void {
    if (this.#undo.redo()) this.#redraw(true);
  }

  clear(): void {
    if (this.#undo.strokes.length === 0) return;
    this.#undo.add('clear');
    this.#redraw(true);
  }

  /** In place of what was drawn, and to be undone like it. */
  show(strokes: readonly Stroke[]): void {
    if (this.#undo.strokes.length > 0) this.#undo.add('clear');
    this.#undo.add(strokes);
    this.#redraw(true);
  }

  focus(): void {
    this.#canvas.focus();
  }

  #listen(): void {
    const canvas = this.#canvas;
    canvas.addEventListener('pointerdown', (event) => {
      if (this.#current || (event.pointerType === 'mouse' && event.button !== 0)) return;
      canvas.setPointerCapture(event.pointerId);
      this.#begin(this.#place(event), event.pointerId);
    });
    canvas.addEventListener('pointermove', (event) => {
      if (this.#current?.pointer !== event.pointerId) return;
      const events = event.getCoalescedEvents?.() ?? [];
      this.#extend((events.length > 0 ? events : [event]).map((one) => this.#place(one)));
    });
    for (const name of ['pointerup', 'pointercancel'] as const) {
      canvas.addEventListener(name, (event) => {
        if (this.#current?.pointer === event.pointerId) this.#end(this.#place(event));
      });
    }
    canvas.addEventListener('keydown', (event) => this.#keyboard.press(event));
    canvas.addEventListener('blur', () => this.#keyboard.leave());
    new ResizeObserver(() => this.#redraw()).observe(canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#redraw());
  }

  #place(event: PointerEvent): InkPoint {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    // Only pens know how hard they are pressed; others report a constant, or 0 when lifted.
    const pressure = event.pointerType === 'pen' && event.pressure > 0 ? event.pressure : 0.5;
    return {
      x: ((event.clientX - left) / width) * PAD_WIDTH,
      y: ((event.clientY - top) / height) * PAD_HEIGHT,
      pressure,
    };
  }

  #begin(point: InkPoint, pointer: number): void {
    const { isEraser, width } = this.tools;
    const stroke: Stroke = { points: [], width: isEraser ? width * ERASER_FACTOR : width, isEraser };
    extend(stroke, point);
    this.#current = { stroke, pointer, last: point, known: 0 };
    this.#hint.hidden = true;
    this.#report(false);
  }

  #extend(points: readonly InkPoint[]): void {
    const current = this.#current;
    if (!current) return;
    for (const point of points) extend(current.stroke, point);
    current.last = points.at(-1) ?? current.last;
    for (const ink of [this.#screen, this.#picture]) drawStroke(ink, current.stroke, current.known, false);
    current.known = current.stroke.points.length;
    this.#report(false);
  }

  #end(point: InkPoint): void {
    const current = this.#current;
    if (!current) return;
    // A cancelled pointer may report a place of 0.
    finish(current.stroke, Number.isFinite(point.x) ? point : current.last);
    for (const ink of [this.#screen, this.#picture]) drawStroke(ink, current.stroke, current.known);
    this.#undo.add([current.stroke]);
    this.#current = undefined;
    this.#report(true);
  }

  /** Once before each frame, however many events a frame brings. */
  #report(isResting: boolean): void {
    if (isResting) {
      this.onChange(true);
      return;
    }
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      if (this.#current) this.onChange(false);
    });
  }

  #redraw(isChange = false): void {
    const canvas = this.#canvas;
    const ratio = Math.min(3, devicePixelRatio || 1);
    canvas.width = Math.max(1, Math.round(canvas.clientWidth * ratio));
    canvas.height = Math.max(1, Math.round(canvas.clientHeight * ratio));
    this.#screen.scale = canvas.width / PAD_WIDTH;
    this.#screen.colour = getComputedStyle(canvas).color;
    for (const ink of [this.#screen, this.#picture]) {
      wipe(ink);
      for (const stroke of this.#undo.strokes) drawStroke(ink, stroke);
    }
    if (this.#current)
      for (const ink of [this.#screen, this.#picture]) drawStroke(ink, this.#current.stroke, 0, false);
    this.#hint.hidden = !this.isEmpty;
    if (isChange) this.onChange(true);
  }
}
