/** Debian's Chromium without a window, for one page at a time, with all that it complained of and asked for. */
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

export type Visit = AsyncDisposable & {
  readonly page: Page;
  /** Errors in its console, and exceptions that nobody caught. */
  complaints(): readonly string[];
  /** Origins that it asked, its own included. */
  origins(): readonly string[];
};

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });

export async function visit(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  const origins = new Set<string>();
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => origins.add(new URL(request.url()).origin));
  await page.goto(url);
  return {
    page,
    complaints: () => complaints,
    origins: () => [...origins],
    [Symbol.asyncDispose]: () => context.close(),
  };
}
