/** The status page in a real browser, before a real stack that scales a real service. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, type Visit, visit } from '../../browser.ts';
import { eventually } from '../../eventually.ts';
import { openScene, SCENE_OPENS_WITHIN_MS, type Scene } from '../support/scene.ts';
import { seriousFaults } from './serious-faults.ts';

const LABELS = { 'micado.max': '2', 'micado.scaledown.for': '3s', 'micado.scaledown.cooldown': '3s' };
const CARD = '[data-target="docker/web"]';
/** What others have written is text, whatever it looks like. */
const REASON = 'the tests <b>say</b> so';

let scene: Scene;
let browser: Browser;
let visited: Visit;
let page: Page;

beforeAll(async () => {
  [scene, browser] = await Promise.all([openScene(), openBrowser()]);
  visited = await visit(browser, scene.stack.url.executor, { viewport: { width: 1440, height: 900 } });
  page = visited.page;
}, SCENE_OPENS_WITHIN_MS);

afterAll(async () => {
  await browser?.close();
  await scene?.close();
});

const shows = (selector: string, withinMs = 30_000) => page.waitForSelector(selector, { timeout: withinMs });
const press = (name: string) => page.getByRole('button', { name, exact: true }).first().click();
const row = (words: string): string => `.decision:has-text("web"):has-text("${words}")`;

describe('the status page', () => {
  test('says what it waits for while there is no service', async () => {
    await shows('#no-services:has-text("No service has scaling rules yet")');
    await shows('#no-decisions:has-text("Nothing was decided yet")');
    await shows('[data-part="docker"][data-state="well"]');
    await shows('[data-part="rulegen"][data-state="well"]');
  });

  test('shows a service, its load and its growth as they happen', async () => {
    scene.load.set(1.0);
    await scene.load.createService('web', LABELS);
    await shows(CARD);
    await shows(row('▲ 1 → 2'), 60_000);
    await shows(`${CARD} .figure:has-text("2 / 2")`, 60_000);
    await shows(`${CARD} .plot canvas`);
    await shows(`${CARD} .plot[aria-label*="grows over 80 %, shrinks under 20 %"][aria-label*="now"]`);
  }, 120_000);

  test('says why in one click', async () => {
    await page.locator(CARD).getByRole('button', { name: 'Why not?' }).click();
    await shows('dialog:has-text("What would change it"):has-text("Cooldowns"):has-text("1 → 2")');
    await press('Close');
  });

  test('has no serious fault for those who read it by other means, in light and in dark', async () => {
    expect(await seriousFaults(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await seriousFaults(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'light' });
  });

  test('has complained of nothing, and asked nobody but the executor', () => {
    expect(visited.complaints()).toEqual([]);
    expect(visited.origins()).toEqual([new URL(scene.stack.url.executor).origin]);
  });

  test('shows a part that hangs, and that it is back', async () => {
    const pid = scene.stack.pidOf('alertmanager');
    process.kill(pid, 'SIGSTOP');
    try {
      await shows('[data-part="alertmanager"][data-state="away"]', 5_000);
      await shows('h1:has-text("Alertmanager: it does not answer.")');
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await shows('[data-part="alertmanager"][data-state="well"]', 5_000);
  });

  test('lets nobody pause who has not signed in', async () => {
    expect(await page.getByRole('button', { name: /Pause/ }).count()).toBe(0);
    await press('Sign in');
    await page.getByLabel('Token or password').fill('a wrong one');
    await page.locator('dialog').getByRole('button', { name: 'Sign in' }).click();
    await shows('dialog .problem:has-text("credentials are missing or wrong")');
    expect(await page.getByRole('button', { name: /Pause/ }).count()).toBe(0);
  });

  test('pauses and resumes all, after it was asked whether it should', async () => {
    await page.getByLabel('Token or password').fill(scene.stack.token);
    await page.locator('dialog').getByRole('button', { name: 'Sign in' }).click();
    await press('Pause all');
    await page.getByLabel('Why, for the others').fill(REASON);
    await page.locator('dialog').getByRole('button', { name: 'Pause' }).click();
    await shows('h1:has-text("Scaling is paused.")');
    await shows(`#notice:has-text("${REASON}")`);
    await press('Resume all');
    await page.locator('dialog').getByRole('button', { name: 'Resume' }).click();
    await shows('h1:has-text("one service")');
  });

  test('goes on by itself after the executor was killed, with what was decided meanwhile', async () => {
    scene.stack.kill('executor');
    scene.load.set(0);
    await shows(row('▼ 2 → 1'), 60_000);
    await shows('#freshness[data-state="live"]');
    await eventually('each decision is shown once', async () => {
      const ids: string[] = await page.evaluate(
        `[...document.querySelectorAll('.decision')].map((one) => one.dataset.id)`,
      );
      return ids.length > 0 && new Set(ids).size === ids.length;
    });
  }, 120_000);
});
