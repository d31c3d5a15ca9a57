import { AppError, describeError } from '../../internal/daemon/app-error.ts';

/** Hands an address to `ask` until one of them answers. */
export type FirstHealthy = <T>(ask: (url: string) => Promise<T>) => Promise<T>;

/** The server that answered last is asked first, so that one that hangs costs its time-out once; then the others in order. */
export function createFirstHealthy(urls: readonly string[]): FirstHealthy {
  let preferred = urls[0];
  return async (ask) => {
    const problems: string[] = [];
    const others = urls.filter((url) => url !== preferred);
    for (const url of preferred === undefined ? others : [preferred, ...others]) {
      try {
        const answer = await ask(url);
        preferred = url;
        return answer;
      } catch (error) {
        problems.push(describeError(error));
      }
    }
    throw new AppError('unavailable', problems.join('; '));
  };
}
