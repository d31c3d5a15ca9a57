import { describe, expect, test } from '@jest/globals';
import { toAppError } from '../../../internal/docker/docker-client.ts';
import { dockerCertFolder, parseDockerHost } from '../../../internal/docker/docker-host.ts';
import { parseDockerEvent } from '../../../internal/docker/event-stream.ts';

describe('the address of an engine', () => {
  test('is a socket or a host and port', () => {
    expect(parseDockerHost('unix:///var/run/docker.sock')).toEqual({
      kind: 'socket',
      socketPath: '/var/run/docker.sock',
    });
    expect(parseDockerHost('tcp://10.0.0.1')).toEqual({
      kind: 'tcp',
      host: '10.0.0.1',
      port: 2375,
      tls: undefined,
    });
    expect(parseDockerHost('tcp://[::1]:4243')).toMatchObject({ host: '::1', port: 4243 });
  });

  test.each(['ssh://me@host', 'docker.sock', '', 'unix://'])(
    '"%s" is refused with what it should be',
    (address) => {
      expect(() => parseDockerHost(address)).toThrow('must be unix:///path');
    },
  );

  test('with TLS wants the certificates', () => {
    expect(() => parseDockerHost('https://a:2376')).toThrow('DOCKER_CERT_PATH');
    expect(() => parseDockerHost('tcp://a:2376', '/nowhere')).toThrow('DOCKER_CERT_PATH');
    expect(dockerCertFolder({ DOCKER_CERT_PATH: '/certs' })).toBeUndefined();
    expect(dockerCertFolder({ DOCKER_CERT_PATH: '/certs', DOCKER_TLS_VERIFY: '1' })).toBe('/certs');
  });
});

describe('an error of the engine', () => {
  const withStatus = (statusCode: number, message: string) =>
    Object.assign(new Error(message), { statusCode });

  test.each([
    [500, 'rpc error: code = Unknown desc = update out of sequence', 'conflict'],
    [400, 'update out of sequence', 'conflict'],
    [404, 'service web not found', 'not_found'],
    [400, 'invalid reference format', 'invalid'],
    [503, 'This node is not a swarm manager', 'unavailable'],
    [500, 'rpc error: deadline exceeded', 'unavailable'],
  ])('with HTTP %d and "%s" is %s', (status, message, code) => {
    expect(toAppError('updating web', withStatus(status, message)).code).toBe(code);
  });

  test('without a status is unavailable', () => {
    expect(toAppError('listing', new Error('connect ENOENT')).code).toBe('unavailable');
  });
});

describe('a Docker event', () => {
  test('is read with its attributes and its time to the nanosecond', () => {
    const line =
      '{"Type":"service","Action":"update","Actor":{"ID":"x","Attributes":{"name":"web","replicas.new":"2"}},"timeNano":1700000000123456789}';
    expect(parseDockerEvent(line)).toEqual({
      event: { type: 'service', action: 'update', id: 'x', attributes: { name: 'web', 'replicas.new': '2' } },
      timeNano: '1700000000123456789',
    });
  });

  test.each(['', '{', 'null', '[]', '{"Type":1}'])('is not made of "%s"', (line) => {
    expect(parseDockerEvent(line)).toBeUndefined();
  });
});
