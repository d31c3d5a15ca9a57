import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import {
  renderAuthData,
  renderInfrastructure,
  renderNodeDefinition,
} from '../../../../../deploy/core/cloud/occopus-descriptors.ts';
import { someUserData } from './some-user-data.ts';

const UNKNOWN = { masterAddress: undefined, joinToken: undefined };

describe('renderAuthData', () => {
  test('names the type beside the credentials, so that Occopus finds them', () => {
    expect(load(renderAuthData(someUserData()))).toEqual({
      resource: [{ type: 'ec2', auth_data: { accesskey: 'AKIA', secretkey: 'hunter2' } }],
    });
  });

  test('gives an application credential of OpenStack its own type', () => {
    const auth = { type: 'nova', id: 'i', secret: 's' };
    const data = someUserData({ cloud: 'nova', auth, resource: { type: 'nova' } });
    expect(load(renderAuthData(data))).toEqual({
      resource: [{ type: 'nova', auth_data: { type: 'application_credential', id: 'i', secret: 's' } }],
    });
  });

  test.each([
    { id: 'i', secret: 's' },
    { type: 'by_key', id: 'i', secret: 's' },
  ])('hands on what another plug-in takes as it is: %j', (credentials) => {
    const auth = { type: 'mine', ...credentials };
    const data = someUserData({ cloud: 'custom', auth, resource: { type: 'mine' } });
    expect(load(renderAuthData(data))).toEqual({ resource: [{ type: 'mine', auth_data: credentials }] });
  });

  test('is empty for a plug-in without credentials', () => {
    expect(load(renderAuthData(someUserData({ auth: {} })))).toEqual({ resource: [] });
  });
});

describe('renderNodeDefinition', () => {
  test('holds the resource, the cloud-init and a health check that pings nobody', () => {
    const { resource } = someUserData();
    expect(load(renderNodeDefinition({ resource }, '#cloud-config\na: {{ b }}\n'))).toEqual({
      'node_def:worker': [
        {
          resource,
          contextualisation: { type: 'cloudinit', context_template: '#cloud-config\na: {{ b }}\n' },
          health_check: { ping: false, ports: [9200], timeout: 1200 },
        },
      ],
    });
  });
});

describe('renderInfrastructure', () => {
  test('holds the bounds of user data', () => {
    expect(load(renderInfrastructure(someUserData({ scaling: { min: 3, max: 5 } }), UNKNOWN))).toEqual({
      user_id: 'ops@cloud.example',
      infra_name: 'micado-worker-infra',
      nodes: [{ name: 'worker', type: 'worker', scaling: { min: 3, max: 5 } }],
    });
  });

  test('tells workers where the master is and how to join, where that is known', () => {
    const known = { masterAddress: '10.0.0.5', joinToken: 'SWMTKN-1-a-b' };
    expect(load(renderInfrastructure(someUserData(), known))).toMatchObject({
      variables: { master_host_ip: '10.0.0.5', worker_join_token: 'SWMTKN-1-a-b' },
    });
  });
});
