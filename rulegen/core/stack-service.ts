/** A service of a stack file (docker compose v3), read as the engine would show it once it is deployed. */
import { z } from 'zod';
import type { ServiceFacts } from './service-facts.ts';

export type ParsedStackService =
  | { readonly ok: true; readonly service: ServiceFacts }
  /** Where in the service's mapping, and what is wrong there. */
  | {
      readonly ok: false;
      readonly problems: readonly { readonly path: readonly string[]; readonly message: string }[];
    };

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const labels = z
  .union([
    z.record(
      z.string(),
      scalar.nullable().transform((value) => value ?? ''),
    ),
    z.array(z.string()).transform((list) => Object.fromEntries(list.map(splitLabel))),
  ])
  .nullish();
const memory = scalar.transform((text, context) => {
  const bytes = parseBytes(text);
  if (bytes !== undefined) return bytes;
  context.addIssue({ code: 'custom', message: 'must be a size such as 64M or 1.5G' });
  return z.NEVER;
});
const cores = z.coerce.number('must be a number of cores such as 0.5').positive();
const volume = z.union([
  z.string().transform(isNamedVolume),
  z.looseObject({ type: z.string().default('volume') }).transform(({ type }) => type === 'volume'),
]);
const schema = z.looseObject({
  deploy: z
    .looseObject({
      mode: z.enum(['replicated', 'global', 'replicated-job', 'global-job']).default('replicated'),
      labels,
      resources: z
        .looseObject({
          limits: z.looseObject({ cpus: cores.optional(), memory: memory.optional() }).nullish(),
        })
        .nullish(),
    })
    .nullish(),
  volumes: z.array(volume).nullish(),
});

/** @param name as the Swarm will know it: `<stack>_<service>` */
export function parseStackService(name: string, json: unknown): ParsedStackService {
  const parsed = schema.safeParse(json ?? {});
  if (!parsed.success)
    return {
      ok: false,
      problems: parsed.error.issues.map(({ path, message }) => ({ path: path.map(String), message })),
    };
  const { deploy, volumes } = parsed.data;
  const limits = deploy?.resources?.limits;
  return {
    ok: true,
    service: {
      // It gets one when it is deployed; an alert without it is good for any service of the name.
      id: '',
      name,
      labels: deploy?.labels ?? {},
      mode: deploy?.mode ?? 'replicated',
      cpuLimitCores: limits?.cpus,
      memoryLimitBytes: limits?.memory,
      mountsVolume: (volumes ?? []).includes(true),
    },
  };
}

function splitLabel(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/** `name:/path`, or `/path` alone; a path on the left is a bind. */
function isNamedVolume(text: string): boolean {
  const [source = '', target] = text.split(':');
  return target === undefined || !/^[./~]/.test(source);
}

const UNIT_BYTES: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1_024,
  m: 1_024 ** 2,
  g: 1_024 ** 3,
  t: 1_024 ** 4,
};

function parseBytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?) *([bkmgt]?)b?$/i.exec(text.trim());
  const unitBytes = UNIT_BYTES[(match?.[2] ?? '').toLowerCase()];
  return match === null || unitBytes === undefined ? undefined : Math.floor(Number(match[1]) * unitBytes);
}
