/** Asks before everything is deleted. */
import { h } from '../dom.ts';
import { messages } from '../messages.ts';

export function askWhetherToDelete(): Promise<boolean> {
  const words = messages.history;
  const dialog = h(
    'dialog',
    { 'aria-labelledby': 'question' },
    h(
      'form',
      { method: 'dialog' },
      h('h2', { id: 'question' }, words.deleteAllQuestion),
      h('p', {}, words.deleteAllSentence),
      h(
        'div',
        { class: 'actions end' },
        h('button', { value: '', autofocus: true }, words.keep),
        h('button', { value: 'delete', class: 'danger' }, words.deleteAll),
      ),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'delete');
    });
  });
}
