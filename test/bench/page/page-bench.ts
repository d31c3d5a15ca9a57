/** `npm run bench -- page`. */
import type { Page } from 'playwright-core';
import { integerFlag, pathFlag } from '../../../internal/daemon/flag-kinds.ts';
import { openBrowser, visit } from '../../browser.ts';
import { type BenchOptions, defineBench } from '../bench.ts';
import { atMost, below, type Figure, informing, median, percentile } from '../figure.ts';
import { makeImages } from './page-images.ts';
import { servePage } from './serve-page.ts';

const flags = {
  services: integerFlag({ help: 'How many services the page shows.', min: 1, fallback: 500 }),
  rounds: integerFlag({ help: 'How many times it is opened.', min: 1, fallback: 5 }),
  images: pathFlag({
    help: 'A folder: makes the images of the docs there, and measures nothing.',
    fallback: '',
  }),
};

export const pageBench = defineBench({
  name: 'page',
  summary: 'The status page with many services: how soon it stands, and how smoothly it scrolls.',
  flags,
  run: runPageBench,
});

const LONG_FRAME_MS = 50;

async function runPageBench({
  flags: { services, rounds, images },
  progress,
  signal,
}: BenchOptions<typeof flags>): Promise<readonly Figure[]> {
  await using served = await servePage(services);
  const browser = await openBrowser();
  try {
    if (images !== '') {
      await makeImages(browser, images);
      return [];
    }
    const renders: number[] = [];
    const frames: number[] = [];
    while (renders.length < rounds) {
      signal.throwIfAborted();
      progress(`opening the page with ${services} services`);
      await using visited = await visit(browser, 'about:blank', { viewport: { width: 1440, height: 900 } });
      const { page } = visited;
      await page.goto(served.url);
      // Counted from the start of the navigation to the frame in which the last card stands.
      renders.push(await timeUntilAllCards(page, services));
      frames.push(...(await scrollFrames(page)));
    }
    const long = frames.filter((ms) => ms > LONG_FRAME_MS).length;
    return [
      below(1_000, { name: 'render', value: median(renders), unit: 'ms' }),
      informing({ name: 'render_worst', value: Math.max(...renders), unit: 'ms' }),
      informing({ name: 'scroll_frame_p50', value: percentile(frames, 50), unit: 'ms' }),
      atMost(LONG_FRAME_MS, { name: 'scroll_frame_p95', value: percentile(frames, 95), unit: 'ms' }),
      informing({ name: 'scroll_frames_long', value: (100 * long) / frames.length, unit: '%' }),
    ];
  } finally {
    await browser.close();
  }
}

// What runs in the page is text: the types of this program have no browser in them.
const timeUntilAllCards = (page: Page, count: number): Promise<number> =>
  page.evaluate(`new Promise((resolve) => {
    const look = () =>
      document.querySelectorAll('.card').length === ${count}
        ? requestAnimationFrame(() => resolve(performance.now()))
        : requestAnimationFrame(look);
    look();
  })`);

/** Times between frames on the way from top to bottom. */
const scrollFrames = (page: Page): Promise<number[]> =>
  page.evaluate(`new Promise((resolve) => {
    const frames = [];
    let last = performance.now();
    const step = (now) => {
      frames.push(now - last);
      last = now;
      const before = scrollY;
      scrollBy(0, 120);
      if (frames.length > 240 || scrollY === before) resolve(frames);
      else requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  })`);
