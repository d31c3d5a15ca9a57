/**
 * Many callers, few calls. Whoever asks shares the next call, which starts after they asked: at once, or when the one under
 * way has ended. So every answer is fresh, and however many ask, there is one call at a time.
 */
export function createSharedCall<T>(call: () => Promise<T>): () => Promise<T> {
  let turn: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | undefined;
  const begin = async (): Promise<T> => {
    await turn;
    next = undefined;
    const answer = call();
    turn = answer.catch(() => undefined);
    return await answer;
  };
  return () => {
    next ??= begin();
    return next;
  };
}

/** The same for what is asked about by name: the next call is about all names that were asked for. */
export function createBatchedCall<T>(
  call: (names: readonly string[]) => Promise<T>,
): (name: string) => Promise<T> {
  let names = new Set<string>();
  const ask = createSharedCall(() => {
    const asked = [...names];
    names = new Set();
    return call(asked);
  });
  return (name) => {
    names.add(name);
    return ask();
  };
}
