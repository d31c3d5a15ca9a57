/**
 * Scrapes that come while one is being packed. Those that ask for the same get that one: its figures are milliseconds old.
 * Those that ask for something else wait until it is packed, since its bytes must not be overwritten meanwhile, and then
 * read for themselves. So there is never more than one text in memory, however many Prometheus servers there are.
 */
import { constants, gzip } from 'node:zlib';

export type Wanted = {
  readonly collectors: readonly string[];
  /** By `performance.now()`. */
  readonly deadlineMs: number;
};

/** @param scrape makes the text now; the next call overwrites it */
export function createSharedScrape(
  scrape: (wanted: Wanted) => Uint8Array,
): (wanted: Wanted, zipped: boolean) => Promise<Uint8Array> {
  let packing:
    | { readonly key: string; readonly text: Uint8Array; readonly packed: Promise<Uint8Array> }
    | undefined;
  const answer = async (wanted: Wanted, zipped: boolean): Promise<Uint8Array> => {
    const key = wanted.collectors.join();
    if (packing !== undefined && packing.key !== key) {
      await packing.packed.catch(() => {});
      return await answer(wanted, zipped);
    }
    if (!zipped) return (packing?.text ?? scrape(wanted)).slice();
    if (packing === undefined) {
      const text = scrape(wanted);
      const packed = pack(text).finally(() => {
        packing = undefined;
      });
      packing = { key, text, packed };
    }
    return await packing.packed;
  };
  return answer;
}

/** Level 1: the higher ones cost more than the whole scrape and save little. */
function pack(text: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    gzip(text, { level: constants.Z_BEST_SPEED }, (error, packed) => {
      if (error === null) resolve(packed);
      else reject(error);
    });
  });
}
