/** Pictures that were brought: looked at before they are sent, then read here and on the server. */
import { type Answer, fromPage, fromServer } from '../answer.ts';
import type { Source } from '../api.ts';
import type { App } from '../app.ts';
import { messages } from '../messages.ts';
import { newId } from '../newId.ts';
import type { News } from '../outbox/outbox.ts';
import { decodePicture } from './decode.ts';

export type TrayState = keyof typeof messages.pictures.states;

export interface TrayItem {
  id: string;
  name: string;
  source: Source;
  file: Blob;
  /** For the preview. */
  url: string;
  state: TrayState;
  /** Whether the browser cannot show it; the server may read it all the same. */
  isUnseen: boolean;
  /** Of the upload, 0 to 1. */
  progress: number;
  answer?: Answer;
  correction: string | null;
  /** Why it failed. */
  failure?: string;
}

const LARGEST = 10 * 1024 * 1024;
/** Formats that systems give no type to. */
const NAMES = /\.(png|jpe?g|webp|gif|avif)$/i;

export class Tray {
  readonly items: TrayItem[] = [];
  selected?: TrayItem;
  /** Something has changed. */
  onChange: () => void = () => {};
  readonly #app: App;
  readonly #stopListening: () => void;

  constructor(app: App) {
    this.#app = app;
    this.#stopListening = app.outbox.listen((news) => this.#hear(news));
  }

  /** Those that have not been sent. */
  get chosen(): TrayItem[] {
    return this.items.filter(
      ({ state }) => state === 'chosen' || state === 'cancelled' || state === 'failed',
    );
  }

  get underWay(): TrayItem[] {
    return this.items.filter(({ state }) => state === 'sending' || state === 'waiting');
  }

  add(files: readonly File[], source: Source): void {
    for (const file of files) {
      const name = file.name || messages.pictures.pasted;
      if (!file.type.startsWith('image/') && !NAMES.test(name))
        this.#app.say(messages.pictures.notPicture(name));
      else if (file.size > LARGEST) this.#app.say(messages.pictures.tooLarge(name));
      else {
        const item: TrayItem = {
          id: newId(),
          ...{ name, source, file, url: URL.createObjectURL(file) },
          ...{ state: 'chosen', isUnseen: false, progress: 0, correction: null },
        };
        this.items.push(item);
        this.selected = item;
        void this.#look(item);
      }
    }
    this.onChange();
  }

  /** Finds out whether there is anything to see. */
  async #look(item: TrayItem): Promise<void> {
    const image = new Image();
    image.src = item.url;
    try {
      await image.decode();
    } catch {
      item.isUnseen = true;
      this.onChange();
    }
  }

  select(item: TrayItem): void {
    this.selected = item;
    this.onChange();
  }

  async remove(item: TrayItem): Promise<void> {
    if (item.state === 'sending' || item.state === 'waiting') await this.cancel([item]);
    URL.revokeObjectURL(item.url);
    this.items.splice(this.items.indexOf(item), 1);
    if (this.selected === item) this.selected = this.items.at(-1);
    this.onChange();
  }

  /** Reads all that were chosen. */
  async read(): Promise<void> {
    const { chosen } = this;
    for (const item of chosen) this.#enter(item, 'sending');
    await Promise.all(
      chosen.map(async (item) => {
        const { id, source, file, name } = item;
        await this.#app.outbox.add({ kind: 'prediction', id, source, picture: file, name });
        await this.#readHere(item);
      }),
    );
  }

  async cancel(items: readonly TrayItem[]): Promise<void> {
    for (const item of items) this.#enter(item, 'cancelled');
    await this.#app.outbox.cancel(...items.map(({ id }) => id));
  }

  async correct(item: TrayItem, text: string | null): Promise<void> {
    item.correction = text;
    this.onChange();
    await this.#app.outbox.add({ kind: 'correction', id: item.id, text });
  }

  dispose(): void {
    this.#stopListening();
    for (const { url } of this.items) URL.revokeObjectURL(url);
  }

  /** The page's own answer, which the server's replaces. */
  async #readHere(item: TrayItem): Promise<void> {
    const { engine } = this.#app;
    const pixels = await decodePicture(item.file);
    if (!pixels) return;
    try {
      const reading = await engine.ask<'read'>({ type: 'read', ...pixels });
      if (item.state === 'done' || item.state === 'cancelled' || !engine.model) return;
      item.answer = fromPage(reading, pixels, engine.model.version, messages.inside.inPage(reading.where));
      this.onChange();
    } catch {
      // The server's answer will do.
    }
  }

  #hear(news: News): void {
    if (news.type === 'waiting') return;
    if (news.type !== 'progress' && news.letter.kind === 'correction') return;
    const id = news.type === 'progress' ? news.id : news.letter.id;
    const item = this.items.find((candidate) => candidate.id === id);
    if (!item || item.state === 'cancelled') return;
    if (news.type === 'progress') {
      item.progress = news.share;
      this.#enter(item, 'sending');
    } else if (news.type === 'delayed') this.#enter(item, 'waiting');
    else if (news.type === 'refused') {
      item.failure = news.error.message;
      this.#enter(item, 'failed');
    } else {
      if (news.prediction) item.answer = fromServer(news.prediction, messages.inside.onServer);
      this.#enter(item, 'done');
    }
  }

  #enter(item: TrayItem, state: TrayState): void {
    item.state = state;
    this.onChange();
  }
}
