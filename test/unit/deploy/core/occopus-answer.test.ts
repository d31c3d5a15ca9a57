import { describe, expect, test } from '@jest/globals';
import { judgeAnswer, parseReport } from '../../../../deploy/core/occopus-answer.ts';

const answer = (json: unknown, overrides = {}) =>
  judgeAnswer({ status: 200, mediaType: 'application/json', text: JSON.stringify(json), ...overrides });
const refusal = (reason: string) => answer({ message: '', reason, status_code: 300 });

describe('an answer of Occopus', () => {
  test('is accepted where it is JSON and no refusal', () => {
    expect(answer({ infraid: 'x' })).toEqual({ kind: 'accepted', json: { infraid: 'x' } });
  });

  test('is a refusal though it comes as HTTP 200', () => {
    expect(refusal('ERROR: redis is away')).toEqual({ kind: 'refused', reason: 'ERROR: redis is away' });
  });

  test('tells an unknown infrastructure from an unknown node', () => {
    expect(refusal("ERROR: infrastructure 'x' does not exist!")).toEqual({ kind: 'unknown_infrastructure' });
    expect(refusal("ERROR: node 'w does not exist in infrastructure 'x'!")).toMatchObject({
      kind: 'refused',
    });
  });

  test.each([
    ['a page of HTML', { status: 500, mediaType: 'text/html' }],
    ['JSON with another status', { status: 500 }],
    ['HTML as HTTP 200', { mediaType: 'text/html' }],
    ['a torn text', { text: '{"infra' }],
  ])('is none where it is %s', (_title, overrides) => {
    expect(answer({ infraid: 'x' }, overrides)).toEqual({ kind: 'unintelligible' });
  });
});

describe('a report', () => {
  test('gives the VMs of all nodes, whatever form their addresses have', () => {
    const instances = {
      a: { resource_address: '10.0.0.1', state: 'ready' },
      b: { resource_address: ['host.example', '10.0.0.2'], state: 'ready' },
      c: { resource_address: null, state: 'shutdown' },
      d: { resource_address: '', state: 'pending' },
    };
    expect(parseReport({ worker: { instances, scaling: {} } })).toEqual([
      { id: 'a', node: 'worker', addresses: ['10.0.0.1'] },
      { id: 'b', node: 'worker', addresses: ['host.example', '10.0.0.2'] },
      { id: 'c', node: 'worker', addresses: [] },
      { id: 'd', node: 'worker', addresses: [] },
    ]);
  });

  test('of an infrastructure without VMs is empty', () => {
    expect(parseReport({})).toEqual([]);
  });

  test('is none where it has another shape', () => {
    expect(parseReport({ worker: { instances: 3 } })).toBeUndefined();
    expect(parseReport('fine')).toBeUndefined();
  });
});
