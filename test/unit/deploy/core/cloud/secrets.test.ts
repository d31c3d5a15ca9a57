import { expect, test } from '@jest/globals';
import { secretReferences, withSecrets } from '../../../../../deploy/core/cloud/secrets.ts';
import { someUserData } from './some-user-data.ts';

const data = someUserData({
  auth: { type: 'cloudsigma', email: 'a@b', password: { from_env: 'PASSWORD' } },
  resource: {
    type: 'cloudsigma',
    description: { vnc_password: { from_file: 'vnc' }, pubkeys: ['k'], cpu: 1 },
  },
});

test('references are found with their places, and replaced where they stand', () => {
  expect(secretReferences(data)).toEqual([
    { path: ['auth_data', 'password'], reference: { kind: 'env', name: 'PASSWORD' } },
    { path: ['resource', 'description', 'vnc_password'], reference: { kind: 'file', name: 'vnc' } },
  ]);
  const { auth, resource } = withSecrets(data, ({ kind, name }) => `${kind}:${name}`);
  expect(auth).toEqual({ type: 'cloudsigma', email: 'a@b', password: 'env:PASSWORD' });
  expect(resource).toEqual({
    type: 'cloudsigma',
    description: { vnc_password: 'file:vnc', pubkeys: ['k'], cpu: 1 },
  });
});
