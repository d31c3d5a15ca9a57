/** Whoever reaches Occopus' API runs code on the master: who does is decided here. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { z } from 'zod';
import { executorFlags } from '../../../executor/config.ts';
import { environmentName } from '../../../internal/daemon/flags.ts';
import { ROOT } from '../../house/source-files.ts';

const service = z.looseObject({
  restart: z.string().optional(),
  volumes: z.array(z.string()).default([]),
  networks: z.array(z.string()),
  environment: z.record(z.string(), z.string()).default({}),
});
const { services, networks } = z
  .object({
    services: z.record(z.string(), service),
    networks: z.record(z.string(), z.looseObject({ internal: z.boolean().optional() })),
  })
  .parse(load(readFileSync(join(ROOT, 'templates/cloud/occopus.compose.yaml'), 'utf8')));

describe('Occopus beside the stack', () => {
  test('publishes no port', () => {
    for (const one of Object.values(services)) expect(Object.keys(one)).not.toContain('ports');
  });

  test('shares its network with the executor only, and redis with nobody else', () => {
    const on = (network: string) =>
      Object.keys(services).filter((name) => services[name]?.networks.includes(network));
    expect(on('occopus')).toEqual(['occopus', 'executor']);
    expect(on('occopus-data')).toEqual(['redis', 'occopus']);
    expect(networks['occopus-data']?.internal).toBe(true);
  });

  test('comes back after a reboot, with its data and its list of infrastructures', () => {
    for (const name of ['redis', 'occopus']) expect(services[name]?.restart).toBe('unless-stopped');
    expect(services['redis']?.volumes).toEqual(['redis:/data']);
    expect(services['occopus']?.volumes).toContain('occopus:/root/.occopus');
  });

  test('is told to the executor by variables that it has', () => {
    const known = Object.keys(executorFlags).map(environmentName);
    expect(
      Object.keys(services['executor']?.environment ?? {}).filter((name) => !known.includes(name)),
    ).toEqual([]);
  });
});
