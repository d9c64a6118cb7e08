/**
 * What is drawn on the sheet: read with every stroke here, and sent to the server when the hand rests. Both get the same
 * pixels, those around the ink; boxes come back in places of the sheet.
 *
 * One drawing has one id, which the page makes; it is sent again, and replaces what was sent, as it goes on. A sheet
 * that was cleared is another drawing.
 */
import { type Answer, fromPage, movedTo } from '../answer.ts';
import type { App } from '../app.ts';
import { PAD_HEIGHT, PAD_WIDTH, type Pad } from '../drawing/pad.ts';
import type { Region } from '../drawing/region.ts';
import { messages } from '../messages.ts';
import { newId } from '../newId.ts';

/** A hand that has not moved for so many milliseconds rests. */
const REST = 1000;
const WHOLE: Region = { left: 0, top: 0, width: PAD_WIDTH, height: PAD_HEIGHT };

export interface DrawingEvents {
  /** The answer has followed the pen; nothing where the sheet is empty. */
  read(answer: Answer | undefined, isResting: boolean): void;
  /** It begins to be another drawing. */
  renewed(): void;
}

export class Drawing {
  id = newId();
  readonly #app: App;
  readonly #pad: Pad;
  readonly #events: DrawingEvents;
  #timer?: ReturnType<typeof setTimeout>;
  #sending?: Promise<void>;
  #wasEmpty = true;
  #sent: Region = WHOLE;
  #due?: { id: string; answer: Answer; isResting: boolean };

  constructor(app: App, pad: Pad, events: DrawingEvents) {
    this.#app = app;
    this.#pad = pad;
    this.#events = events;
  }

  /** After each change of the sheet. */
  changed(isResting: boolean): void {
    clearTimeout(this.#timer);
    if (this.#pad.isEmpty) {
      if (!this.#wasEmpty) this.#renew();
      this.#wasEmpty = true;
      this.#events.read(undefined, true);
      return;
    }
    this.#wasEmpty = false;
    this.read(isResting);
    if (isResting) {
      this.#timer = setTimeout(() => {
        this.#sending = this.#send();
      }, REST);
    }
  }

  /** Another drawing in its place, even without an empty sheet between. */
  replaced(): void {
    this.#renew();
  }

  read(isResting: boolean): void {
    const { engine } = this.#app;
    const { id } = this;
    const region = this.#pad.region ?? WHOLE;
    const { width, height } = region;
    // The pixels are taken when their turn has come, and not for strokes that are overtaken.
    const question = () =>
      ({ type: 'read', width, height, channels: 1, data: this.#pad.pixels(region) }) as const;
    engine.readLive(question, (reading) => {
      if (!engine.model) return;
      const where = messages.inside.inPage(reading.where);
      const answer = fromPage(reading, region, engine.model.version, where);
      this.#showSoon(id, movedTo(answer, region, WHOLE), isResting);
    });
  }

  /** With the next frame: the worker can go on reading before the page is drawn. */
  #showSoon(id: string, answer: Answer, isResting: boolean): void {
    const isDue = this.#due !== undefined;
    this.#due = { id, answer, isResting };
    if (isDue) return;
    requestAnimationFrame(() => {
      const due = this.#due;
      this.#due = undefined;
      if (due && due.id === this.id && !this.#pad.isEmpty) this.#events.read(due.answer, due.isResting);
    });
  }

  /** The server's answer to what was sent last, in places of the sheet. */
  onSheet(answer: Answer): Answer {
    return movedTo(answer, this.#sent, WHOLE);
  }

  /** Resolves when what is on the sheet has gone to the outbox; at once, not only when the hand rests. */
  async settle(): Promise<void> {
    if (this.#timer !== undefined) {
      clearTimeout(this.#timer);
      if (!this.#pad.isEmpty) this.#sending = this.#send();
    }
    await this.#sending;
  }

  #renew(): void {
    this.id = newId();
    this.#events.renewed();
  }

  async #send(): Promise<void> {
    this.#timer = undefined;
    const { id } = this;
    const region = this.#pad.region ?? WHOLE;
    this.#sent = region;
    const picture = await this.#pad.toPng(region);
    if (picture) await this.#app.outbox.add({ kind: 'prediction', id, source: 'drawing', picture });
  }
}
