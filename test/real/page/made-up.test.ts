/** The status page in a real browser, before a cluster that is made up: pools, small windows, keyboard, screen readers. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import type { Overview } from '../../../executor/core/overview/overview-shape.ts';
import { type ServedPage, servePage } from '../../bench/page/serve-page.ts';
import { openBrowser, type Visit, visit } from '../../browser.ts';
import { seriousFaults } from './serious-faults.ts';

const SERVICES = 12;
const POOL = '[data-target="VM/shop/worker"]';

let change: (overview: Overview) => Overview = (overview) => overview;
let served: ServedPage;
let browser: Browser;
let visited: Visit;
let page: Page;

beforeAll(async () => {
  [served, browser] = await Promise.all([servePage(SERVICES, (given) => change(given)), openBrowser()]);
  visited = await visit(browser, served.url, { viewport: { width: 1440, height: 900 } });
  page = visited.page;
  await shows(`.card:nth-child(${SERVICES})`);
}, 60_000);

afterAll(async () => {
  expect(visited.complaints()).toEqual([]);
  await browser?.close();
  await served?.[Symbol.asyncDispose]();
});

const shows = (selector: string) => page.waitForSelector(selector, { timeout: 20_000 });
const textsOf = (selector: string) => page.locator(selector).allInnerTexts();
const whyNot = () => page.locator(POOL).getByRole('button', { name: 'Why not?' });

describe('a pool', () => {
  test('shows its machines, the way of one that comes, and of one that goes', async () => {
    await shows(`${POOL} table`);
    expect(await textsOf(`${POOL} tbody tr`)).toEqual([
      'worker-1\tready\t71 %\t9\tyes',
      'worker-2\tready\t64 %\t8\tyes',
      'worker-3\tready\t5 %\t1\tyes',
    ]);
    expect(await textsOf(`${POOL} .card-head .tag`)).toEqual([
      '4 of 4 VMs, between 1 and 10',
      expect.stringContaining('well'),
    ]);
    expect(await textsOf(`${POOL} p.small`)).toEqual(['vm-4 comes', 'worker-3 goes']);
    expect(await textsOf(`${POOL} [data-step="now"]`)).toEqual(['joins the Swarm', 'tasks end']);
  });

  test('that is paused says so, with the alerts that it has all the same', async () => {
    const since = new Date(Date.now() - 300_000).toISOString();
    const alert = {
      name: 'worker_overloaded',
      state: 'firing',
      since,
      suppressed: null,
      decides: true,
    } as const;
    change = (given) => ({
      ...given,
      pools: given.pools.map((pool) => ({ ...pool, paused: true, alerts: [alert] })),
    });
    await shows(`${POOL} .tag[data-state="late"]:has-text("paused")`);
    await shows(`${POOL} .alerts:has-text("Alerts: overloaded for 5 min (firing)")`);
    await shows('h1:has-text("services and one pool of workers; 3 over or under a threshold.")');
  });
});

test('an exporter that does not answer is found among the many', async () => {
  const missing = [
    { name: 'n7:9200', since: new Date(Date.now() - 7_200_000).toISOString() },
    { name: 'n9:9200', since: null },
  ];
  const away = { name: 'exporter', state: 'late', reason: '2 of 12 do not answer.', missing } as const;
  change = (given) => ({
    ...given,
    parts: given.parts.map((part) =>
      part.name === 'exporter' ? { ...away, since: missing[0]?.since ?? null } : part,
    ),
  });
  await shows('[data-part="exporter"] .state:has-text("needs a look for 2 h")');
  await page.locator('[data-part="exporter"] summary').click();
  expect(await textsOf('[data-part="exporter"] li')).toEqual([
    expect.stringMatching(/^n7:9200 since [\d:. ]+$/),
    'n9:9200',
  ]);
});

describe('in a window', () => {
  test.each([390, 768, 1440])('of %d pixels all is in sight, with and without a dialog', async (width) => {
    await page.setViewportSize({ width, height: 900 });
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    expect(await seriousFaults(page)).toEqual([]);
    await whyNot().click();
    await shows('dialog:has-text("What would change it")');
    expect(await seriousFaults(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Sign in' }).click();
    await shows('dialog input[type="password"]');
    expect(await seriousFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
  });
});

describe('with the keyboard alone', () => {
  const focused = (): Promise<string> => page.evaluate('document.activeElement.textContent.trim()');

  test('the first key leads past the head of the page', async () => {
    await page.reload();
    await shows('.card');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Skip to the services');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('services');
  });

  test('"Why not?" opens by Enter, and Escape gives the focus back', async () => {
    await whyNot().focus();
    await page.keyboard.press('Enter');
    await shows('dialog[open]:has-text("What would change it")');
    expect(await page.evaluate('document.querySelector("dialog").contains(document.activeElement)')).toBe(
      true,
    );
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog[open]', { state: 'detached' });
    expect(await page.evaluate(`document.activeElement.closest('${POOL}') !== null`)).toBe(true);
    expect(await focused()).toBe('Why not?');
  });
});
