/** What all views share. */
import type { Outbox } from './outbox/outbox.ts';
import type { Engine } from './reading/engine.ts';

export interface App {
  engine: Engine;
  outbox: Outbox;
  /** Tells something in passing, to eyes and to screen readers. */
  say(sentence: string): void;
}

/** A place of the page. */
export interface View {
  element: HTMLElement;
  /** It is shown no longer. */
  leave?(): void;
}
