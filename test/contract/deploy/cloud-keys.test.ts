/** What `micado check` requires and allows is what Occopus does. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { z } from 'zod';
import { checkUserData } from '../../../deploy/core/user-data/check-user-data.ts';
import { CLOUD_NAMES, CLOUDS } from '../../../deploy/core/user-data/clouds.ts';
import { OCCOPUS_RESOURCE_KEYS } from '../../fakes/occopus-node-definition.ts';
import { ROOT } from '../../house/source-files.ts';
import { fillIn } from './filled-user-data.ts';

const document = z.looseObject({ resource: z.record(z.string(), z.unknown()) });

/** JSON is YAML, too. */
function errorsOf(userData: object): readonly string[] {
  const { findings } = checkUserData(JSON.stringify({ ...userData, occopus: { image: 'occopus:1.10' } }));
  return findings.filter(({ severity }) => severity === 'error').map(({ message }) => message);
}

/** Values for the keys that are no text. */
const VALUES: Readonly<Record<string, unknown>> = {
  security_groups: ['a'],
  security_group_ids: ['a'],
  volume_size: 0,
  volume_persist: true,
};

describe.each(CLOUD_NAMES.filter((cloud) => cloud !== 'custom'))('for %s', (cloud) => {
  const example = readFileSync(join(ROOT, 'templates/cloud/user-data', `${cloud}.yaml`), 'utf8');
  const filled = document.parse(load(fillIn(example)));
  const keys = OCCOPUS_RESOURCE_KEYS[CLOUDS[cloud].type ?? ''] ?? { required: [], optional: [] };

  test('every key that Occopus requires is required', () => {
    expect(keys.required.length).toBeGreaterThan(2);
    for (const key of keys.required.filter((one) => one !== 'type')) {
      const { [key]: _, ...rest } = filled.resource;
      expect(errorsOf({ ...filled, resource: rest })).toEqual([`resource.${key} is required`]);
    }
  });

  test('every key that Occopus allows is allowed, but for the one that render writes', () => {
    const optional = keys.optional.filter((key) => key !== 'customdata');
    for (const key of optional)
      expect(errorsOf({ ...filled, resource: { ...filled.resource, [key]: VALUES[key] ?? 'a' } })).toEqual(
        [],
      );
  });

  test('any other key is refused, with the nearest that Occopus knows', () => {
    expect(errorsOf({ ...filled, resource: { ...filled.resource, endpont: 'a' } })).toEqual([
      'unknown key resource.endpont; did you mean "endpoint"?',
    ]);
  });
});

describe('descriptions', () => {
  test.each([
    ['cloudsigma', 'cpu', 'resource.description.cpu is required'],
    ['cloudsigma', 'vnc_password', 'resource.description.vnc_password is required'],
    ['cloudbroker', 'deployment_id', 'resource.description.deployment_id is required'],
  ])('of %s need %s', (cloud, key, message) => {
    const example = readFileSync(join(ROOT, 'templates/cloud/user-data', `${cloud}.yaml`), 'utf8');
    const filled = document.parse(load(fillIn(example)));
    const { [key]: _, ...description } = z
      .record(z.string(), z.unknown())
      .parse(filled.resource['description']);
    expect(errorsOf({ ...filled, resource: { ...filled.resource, description } })).toEqual([message]);
  });
});

describe('credentials', () => {
  test.each([
    ['nova', { type: 'nova', username: 'a', password: 'b' }, []],
    ['nova', { type: 'nova', id: 'a', secret: 'b' }, []],
    [
      'nova',
      { type: 'nova', username: 'a', secret: 'b' },
      ['auth_data needs username and password, or id and secret of an application credential'],
    ],
    [
      'nova',
      { type: 'nova', username: 'a', password: 'b', id: 'c', secret: 'd' },
      ['auth_data needs username and password, or id and secret of an application credential'],
    ],
    ['ec2', { type: 'ec2', accesskey: 'a' }, ['auth_data.secretkey is required']],
    [
      'azure',
      { type: 'azure_vm', tenant_id: 'a', client_id: 'b', client_secret: 'c' },
      ['auth_data.subscription_id is required'],
    ],
    [
      'cloudsigma',
      { type: 'cloudsigma', email: 'a', password: ['b'] },
      ['auth_data.password must be text, { from_env: NAME } or { from_file: path }'],
    ],
  ])('of %s: %j', (cloud, auth, messages) => {
    const example = readFileSync(join(ROOT, 'templates/cloud/user-data', `${cloud}.yaml`), 'utf8');
    expect(errorsOf({ ...document.parse(load(fillIn(example))), auth_data: auth })).toEqual(messages);
  });
});
