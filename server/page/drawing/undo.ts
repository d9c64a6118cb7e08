/** What was done to a drawing, what was taken back, and what is to be seen of it. */
import type { Stroke } from './stroke.ts';

/** A stroke, strokes that came together, or the clearing of all before. */
export type Step = readonly Stroke[] | 'clear';

export class Undo {
  readonly #done: Step[] = [];
  readonly #undone: Step[] = [];

  get canUndo(): boolean {
    return this.#done.length > 0;
  }

  get canRedo(): boolean {
    return this.#undone.length > 0;
  }

  /** A new step ends what could be done again. */
  add(step: Step): void {
    this.#done.push(step);
    this.#undone.length = 0;
  }

  undo(): boolean {
    return move(this.#done, this.#undone);
  }

  redo(): boolean {
    return move(this.#undone, this.#done);
  }

  /** The strokes since the last clearing, in their order. */
  get strokes(): readonly Stroke[] {
    return this.#done
      .slice(this.#done.lastIndexOf('clear') + 1)
      .flatMap((step) => (step === 'clear' ? [] : step));
  }

  /** Whether there is ink; what has been erased counts as ink still, since nobody has looked. */
  get isEmpty(): boolean {
    return this.strokes.every(({ isEraser }) => isEraser);
  }
}

function move(from: Step[], to: Step[]): boolean {
  const step = from.pop();
  if (step) to.push(step);
  return step !== undefined;
}
