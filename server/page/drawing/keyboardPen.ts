/**
 * A pen for people who draw with keys: a cursor on a grid of 28×28 cells, as many as the network sees. Arrow keys
 * move it, the space bar lowers and lifts it, and it leaves ink where it goes while it is down.
 */
import { h } from '../dom.ts';
import type { InkPoint } from './stroke.ts';

export const GRID = 28;

const MOVES: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export interface PenActions {
  start(point: InkPoint): void;
  move(point: InkPoint): void;
  end(point: InkPoint): void;
}

export class KeyboardPen {
  readonly cursor = h('span', { class: 'pad-cursor', hidden: true });
  readonly #width: number;
  readonly #height: number;
  readonly #actions: PenActions;
  #column = GRID / 2;
  #row = 4;
  #isDown = false;

  constructor(width: number, height: number, actions: PenActions) {
    this.#width = width;
    this.#height = height;
    this.#actions = actions;
  }

  /** Handles a key if it is one of the pen's. */
  press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = MOVES[event.key];
    if (move) {
      const far = event.shiftKey ? 4 : 1;
      for (let i = 0; i < far; i++) this.#go(move);
    } else if (event.key === ' ') this.#toggle();
    else if (event.key === 'Escape' && this.#isDown) this.#toggle();
    else return;
    event.preventDefault();
    this.#show();
  }

  /** The page's attention goes elsewhere: the pen is lifted. */
  leave(): void {
    if (this.#isDown) this.#toggle();
    this.cursor.hidden = true;
  }

  #go([right, down]: readonly [number, number]): void {
    this.#column = Math.min(GRID - 1, Math.max(0, this.#column + right));
    this.#row = Math.min(GRID - 1, Math.max(0, this.#row + down));
    if (this.#isDown) this.#actions.move(this.#point());
  }

  #toggle(): void {
    this.#isDown = !this.#isDown;
    if (this.#isDown) this.#actions.start(this.#point());
    else this.#actions.end(this.#point());
  }

  /** The middle of the cell; the grid is a square in the middle of the sheet. */
  #point(): InkPoint {
    const cell = this.#height / GRID;
    const left = (this.#width - this.#height) / 2;
    return { x: left + (this.#column + 0.5) * cell, y: (this.#row + 0.5) * cell, pressure: 0.5 };
  }

  #show(): void {
    const { x, y } = this.#point();
    this.cursor.hidden = false;
    this.cursor.classList.toggle('down', this.#isDown);
    this.cursor.style.left = `${(100 * x) / this.#width}%`;
    this.cursor.style.top = `${(100 * y) / this.#height}%`;
  }
}
