/** The status page in a real browser, before a real stack that scales a real service. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, type Visit, visit } from '../../browser.ts';
import { freezeProcess, sendSignal } from '../../cluster/processes.ts';
import { eventually } from '../../eventually.ts';
import { openScene, SCENE_OPENS_WITHIN_MS, type Scene } from '../support/scene.ts';
import { updateService } from '../support/services.ts';
import type { Part } from '../support/stack.ts';
import { seriousFaults } from './serious-faults.ts';

const LABELS = { 'micado.max': '2', 'micado.scaledown.for': '3s', 'micado.scaledown.cooldown': '3s' };
const CARD = '[data-target="docker/web"]';
/** What others have written is text, whatever it looks like. */
const REASON = 'the tests <b>say</b> so';

type Frozen = Part | 'docker';
const HANGING: readonly (readonly [part: Frozen, name: string])[] = [
  ['docker', 'Docker'],
  ['prometheus', 'Prometheus'],
  ['alertmanager', 'Alertmanager'],
  ['exporter', 'Exporters'],
  ['rulegen', 'Rule generator'],
];
const PROMISED_MS = 5_000;
/** A machine that is busy with other tests may delay any single time. */
const ATTEMPTS = 3;
const TURNS_WITHIN_MS = 20_000;

/** One wrong token, and an executor that is killed while it answers. */
const DONE_TO_IT = [
  /^Failed to load resource: the server responded with a status of 401/,
  /^Failed to load resource: net::ERR_(CONNECTION_REFUSED|CONNECTION_RESET|EMPTY_RESPONSE|INCOMPLETE_CHUNKED_ENCODING)/,
];

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
const partThatIs = (part: string, state: string) => `[data-part="${part}"][data-state="${state}"]`;
const freeze = (part: Frozen) =>
  part === 'docker' ? scene.engine.pause() : freezeProcess(scene.stack.pidOf(part));
const thaw = (part: Frozen) =>
  part === 'docker' ? scene.engine.resume() : sendSignal(scene.stack.pidOf(part), 'SIGCONT');
const row = (words: string): string => `.decision:has-text("web"):has-text("${words}")`;

/** How long each turn took to be seen, in milliseconds. */
async function hangAndReturn(part: Frozen, name: string): Promise<readonly [away: number, well: number]> {
  await freeze(part);
  const frozenMs = performance.now();
  let awayMs = Number.NaN;
  try {
    await shows(partThatIs(part, 'away'), TURNS_WITHIN_MS);
    awayMs = performance.now() - frozenMs;
    await shows(`h1:has-text("${name}"):has-text("not answer.")`);
  } finally {
    thaw(part);
  }
  const thawedMs = performance.now();
  await shows(partThatIs(part, 'well'), TURNS_WITHIN_MS);
  return [awayMs, performance.now() - thawedMs];
}

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
    await shows(`${CARD} .plot[aria-label*="last action 1 → 2 at"]`);
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

  test('finds decisions by what is typed', async () => {
    const field = page.getByLabel('Filter decisions');
    await field.fill('no such words');
    await shows('#no-decisions:has-text("No decision of those read so far is like that.")');
    await field.fill('WEB');
    await shows(row('▲ 1 → 2'));
    await field.fill('');
  });

  test.each(HANGING)(
    'shows within 5 s that %s hangs, and then that it is back',
    async (part, name) => {
      let slowerMs = Number.POSITIVE_INFINITY;
      for (let attempt = 0; attempt < ATTEMPTS && slowerMs > PROMISED_MS; attempt += 1)
        slowerMs = Math.max(...(await hangAndReturn(part, name)));
      expect(slowerMs).toBeLessThanOrEqual(PROMISED_MS);
    },
    150_000,
  );

  test('says that the executor itself does not answer, and shows what it said last as old', async () => {
    await freeze('executor');
    try {
      await shows('h1:has-text("The executor has not answered since")', TURNS_WITHIN_MS);
      await shows(`main[data-stale] ${CARD}`);
    } finally {
      thaw('executor');
    }
    await shows(`main:not([data-stale]) ${CARD}`, TURNS_WITHIN_MS);
    await shows('h1:has-text("one service")');
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

  test('pauses and resumes one service by its card', async () => {
    const button = (name: string) => page.locator(CARD).getByRole('button', { name, exact: true });
    await button('Pause').click();
    await shows('dialog:has-text("Pause web?")');
    await page.locator('dialog').getByRole('button', { name: 'Pause' }).click();
    await shows(`${CARD} .tag[data-state="late"]:has-text("paused")`);
    await button('Resume').click();
    await page.locator('dialog').getByRole('button', { name: 'Resume' }).click();
    await page.waitForSelector(`${CARD} .tag:has-text("paused")`, { state: 'detached' });
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

  test('knows after a restart since when a part is away, and does not take what it cannot ask for nothing', async () => {
    await freeze('rulegen');
    try {
      await shows(partThatIs('rulegen', 'away'), TURNS_WITHIN_MS);
      await freeze('prometheus');
      scene.stack.kill('executor');
      await shows('#no-services:has-text("not known before Prometheus answers")');
      thaw('prometheus');
      await shows(`${partThatIs('rulegen', 'away')} .state:has-text("away for")`);
      await shows(CARD);
    } finally {
      thaw('prometheus');
      thaw('rulegen');
    }
    await shows(partThatIs('rulegen', 'well'), TURNS_WITHIN_MS);
  });

  test('shows a service whose labels are wrong', async () => {
    await updateService(scene.engine, 'web', { labels: { 'micado.scaleup': 'a lot' } });
    await shows(`${CARD} .tag[data-state="late"]:has-text("rules in quarantine")`, 60_000);
    await shows(`${CARD} .verdict:has-text("service-web.yml is not what its labels ask for")`);
    await shows(`${partThatIs('rulegen', 'late')}:has-text("Rules in quarantine: service-web.yml")`);
  }, 90_000);

  test('has complained of nothing but what was done to it, and asked nobody but the executor', () => {
    expect(visited.complaints().filter((one) => !DONE_TO_IT.some((known) => known.test(one)))).toEqual([]);
    expect(visited.origins()).toEqual([new URL(scene.stack.url.executor).origin]);
  });
});
