/** The files of docker/ as a reader of them sees them: variables at their defaults. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load, YAML11_SCHEMA } from 'js-yaml';
import { z } from 'zod';
import { ROOT } from '../../house/source-files.ts';

const service = z.looseObject({
  image: z.string().optional(),
  user: z.string().optional(),
  read_only: z.boolean().optional(),
  cap_drop: z.array(z.string()).optional(),
  cap_add: z.array(z.string()).default([]),
  ports: z.array(z.unknown()).optional(),
  networks: z.array(z.string()).optional(),
  volumes: z.array(z.union([z.string(), z.looseObject({ source: z.string() })])).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  deploy: z
    .looseObject({
      mode: z.string().default('replicated'),
      labels: z.record(z.string(), z.string()).default({}),
      placement: z.looseObject({ constraints: z.array(z.string()) }).optional(),
    })
    .optional(),
});
const composeFile = z.looseObject({
  version: z.string(),
  services: z.record(z.string(), service),
  configs: z.record(z.string(), z.looseObject({ name: z.string(), file: z.string() })).default({}),
});
export type ComposeFile = z.infer<typeof composeFile>;
export type ComposeService = ComposeFile['services'][string];

export const readText = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

export function readComposeFile(path: string): ComposeFile {
  const document = load(readText(path), { schema: YAML11_SCHEMA });
  return composeFile.parse(JSON.parse(JSON.stringify(document), (_, value) => interpolate(value)));
}

const interpolate = (value: unknown): unknown =>
  typeof value === 'string' ? value.replace(/\$\{\w+(?::[-?]([^}]*))?\}/g, '$1') : value;

/** What of the machine a service mounts: `/var/run/docker.sock`. */
export function mountedPaths({ volumes }: ComposeService): readonly string[] {
  const sources = volumes.map((volume) =>
    typeof volume === 'string' ? volume.split(':')[0] : volume.source,
  );
  return sources.filter((source): source is string => source?.startsWith('/') === true);
}
