/** Nothing is paused or resumed by one click: what will happen is said first. */
import { closeDialog, openDialog } from './dialog.ts';
import { button, element } from './element.ts';
import { messageOf, type Session } from './session.ts';
import { targetName } from './words.ts';

export type PauseWish = {
  readonly verb: 'pause' | 'resume' /** Undefined: all. */;
  readonly target?: string;
};

export function askToPause({ verb, target }: PauseWish, session: Session, onDone: () => void): void {
  const what = target === undefined ? 'all scaling' : targetName(target);
  const title = `${verb === 'pause' ? 'Pause' : 'Resume'} ${what}?`;
  const reason = element('input', { name: 'reason', maxlength: '500', autocomplete: 'off' });
  const problem = element('p', { class: 'problem', role: 'alert' });
  const confirm = button(
    verb === 'pause' ? 'Pause' : 'Resume',
    () => {
      confirm.disabled = true;
      const body = {
        ...(target === undefined ? {} : { target }),
        ...(verb === 'pause' ? { reason: reason.value } : {}),
      };
      session
        .send(`/api/v1/${verb}`, body)
        .then(() => {
          closeDialog();
          onDone();
        })
        .catch((error: unknown) => {
          problem.textContent = messageOf(error);
          confirm.disabled = false;
        });
    },
    'main',
  );
  const words =
    verb === 'pause'
      ? 'Nothing is scaled until somebody resumes it, not even after a restart. Decisions go on, and the log says what would have been done.'
      : 'What the alerts ask for is done again, from now on.';
  openDialog(
    title,
    element('p', {}, words),
    ...(verb === 'pause' ? [element('label', {}, 'Why, for the others', reason)] : []),
    problem,
    element('div', { class: 'buttons-row' }, button('Cancel', closeDialog), confirm),
  );
}
