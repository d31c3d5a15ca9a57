import { describe, expect, test } from '@jest/globals';
import {
  judgeOccopusAnswer,
  parseOccopusList,
  parseOccopusReport,
} from '../../../internal/contract/occopus.ts';

const answer = (json: unknown, overrides = {}) =>
  judgeOccopusAnswer({
    status: 200,
    mediaType: 'application/json',
    text: JSON.stringify(json),
    ...overrides,
  });

describe('an answer of Occopus', () => {
  test('is accepted where it is JSON and no refusal', () => {
    expect(answer({ infraid: 'x' })).toEqual({ kind: 'accepted', json: { infraid: 'x' } });
  });

  test.each([
    ['refused', 'ERROR: redis is away'],
    ['refused', 'ERROR: Infrastructure x is not maintained!'],
    ['unknown_infrastructure', "ERROR: infrastructure 'x' does not exist!"],
    ['unknown_node', "ERROR: node 'w does not exist in infrastructure 'x'!"],
  ])('is %s in its body, though it comes as HTTP 200', (kind, reason) => {
    expect(answer({ message: '', reason, status_code: 300 })).toEqual({ kind, reason });
  });

  test.each([
    ['a page of HTML', { status: 500, mediaType: 'text/html' }],
    ['JSON with another status', { status: 500 }],
    ['HTML as HTTP 200', { mediaType: 'text/html' }],
    ['a torn text', { text: '{"infra' }],
  ])('is none where it is %s', (_title, overrides) => {
    expect(answer({ infraid: 'x' }, overrides)).toEqual({ kind: 'unexpected' });
  });
});

describe('a report', () => {
  const scaling = { min: 1, max: 5, target: 4, actual: 4 };

  test('gives the VMs of a node, whatever form their addresses have', () => {
    const instances = {
      a: { resource_address: '10.0.0.1', state: 'ready' },
      b: { resource_address: ['host.example', '10.0.0.2'], state: 'ready' },
      c: { resource_address: null, state: 'shutdown' },
      d: { resource_address: '', state: 'pending' },
    };
    expect(parseOccopusReport({ worker: { instances, scaling } })?.get('worker')).toEqual({
      instances: [
        { id: 'a', addresses: ['10.0.0.1'], state: 'ready' },
        { id: 'b', addresses: ['host.example', '10.0.0.2'], state: 'ready' },
        { id: 'c', addresses: [], state: 'shutdown' },
        { id: 'd', addresses: [], state: 'pending' },
      ],
      scaling: { min: 1, max: 5, target: 4 },
    });
  });

  test('whose limits are texts has VMs and no limits', () => {
    const report = parseOccopusReport({ worker: { instances: {}, scaling: { ...scaling, max: '5' } } });
    expect(report?.get('worker')).toEqual({ instances: [], scaling: undefined });
  });

  test('of an infrastructure without VMs is empty', () => {
    expect(parseOccopusReport({})).toEqual(new Map());
  });

  test('is none where it has another shape', () => {
    expect(parseOccopusReport({ worker: { instances: 3 } })).toBeUndefined();
    expect(parseOccopusReport('fine')).toBeUndefined();
  });
});

describe('the list of infrastructures', () => {
  test.each([
    ['as Occopus spells its key', { infrastuctures: ['a', 'b'] }, ['a', 'b']],
    ['as its documentation spells it', { infrastructures: [] }, []],
    ['not where it is something else', { infraid: 'a' }, undefined],
  ])('is read %s', (_title, json, ids) => {
    expect(parseOccopusList(json)).toEqual(ids);
  });
});
