/** Scrapes as Prometheus does, on a connection that stays, and measures what is seen from outside. */
import { Agent, get } from 'node:http';

export type Scrape = { readonly wallMs: number; readonly body: Buffer };
export type Encoding = 'identity' | 'gzip';
export type ScrapeClient = Disposable & { scrape(encoding?: Encoding): Promise<Scrape> };

export function createScrapeClient(url: string): ScrapeClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    scrape: (encoding = 'identity') =>
      new Promise((resolve, reject) => {
        const startMs = performance.now();
        const headers = { 'accept-encoding': encoding };
        const request = get(`${url}/metrics`, { agent, headers }, (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('error', reject);
          response.on('end', () => {
            if (response.statusCode !== 200)
              reject(new Error(`${url} answered ${response.statusCode} to a scrape`));
            else resolve({ wallMs: performance.now() - startMs, body: Buffer.concat(parts) });
          });
        });
        request.on('error', reject);
      }),
    [Symbol.dispose]: () => agent.destroy(),
  };
}

/** The value of a series without labels; NaN where there is none. */
export function sampleValue(body: Buffer, name: string): number {
  const at = body.lastIndexOf(`\n${name} `);
  if (at < 0) return Number.NaN;
  const from = at + name.length + 2;
  return Number(body.toString('latin1', from, body.indexOf('\n', from)));
}
