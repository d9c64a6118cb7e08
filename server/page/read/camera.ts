/** The camera: the rear one first, another on request, and a picture of what it sees. */
import { fill, h, icon } from '../dom.ts';
import { ICONS } from '../icons.ts';
import { messages } from '../messages.ts';

const WIDTH = 1920;

export class Camera {
  readonly element: HTMLElement;
  onShot: (picture: File) => void = () => {};
  readonly #video = h('video', {
    playsinline: true,
    muted: true,
    autoplay: true,
    'aria-label': messages.camera.view,
  });
  readonly #choice = h('select', { 'aria-label': messages.camera.choose, hidden: true });
  readonly #shoot: HTMLButtonElement;
  readonly #note = h('p', { class: 'hint', role: 'status' });
  #stream?: MediaStream;
  #wanted = 0;

  constructor() {
    this.#shoot = h(
      'button',
      { type: 'button', class: 'main', onclick: () => void this.#take() },
      icon(ICONS.camera),
      messages.camera.shoot,
    );
    this.#choice.addEventListener('change', () => void this.open(this.#choice.value));
    this.element = h(
      'div',
      { class: 'camera-stage' },
      h('div', { class: 'preview' }, this.#video, this.#note),
      h('div', { class: 'actions' }, this.#shoot, this.#choice),
    );
  }

  /** Starts the camera of this id, or the rear one. */
  async open(id?: string): Promise<void> {
    this.close();
    const turn = ++this.#wanted;
    this.#note.textContent = '';
    this.#shoot.disabled = true;
    if (!isSecureContext) {
      this.#note.textContent = messages.camera.insecure;
      return;
    }
    try {
      const which = id ? { deviceId: { exact: id } } : { facingMode: { ideal: 'environment' } };
      const stream = await navigator.mediaDevices.getUserMedia({
        video: { ...which, width: { ideal: WIDTH } },
      });
      if (turn !== this.#wanted) {
        stop(stream);
        return;
      }
      this.#stream = stream;
      this.#video.srcObject = stream;
      await this.#video.play();
      this.#shoot.disabled = false;
      await this.#list(stream);
    } catch (error) {
      const isDenied = error instanceof DOMException && error.name === 'NotAllowedError';
      if (turn === this.#wanted)
        this.#note.textContent = isDenied ? messages.camera.denied : messages.camera.none;
    }
  }

  close(): void {
    this.#wanted++;
    if (this.#stream) stop(this.#stream);
    this.#stream = undefined;
    this.#video.srcObject = null;
  }

  /** Browsers tell the cameras' names only once one may be used. */
  async #list(stream: MediaStream): Promise<void> {
    const devices = await navigator.mediaDevices.enumerateDevices();
    const cameras = devices.filter(({ kind }) => kind === 'videoinput');
    const current = stream.getVideoTracks()[0]?.getSettings().deviceId;
    fill(
      this.#choice,
      ...cameras.map(({ deviceId, label }, i) =>
        h(
          'option',
          { value: deviceId, selected: deviceId === current },
          label || messages.camera.nameless(i + 1),
        ),
      ),
    );
    this.#choice.hidden = cameras.length < 2;
  }

  async #take(): Promise<void> {
    const { videoWidth, videoHeight } = this.#video;
    const canvas = h('canvas', { width: videoWidth, height: videoHeight });
    canvas.getContext('2d')?.drawImage(this.#video, 0, 0);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.92));
    if (blob) this.onShot(new File([blob], messages.camera.shot, { type: 'image/jpeg' }));
  }
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
