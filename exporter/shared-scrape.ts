/**
 * Who gets which text. The exporter has one, which a scrape brings up to date where it stands; while it is being packed or
 * sent, it must stay as it is. Scrapes that ask for the same while it is being packed share it: its figures are
 * milliseconds old. For any other one the text is left to those who have it, and a new one is begun.
 */
import { constants, gzip } from 'node:zlib';

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
  readonly body: Uint8Array;
  /** To be called once, when the body has been sent or is not needed any more. */
  done(): void;
};

export type SharedScrape = (wanted: Wanted, zipped: boolean) => Promise<ScrapeAnswer>;

type Text = {
  readonly key: string;
  readonly bytes: Uint8Array;
  /** Answers that still need it. */
  users: number;
  packing: Promise<Uint8Array> | undefined;
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
    const done = (): void => {
      text.users -= 1;
      if (text.users === 0 && text !== newest) texts.takeBack(text.bytes);
    };
    if (!zipped) return { body: text.bytes, done };
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

/** Room for what the last text packed to, and some more: one piece costs less than the many that zlib hands over. */
const MORE_ROOM = 1.25;
const LEAST_ROOM_BYTES = 1 << 14;

/** Level 1: the higher ones cost more than the whole scrape and save little. */
function createPacker(): (text: Uint8Array) => Promise<Uint8Array> {
  let room = LEAST_ROOM_BYTES;
  return (text) =>
    new Promise((resolve, reject) => {
      gzip(text, { level: constants.Z_BEST_SPEED, chunkSize: room }, (error, packed) => {
        if (error !== null) {
          reject(error);
          return;
        }
        room = Math.max(LEAST_ROOM_BYTES, Math.ceil(packed.length * MORE_ROOM));
        resolve(packed);
      });
    });
}
