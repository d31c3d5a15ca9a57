import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { completeInfrastructure } from '../../../../../deploy/core/cloud/complete-infrastructure.ts';
import { renderInfrastructure } from '../../../../../deploy/core/cloud/occopus-descriptors.ts';

const FACTS = { masterAddress: '10.0.0.5', joinToken: 'SWMTKN-1-new' };
const data = { userId: 'ops@cloud.example', scaling: { min: 2, max: 7 } };

describe('completeInfrastructure', () => {
  test.each([
    ['puts in how workers join', { masterAddress: undefined, joinToken: undefined }],
    ['replaces what was rendered for another day', { masterAddress: '10.9.9.9', joinToken: 'SWMTKN-1-old' }],
  ])('%s, and keeps all else', (_title, joined) => {
    const source = renderInfrastructure(data, joined);
    const completed = completeInfrastructure(source, FACTS);
    expect(completed).toMatchObject({ ok: true, nodes: [{ name: 'worker', min: 2, max: 7 }] });
    expect(load(completed.ok ? completed.text : '')).toEqual({
      ...(load(source) as object),
      variables: { master_host_ip: '10.0.0.5', worker_join_token: 'SWMTKN-1-new' },
    });
  });

  test('keeps variables of the operator’s own', () => {
    const source = `${renderInfrastructure(data, { masterAddress: undefined, joinToken: undefined })}variables: { zone: a }\n`;
    const completed = completeInfrastructure(source, FACTS);
    expect(load(completed.ok ? completed.text : '')).toMatchObject({ variables: { zone: 'a' } });
  });

  test.each([
    ['no YAML', 'a: [', 'the document: '],
    ['no node', 'nodes: []', 'nodes: '],
    [
      'bounds that are no numbers',
      'nodes: [{ name: w, scaling: { min: "1", max: 2 } }]',
      'nodes.0.scaling.min: ',
    ],
    ['code for Occopus’ loader', 'nodes: !!python/object/apply:os.system ["x"]', 'the document: '],
  ])('refuses %s', (_title, source, start) => {
    const completed = completeInfrastructure(source, FACTS);
    expect(completed).toMatchObject({ ok: false, problem: expect.stringContaining(start) });
  });
});
