/** One prediction, looked at again: its picture, its digits as the network saw them, and what it really says. */

import { fromServer } from '../answer.ts';
import { bytesOf, getPrediction, imageAddress, type Prediction } from '../api.ts';
import type { App } from '../app.ts';
import { bitmap, paintInk } from '../bitmap.ts';
import { fill, h } from '../dom.ts';
import { messages, percent } from '../messages.ts';
import { Correction } from '../read/correction.ts';
import { boxes } from '../read/pictureStage.ts';

export function openPrediction(
  app: App,
  prediction: Prediction,
  onChange: () => void,
  onDelete: () => void,
): void {
  const words = messages.history;
  const { id } = prediction;
  const answer = fromServer(prediction, messages.inside.onServer);
  const correction = new Correction();
  const overlay = h('div', { class: 'boxes' });
  const digits = h('ul', { class: 'seen' });
  let place = 0;
  let told = prediction.correction;
  const update = () => {
    correction.show(answer, place, told);
    fill(overlay, ...(answer.digits.length > 1 ? boxes(answer, place, select) : []));
  };
  const select = (chosen: number) => {
    place = chosen;
    update();
  };
  correction.onCorrect = async (text) => {
    told = text;
    update();
    await app.outbox.add({ kind: 'correction', id, text });
    onChange();
  };
  const dialog = h(
    'dialog',
    { class: 'prediction', 'aria-labelledby': 'prediction-title' },
    h(
      'div',
      { class: 'dialog-head' },
      h('h2', { id: 'prediction-title' }, prediction.text || messages.answer.notDigit),
      h('button', { type: 'button', onclick: () => dialog.close() }, words.close),
    ),
    prediction.rejected !== false && h('p', { class: 'hint' }, prediction.rejected),
    h('div', { class: 'frame' }, h('img', { src: imageAddress(id), alt: messages.pictures.alt }), overlay),
    digits,
    correction.element,
    h(
      'div',
      { class: 'actions end' },
      h(
        'button',
        {
          ...{ type: 'button', class: 'danger' },
          onclick: () => {
            dialog.close();
            onDelete();
          },
        },
        words.delete,
      ),
    ),
  );
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  update();
  dialog.showModal();
  void showDigits(id, digits);
}

/** The list leaves the 28×28 pictures out; they come with the prediction itself. */
async function showDigits(id: string, list: HTMLElement): Promise<void> {
  const { digits } = await getPrediction(id).catch(() => ({ digits: [] }));
  fill(
    list,
    ...digits
      .filter(({ image }) => image)
      .map(({ image, digit, confidence }) => {
        const canvas = bitmap(28, 28);
        paintInk(canvas, bytesOf(image!));
        return h('li', {}, canvas, h('span', { class: 'hint' }, `${digit} · ${percent(confidence)}`));
      }),
  );
}
