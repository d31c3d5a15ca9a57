/**
 * Who gets which text. The exporter has one, which a scrape brings up to date where it stands; while it is being packed or
 * sent, it must stay as it is. Scrapes that ask for the same while it is being packed share it: its figures are
 * milliseconds old. For any other one the text is left to those who have it, and a new one is begun.
 */
import { constants, createGzip, type Gzip, type ZlibReset } from 'node:zlib';

export type Wanted = {
  readonly collectors: readonly string[];
  /** By `performance.now()`. */
  readonly deadlineMs: number;
};

export type ScrapeTexts = {
  /** Made now, over the text before. */
  scrape(wanted: Wanted): Uint8Array;
  /** The last text stays as it is: the next scrape begins another one. */
  leave(): void;
  /** Nobody needs this text any more, which was left. */
  takeBack(text: Uint8Array): void;
};

export type ScrapeAnswer = {
  /** In pieces that follow each other. */
  readonly body: readonly Uint8Array[];
  /** To be called when the body has been sent or is not needed any more; a second time does nothing. */
  done(): void;
};

export type SharedScrape = (wanted: Wanted, zipped: boolean) => Promise<ScrapeAnswer>;

type Text = {
  readonly key: string;
  readonly bytes: Uint8Array;
  /** Answers that still need it. */
  users: number;
  packing: Promise<readonly Uint8Array[]> | undefined;
};

export function createSharedScrape(texts: ScrapeTexts): SharedScrape {
  const pack = createPacker();
  let newest: Text | undefined;
  const textFor = (wanted: Wanted): Text => {
    const key = wanted.collectors.join();
    if (newest?.packing !== undefined && newest.key === key) return newest;
    if (newest !== undefined && newest.users > 0) texts.leave();
    newest = { key, bytes: texts.scrape(wanted), users: 0, packing: undefined };
    return newest;
  };
  return async (wanted, zipped) => {
    const text = textFor(wanted);
    text.users += 1;
    let needed = true;
    const done = (): void => {
      if (!needed) return;
      needed = false;
      text.users -= 1;
      if (text.users === 0 && text !== newest) texts.takeBack(text.bytes);
    };
    if (!zipped) return { body: [text.bytes], done };
    text.packing ??= pack(text.bytes).finally(() => {
      text.packing = undefined;
    });
    try {
      return { body: await text.packing, done() {} };
    } finally {
      done();
    }
  };
}

/** As large as malloc takes from what it has: larger pieces would come from the system, and leave holes. */
const PIECE_BYTES = 1 << 16;

/**
 * One text after the other, by one compressor: a new one for each would take half a megabyte in whichever thread it
 * happens to run. Level 1: the higher ones cost more than the whole scrape and save little.
 */
function createPacker(): (text: Uint8Array) => Promise<readonly Uint8Array[]> {
  // Node's types do not say that this one can be reset as the others can.
  const zip = createGzip({ level: constants.Z_BEST_SPEED, chunkSize: PIECE_BYTES }) as Gzip & ZlibReset;
  let pieces: Uint8Array[] = [];
  zip.on('data', (piece: Uint8Array) => pieces.push(piece));
  const packNow = (text: Uint8Array): Promise<readonly Uint8Array[]> =>
    new Promise((resolve, reject) => {
      zip.once('error', reject);
      zip.write(text);
      zip.flush(constants.Z_FINISH, () => {
        zip.off('error', reject);
        zip.reset();
        resolve(pieces);
        pieces = [];
      });
    });
  let last = Promise.resolve();
  return (text) => {
    const packed = last.then(() => packNow(text));
    const ended = (): void => {};
    last = packed.then(ended, ended);
    return packed;
  };
}
