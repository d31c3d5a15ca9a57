/** The images of the docs, all of one cluster that is made up: `npm run bench -- page --images=docs/images`. */
import { join } from 'node:path';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { visit } from '../../browser.ts';
import { eventually } from '../../eventually.ts';
import { servePage } from './serve-page.ts';

type Image = {
  readonly file: string;
  readonly size: { readonly width: number; readonly height: number };
  readonly colorScheme: NonNullable<BrowserContextOptions['colorScheme']>;
  /** What stands at the top; the head of the page where it is left out. */
  readonly from?: string;
};

const IMAGES: readonly Image[] = [
  { file: 'status-page.png', size: { width: 1440, height: 1000 }, colorScheme: 'light' },
  {
    file: 'status-page-dark.png',
    size: { width: 1440, height: 1000 },
    colorScheme: 'dark',
    from: '#pool-section',
  },
  { file: 'status-page-phone.png', size: { width: 390, height: 844 }, colorScheme: 'light' },
];
const SERVICES = 6;

export async function makeImages(browser: Browser, folder: string): Promise<void> {
  await using served = await servePage(SERVICES);
  for (const { file, size, colorScheme, from } of IMAGES) {
    await using visited = await visit(browser, served.url, { viewport: size, colorScheme });
    const { page } = visited;
    await eventually('all is there', () => page.evaluate<boolean>(ALL_DRAWN));
    if (from !== undefined) await page.evaluate(`document.querySelector('${from}').scrollIntoView()`);
    await eventually('all is drawn', () => page.evaluate<boolean>(ALL_DRAWN));
    await page.screenshot({ path: join(folder, file) });
  }
}

/** Whatever is in sight has its plot, and the pool its machines. */
const ALL_DRAWN = `(() => {
  const isInSight = (one) => {
    const { top, bottom } = one.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  };
  const plots = [...document.querySelectorAll('.plot')].filter(isInSight);
  const isDrawn = plots.every((plot) => plot.querySelector('canvas') !== null);
  return isDrawn && document.querySelector('.pool table') !== null && document.querySelector('.decision') !== null;
})()`;
