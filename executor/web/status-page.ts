/** The page for people: static files, which read the executor's own API and nothing else. */
import { existsSync } from 'node:fs';
import express, { type Router } from 'express';
import { AppError } from '../../internal/daemon/app-error.ts';

const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  // Asked again each time, and answered by 304: an upgraded executor never meets an old page.
  'cache-control': 'no-cache',
};

export function addStatusPage(router: Router, folder: string | undefined): void {
  if (folder === undefined || !existsSync(folder)) {
    router.get('/', () => {
      throw new AppError('unavailable', 'the status page is not built; npm run build makes it');
    });
    return;
  }
  router.use(
    express.static(folder, {
      cacheControl: false,
      redirect: false,
      setHeaders: (response) => {
        for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
      },
    }),
  );
}
