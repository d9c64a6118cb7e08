/** The page's frame: its heading, its places, and what all of them share. */
import { listModels, weightsAddress } from './api.ts';
import type { App, View } from './app.ts';
import { fill, h, icon } from './dom.ts';
import { ICONS } from './icons.ts';
import { messages } from './messages.ts';
import { installOffline } from './offline/install.ts';
import { startOutbox } from './outbox/index.ts';
import { ReadView } from './read/view.ts';
import { Engine } from './reading/engine.ts';

type Place = 'read' | 'history' | 'train' | 'model' | 'about';

const PLACES: Record<Place, (app: App) => View | Promise<View>> = {
  read: (app) => new ReadView(app),
  history: async (app) => new (await import('./history/view.ts')).HistoryView(app),
  train: async () => new (await import('./train/view.ts')).TrainView(),
  model: async (app) => new (await import('./model/view.ts')).ModelView(app),
  about: async (app) => new (await import('./about/view.ts')).AboutView(app),
};

/** How long a sentence in passing stays. */
const PASSING = 6000;

const main = h('main', { id: 'content', tabindex: -1 });
const links = new Map<Place, HTMLAnchorElement>();
const toast = h('p', { class: 'toast', role: 'status', 'aria-live': 'polite' });
const status = h('p', { class: 'connection', role: 'status' });

async function start(): Promise<void> {
  const outbox = await startOutbox();
  const engine = new Engine(async () => {
    const { current, yours = current } = await listModels();
    return { version: yours, weights: weightsAddress(yours) };
  });
  let timer: ReturnType<typeof setTimeout>;
  const app: App = {
    engine,
    outbox,
    say(sentence) {
      clearTimeout(timer);
      toast.textContent = sentence;
      timer = setTimeout(() => toast.replaceChildren(), PASSING);
    },
  };
  document.body.replaceChildren(...frame());
  watchConnection(app);
  const router = new Router(app);
  addEventListener('hashchange', () => {
    // What was said in passing belongs to where it was said; what has a button waits for it.
    if (!toast.querySelector('button')) toast.replaceChildren();
    void router.go();
  });
  await router.go();
  void outbox.flush();
  installOffline(() => fill(toast, `${messages.status.newVersion} `, reloadButton()));
}

function frame(): HTMLElement[] {
  const link = (place: Place) => {
    const anchor = h(
      'a',
      { href: `#/${place === 'read' ? '' : place}` },
      icon(ICONS[place]),
      h('span', {}, messages.nav[place]),
    );
    links.set(place, anchor);
    return anchor;
  };
  const skip = h('a', { class: 'skip', href: '#content' }, messages.skip);
  skip.addEventListener('click', (event) => {
    event.preventDefault();
    main.focus();
  });
  const header = h(
    'header',
    {},
    h('a', { class: 'brand', href: '#/' }, icon(ICONS.read), h('span', {}, messages.name)),
    status,
    h('nav', { 'aria-label': messages.nav.label }, ...(Object.keys(PLACES) as Place[]).map(link)),
  );
  return [skip, header, main, toast];
}

function reloadButton(): HTMLElement {
  return h(
    'button',
    { type: 'button', class: 'plain', onclick: () => location.reload() },
    messages.status.reload,
  );
}

function watchConnection({ outbox }: App): void {
  let waiting = 0;
  const show = () => {
    const parts = [
      !navigator.onLine && messages.status.offline,
      waiting > 0 && !navigator.onLine && messages.status.waiting(waiting),
    ];
    status.textContent = parts.filter(Boolean).join(' · ');
  };
  outbox.listen((news) => {
    if (news.type === 'waiting') waiting = news.count;
    show();
  });
  addEventListener('online', show);
  addEventListener('offline', show);
  show();
}

/** One view at a time, named by what follows the # in the address: it works under any path, and from files. */
class Router {
  readonly #app: App;
  #view?: View;
  #turn = 0;

  constructor(app: App) {
    this.#app = app;
  }

  async go(): Promise<void> {
    const name = location.hash.replace(/^#\/?/, '').split('/')[0] || 'read';
    const place = (name in PLACES ? name : 'read') as Place;
    const turn = ++this.#turn;
    const isFirst = this.#view === undefined;
    this.#view?.leave?.();
    this.#view = undefined;
    for (const [key, anchor] of links) {
      if (key === place) anchor.setAttribute('aria-current', 'page');
      else anchor.removeAttribute('aria-current');
    }
    document.title = place === 'read' ? messages.name : `${messages.titles[place]} · ${messages.name}`;
    const view = await PLACES[place](this.#app);
    if (turn !== this.#turn) {
      view.leave?.();
      return;
    }
    this.#view = view;
    main.replaceChildren(view.element);
    document.body.dataset.place = place;
    scrollTo(0, 0);
    // Who came by a link hears where they are.
    if (!isFirst) main.focus({ preventScroll: true });
  }
}

void start();
