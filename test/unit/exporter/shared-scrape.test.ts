import { gunzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { createSharedScrape } from '../../../exporter/shared-scrape.ts';

const ALL = { collectors: ['cpu', 'memory'], deadlineMs: Number.POSITIVE_INFINITY };
const CPU = { ...ALL, collectors: ['cpu'] };

/** Texts `1`, `2` … in one buffer, as the exposition has them. */
function numberedTexts() {
  let buffer: Uint8Array = new Uint8Array(1);
  let spare: Uint8Array | undefined;
  let made = 0;
  let begun = 1;
  return {
    made: () => made,
    /** How many buffers there have been. */
    begun: () => begun,
    scrape() {
      made += 1;
      buffer[0] = 48 + made;
      return buffer;
    },
    leave() {
      if (spare === undefined) begun += 1;
      buffer = spare ?? new Uint8Array(1);
      spare = undefined;
    },
    takeBack(text: Uint8Array) {
      spare = text;
    },
  };
}
const read = (body: readonly Uint8Array[]): string => Buffer.concat(body).toString();
const unzip = (body: readonly Uint8Array[]): string => gunzipSync(Buffer.concat(body)).toString();

test('scrapes that ask for the same while it is packed share one text', async () => {
  const texts = numberedTexts();
  const share = createSharedScrape(texts);
  const [one, two, plain] = await Promise.all([share(ALL, true), share(ALL, true), share(ALL, false)]);
  expect([unzip(one.body), unzip(two.body), read(plain.body)]).toEqual(['1', '1', '1']);
  expect(texts.made()).toBe(1);
});

test('a scrape for something else does not change the text that is being packed', async () => {
  const share = createSharedScrape(numberedTexts());
  const [all, cpu] = await Promise.all([share(ALL, true), share(CPU, true)]);
  expect([unzip(all.body), unzip(cpu.body)]).toEqual(['1', '2']);
});

test('a text that is still being sent to somebody slow stays as it is', async () => {
  const share = createSharedScrape(numberedTexts());
  const slow = await share(ALL, false);
  const next = await share(ALL, false);
  expect([read(slow.body), read(next.body)]).toEqual(['1', '2']);
});

test('texts that overlap take turns, so that there are two and no more', async () => {
  const texts = numberedTexts();
  const share = createSharedScrape(texts);
  let slow = await share(ALL, false);
  for (let round = 0; round < 5; round += 1) {
    const next = await share(ALL, false);
    slow.done();
    slow = next;
  }
  expect(read(slow.body)).toBe('6');
  expect(texts.begun()).toBe(2);
});

test('a text that was sent is written over, so that there is one only', async () => {
  const share = createSharedScrape(numberedTexts());
  const first = await share(ALL, false);
  first.done();
  const second = await share(ALL, false);
  second.done();
  const third = await share(ALL, true);
  expect(second.body[0]).toBe(first.body[0]);
  expect(unzip(third.body)).toBe('3');
});

test('texts of any size are packed, one after the other', async () => {
  for (const size of [0, 1, 70_000, 3_000_000, 12]) {
    const text = Uint8Array.from({ length: size }, (_, index) => 32 + ((index * index) % 90));
    const share = createSharedScrape({ scrape: () => text, leave() {}, takeBack() {} });
    for (let round = 0; round < 2; round += 1)
      expect(unzip((await share(ALL, true)).body)).toBe(Buffer.from(text).toString());
  }
});
