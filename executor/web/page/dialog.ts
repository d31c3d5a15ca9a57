/** The one dialog of the page; the browser keeps the focus in it, and gives it back. */
import { byId, element } from './element.ts';

const dialog = (): HTMLDialogElement => byId('dialog') as HTMLDialogElement;

export function openDialog(title: string, ...content: readonly Node[]): void {
  dialog().replaceChildren(element('h2', { id: 'dialog-title' }, title), ...content);
  if (!dialog().open) dialog().showModal();
  // What had the focus may have been replaced, and keys would go nowhere.
  if (!dialog().contains(document.activeElement))
    dialog().querySelector('button')?.focus({ preventScroll: true });
}

export function closeDialog(): void {
  dialog().close();
}
