/**
 * Many callers, few calls. Whoever asks shares the next call, which starts after they asked: at once, or when the one under
 * way has ended and its pause is over. So every answer is fresh, and however many ask, there is one call at a time.
 *
 * @param pause from the start of one call to that of the next: all who ask meanwhile share the next
 */
export function createSharedCall<T>(
  call: () => Promise<T>,
  pause: () => Promise<void> = async () => {},
): () => Promise<T> {
  let turn: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | undefined;
  const begin = async (): Promise<T> => {
    await turn;
    next = undefined;
    const answer = call();
    turn = Promise.allSettled([answer, pause()]);
    return await answer;
  };
  return () => {
    next ??= begin();
    return next;
  };
}
