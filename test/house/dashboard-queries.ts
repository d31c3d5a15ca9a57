/** All that the Grafana dashboard asks Prometheus: its panels, its annotations and its variables. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ROOT } from './source-files.ts';

export type DashboardQuery = { readonly where: string; readonly expr: string };

const schema = z.object({
  uid: z.string(),
  panels: z.array(
    z.object({
      id: z.number(),
      title: z.string(),
      type: z.string(),
      gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
      targets: z.array(z.object({ expr: z.string(), legendFormat: z.string() })).default([]),
    }),
  ),
  annotations: z.object({
    list: z.array(z.object({ name: z.string(), expr: z.string(), titleFormat: z.string() })),
  }),
  templating: z.object({ list: z.array(z.object({ name: z.string(), definition: z.string().default('') })) }),
});

export const dashboard = schema.parse(
  JSON.parse(readFileSync(join(ROOT, 'templates/grafana/micado.json'), 'utf8')),
);

/** What Grafana puts in place of its variables, for the hour that is shown first and a scrape every 2 s. */
const VARIABLES: Readonly<Record<string, string>> = {
  service: '.+',
  __rate_interval: '1m',
  __interval: '15s',
  __range: '1h',
};

export const dashboardQueries: readonly DashboardQuery[] = [
  ...dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ where: title, expr }))),
  ...dashboard.annotations.list.map(({ name, expr }) => ({ where: `annotation ${name}`, expr })),
];

/** The expression as Prometheus gets it; a variable that nobody fills stays, and is an error there. */
export const filledIn = (expr: string): string =>
  expr.replaceAll(/\$(\w+)/g, (whole, name: string) =>
    /^\d+$/.test(name) ? whole : (VARIABLES[name] ?? whole),
  );
