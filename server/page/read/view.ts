/** The main view: a stage to draw on or to bring pictures to, and the answer beside it. */
import { type Answer, fromServer } from '../answer.ts';
import type { App, View } from '../app.ts';
import { h, icon } from '../dom.ts';
import { Pad } from '../drawing/pad.ts';
import { ICONS } from '../icons.ts';
import { messages } from '../messages.ts';
import type { News } from '../outbox/outbox.ts';
import { AnswerPanel } from './answerPanel.ts';
import { Camera } from './camera.ts';
import { Drawing } from './drawing.ts';
import { gallery } from './gallery.ts';
import { boxes, PictureStage } from './pictureStage.ts';
import { Tools } from './tools.ts';
import { Tray } from './tray.ts';

type Stage = 'draw' | 'picture' | 'camera';

export class ReadView implements View {
  readonly element: HTMLElement;
  readonly #app: App;
  readonly #panel: AnswerPanel;
  readonly #pad = new Pad();
  readonly #tools = new Tools(this.#pad);
  readonly #drawing: Drawing;
  readonly #tray: Tray;
  readonly #pictures: PictureStage;
  readonly #camera = new Camera();
  readonly #boxes = h('div', { class: 'boxes on-pad', 'aria-hidden': 'true' });
  readonly #tabs = new Map<Stage, HTMLButtonElement>();
  readonly #stages = new Map<Stage, HTMLElement>();
  readonly #endings = new AbortController();
  readonly #stopListening: () => void;
  #stage: Stage = 'draw';
  #drawn?: { answer: Answer; correction: string | null; note?: string };

  constructor(app: App) {
    this.#app = app;
    this.#panel = new AnswerPanel(app);
    this.#tray = new Tray(app);
    this.#pictures = new PictureStage(this.#tray);
    this.#drawing = new Drawing(app, this.#pad, {
      read: (answer, isResting) => this.#showDrawn(answer, isResting),
      renewed: () => {
        this.#drawn = undefined;
      },
    });
    this.#pad.element.append(this.#boxes);
    const samples = gallery((strokes) => {
      this.#drawing.replaced();
      this.#pad.show(strokes);
    });
    this.#stages.set(
      'draw',
      h('div', { class: 'draw-stage' }, this.#pad.element, this.#tools.element, samples),
    );
    this.#stages.set('picture', this.#pictures.element);
    this.#stages.set('camera', this.#camera.element);
    this.element = h(
      'div',
      { class: 'read' },
      h('h1', { class: 'unseen' }, messages.titles.read),
      h('div', { class: 'stage' }, this.#tabBar(), ...this.#stages.values()),
      this.#panel.element,
    );
    this.#connect();
    this.#stopListening = app.outbox.listen((news) => this.#hear(news));
    this.#enter('draw');
    void this.#prepare();
  }

  leave(): void {
    void this.#drawing.settle();
    this.#camera.close();
    this.#tray.dispose();
    this.#stopListening();
    this.#endings.abort();
  }

  async #prepare(): Promise<void> {
    try {
      await this.#app.engine.ready();
      if (!this.#pad.isEmpty) this.#drawing.read(true);
    } catch (error) {
      if (!this.#drawn) this.#panel.clear(messages.answer.noEngine((error as Error).message));
    }
  }

  #tabBar(): HTMLElement {
    const words = messages.stage;
    const tab = (stage: Stage, path: string) => {
      const button = h(
        'button',
        { type: 'button', onclick: () => this.#enter(stage) },
        icon(path),
        words[stage],
      );
      this.#tabs.set(stage, button);
      return button;
    };
    return h(
      'div',
      { class: 'tabs', role: 'group', 'aria-label': words.label },
      tab('draw', ICONS.pen),
      tab('picture', ICONS.picture),
      tab('camera', ICONS.camera),
    );
  }

  #connect(): void {
    this.#pad.onChange = (isResting) => {
      this.#tools.update();
      this.#drawing.changed(isResting);
    };
    this.#panel.onCorrect = (text) => void this.#correct(text);
    this.#panel.onSelect = () => this.#drawBoxes();
    this.#pictures.onSelect = (place) => this.#panel.select(place);
    this.#tray.onChange = () => this.#showPicture();
    this.#camera.onShot = (picture) => {
      this.#enter('picture');
      this.#tray.add([picture], 'camera');
    };
    const { signal } = this.#endings;
    document.addEventListener('keydown', (event) => this.#press(event), { signal });
    document.addEventListener('paste', (event) => this.#bring(event.clipboardData, event), { signal });
    document.addEventListener('dragover', (event) => this.#drag(event), { signal });
    document.addEventListener('dragleave', () => this.element.classList.remove('dragging'), { signal });
    document.addEventListener('drop', (event) => this.#bring(event.dataTransfer, event), { signal });
  }

  #enter(stage: Stage): void {
    if (this.#stage === 'camera' && stage !== 'camera') this.#camera.close();
    if (stage === 'camera') void this.#camera.open();
    this.#stage = stage;
    for (const [name, tab] of this.#tabs) tab.setAttribute('aria-pressed', String(name === stage));
    for (const [name, element] of this.#stages) element.hidden = name !== stage;
    if (stage === 'draw' && this.#drawn) this.#panel.show(this.#drawn, true);
    else if (stage === 'picture') this.#showPicture();
    else this.#panel.clear(stage === 'camera' ? messages.answer.pictureHint : undefined);
  }

  // Answers

  #showDrawn(answer: Answer | undefined, isResting: boolean): void {
    this.#tools.update();
    if (!answer) this.#drawn = undefined;
    else this.#drawn = { answer, correction: this.#drawn?.correction ?? null, note: this.#drawn?.note };
    if (this.#stage !== 'draw') return;
    if (this.#drawn) this.#panel.show(this.#drawn, isResting);
    else this.#panel.clear();
    this.#drawBoxes();
  }

  #showPicture(): void {
    if (this.#stage !== 'picture') return;
    const { selected } = this.#tray;
    if (selected?.answer)
      this.#panel.show({ answer: selected.answer, correction: selected.correction }, true);
    else this.#panel.clear(messages.answer.pictureHint);
    this.#pictures.update(this.#panel.place);
  }

  #drawBoxes(): void {
    if (this.#stage === 'picture') this.#pictures.update(this.#panel.place);
    const { answer } = this.#drawn ?? {};
    const shown = answer && answer.digits.length > 1 ? boxes(answer, this.#panel.place, () => {}) : [];
    for (const box of shown) box.tabIndex = -1;
    this.#boxes.replaceChildren(...shown);
  }

  async #correct(text: string | null): Promise<void> {
    if (this.#stage === 'picture' && this.#tray.selected) {
      await this.#tray.correct(this.#tray.selected, text);
      return;
    }
    if (!this.#drawn) return;
    this.#drawn = { ...this.#drawn, correction: text };
    this.#panel.show(this.#drawn, true);
    // Another drawing may be begun meanwhile.
    const { id } = this.#drawing;
    await this.#drawing.settle();
    await this.#app.outbox.add({ kind: 'correction', id, text });
  }

  #hear(news: News): void {
    if (news.type === 'waiting' || news.type === 'progress') return;
    const { letter } = news;
    // Beside its picture it is said already.
    const isSeen = this.#stage === 'picture' && this.#tray.selected?.id === letter.id;
    if (news.type === 'refused' && !isSeen) this.#app.say(news.error.message);
    const prediction = news.type === 'sent' ? news.prediction : undefined;
    if (prediction) void this.#follow(prediction.model);
    if (letter.kind !== 'prediction' || letter.id !== this.#drawing.id) return;
    const isHere = this.#drawn !== undefined;
    const answer =
      this.#drawn?.answer ??
      (prediction && this.#drawing.onSheet(fromServer(prediction, messages.inside.onServer)));
    if (!answer || this.#pad.isEmpty) return;
    const note =
      news.type === 'sent' ? messages.answer.kept : news.type === 'delayed' ? messages.answer.keptLater : '';
    this.#drawn = { answer, correction: this.#drawn?.correction ?? null, note };
    if (this.#stage === 'draw' || !isHere) this.#panel.show(this.#drawn, true);
  }

  /** Where another model answers by now, what is on the sheet is read again: what is seen shall be what is kept. */
  async #follow(version: string): Promise<void> {
    const isOther = await this.#app.engine.follow(version).catch(() => false);
    if (isOther && !this.#pad.isEmpty) this.#drawing.read(true);
  }

  // What people do

  #press(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    if (target.closest('input:not([type=range]), textarea, select, dialog')) return;
    if (this.#stage === 'draw' && this.#tools.press(event)) event.preventDefault();
    else if (/^[0-9]$/.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey)
      this.#panel.press(Number(event.key));
  }

  #drag(event: DragEvent): void {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    this.element.classList.add('dragging');
  }

  #bring(data: DataTransfer | null, event: Event): void {
    this.element.classList.remove('dragging');
    const files = [...(data?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    this.#enter('picture');
    this.#tray.add(files, 'upload');
  }
}
