/** Who may pause: credentials that a person typed, kept in this tab's memory and nowhere else. */
import { post } from './api.ts';
import { closeDialog, openDialog } from './dialog.ts';
import { button, element } from './element.ts';

export type Session = {
  isSignedIn(): boolean;
  /** @throws with words for people. */
  send(path: string, body: object): Promise<void>;
};

export function createSession(
  place: HTMLElement,
  onChange: () => void,
): Session & { render(extra: readonly Node[]): void } {
  let authorization: string | undefined;
  const signOut = (): void => {
    authorization = undefined;
    onChange();
  };
  const signIn = (): void =>
    openSignIn(async (typed) => {
      await post('/api/v1/credentials', {}, typed);
      authorization = typed;
      onChange();
    });
  return {
    isSignedIn: () => authorization !== undefined,
    async send(path, body) {
      if (authorization === undefined) throw new Error('Sign in first.');
      await post(path, body, authorization);
    },
    render: (extra) =>
      place.replaceChildren(
        ...(authorization === undefined
          ? [button('Sign in', signIn)]
          : [...extra, button('Sign out', signOut, 'plain')]),
      ),
  };
}

function openSignIn(check: (authorization: string) => Promise<void>): void {
  const user = element('input', { name: 'user', autocomplete: 'username' });
  const secret = element('input', {
    name: 'secret',
    type: 'password',
    required: true,
    autocomplete: 'current-password',
  });
  const problem = element('p', { class: 'problem', role: 'alert' });
  const submit = element('button', { type: 'submit', class: 'main' }, 'Sign in');
  const form = element(
    'form',
    { method: 'dialog' },
    element(
      'p',
      { class: 'soft small' },
      'Pausing needs the credentials of the executor’s web config: a token, or a user with a password. micado up keeps its token in executor.token of its state folder.',
    ),
    element('label', {}, 'User, if there is one', user),
    element('label', {}, 'Token or password', secret),
    problem,
    element('div', { class: 'buttons-row' }, button('Cancel', closeDialog), submit),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    submit.disabled = true;
    check(authorizationOf(user.value.trim(), secret.value))
      .then(closeDialog)
      .catch((error: unknown) => {
        problem.textContent = messageOf(error);
        submit.disabled = false;
      });
  });
  openDialog('Sign in', form);
  secret.focus();
}

export function authorizationOf(user: string, secret: string): string {
  if (user === '') return `Bearer ${secret.trim()}`;
  // btoa knows one byte per character, and passwords have any.
  return `Basic ${btoa(String.fromCodePoint(...new TextEncoder().encode(`${user}:${secret}`)))}`;
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
