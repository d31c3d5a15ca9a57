import { describe, expect, test } from '@jest/globals';
import { commonFlags } from '../../../internal/daemon/common-flags.ts';
import {
  choiceFlag,
  durationFlag,
  integerFlag,
  listenAddressFlag,
  parseListenAddress,
  switchFlag,
  textFlag,
  urlListFlag,
} from '../../../internal/daemon/flag-kinds.ts';
import { parseFlags, renderHelp } from '../../../internal/daemon/flags.ts';

const table = {
  'prometheus.url': urlListFlag({ help: 'Prometheus.', fallback: ['http://127.0.0.1:9090'] }),
  'poll.interval': durationFlag({ help: 'How often.', fallback: 15_000, minMs: 1_000 }),
  'max-replicas': integerFlag({ help: 'Ceiling.', fallback: 100, min: 1, max: 1_000 }),
  'dry-run': switchFlag({ help: 'Apply nothing.', fallback: false }),
  'log.level': choiceFlag(['info', 'debug'], { help: 'Level.', fallback: 'info' }),
  'docker.host': textFlag({ help: 'Engine.', fallback: 'unix:///run/docker.sock', alsoEnv: 'DOCKER_HOST' }),
  'web.listen-address': listenAddressFlag({ help: 'Where.', fallback: '127.0.0.1:9095' }),
};

function valuesOf(argv: readonly string[], env: Record<string, string> = {}) {
  const parsed = parseFlags(table, argv, env);
  if (parsed.kind !== 'run') throw new Error(JSON.stringify(parsed));
  return parsed.values;
}

function problemsOf(argv: readonly string[], env: Record<string, string> = {}): readonly string[] {
  const parsed = parseFlags(table, argv, env);
  return parsed.kind === 'problems' ? parsed.problems : [];
}

describe('flags', () => {
  test('take their defaults where nothing is given', () => {
    expect(valuesOf([])).toEqual({
      'prometheus.url': ['http://127.0.0.1:9090'],
      'poll.interval': 15_000,
      'max-replicas': 100,
      'dry-run': false,
      'log.level': 'info',
      'docker.host': 'unix:///run/docker.sock',
      'web.listen-address': '127.0.0.1:9095',
    });
  });

  test('are read with and without the equals sign, lists add up, the last of the others wins', () => {
    const values = valuesOf([
      '--prometheus.url=http://a:1/',
      '--prometheus.url',
      'http://b:2',
      '--poll.interval=1m30s',
      '--max-replicas=5',
      '--max-replicas=7',
      '--dry-run',
    ]);
    expect(values['prometheus.url']).toEqual(['http://a:1', 'http://b:2']);
    expect(values['poll.interval']).toBe(90_000);
    expect(values['max-replicas']).toBe(7);
    expect(values['dry-run']).toBe(true);
  });

  test('come from the environment, and the command line wins over it', () => {
    const env = {
      MICADO_MAX_REPLICAS: '9',
      MICADO_PROMETHEUS_URL: 'http://a:1, http://b:2',
      MICADO_DRY_RUN: 'true',
    };
    expect(valuesOf([], env)).toMatchObject({
      'max-replicas': 9,
      'prometheus.url': ['http://a:1', 'http://b:2'],
      'dry-run': true,
    });
    expect(valuesOf(['--max-replicas=3', '--no-dry-run'], env)).toMatchObject({
      'max-replicas': 3,
      'dry-run': false,
    });
  });

  test('read the variable of another tool where ours is absent', () => {
    expect(valuesOf([], { DOCKER_HOST: 'tcp://a:2375' })['docker.host']).toBe('tcp://a:2375');
    const both = { DOCKER_HOST: 'tcp://a:2375', MICADO_DOCKER_HOST: 'tcp://b:2375' };
    expect(valuesOf([], both)['docker.host']).toBe('tcp://b:2375');
  });

  test('report every problem at once, with name, value and cure', () => {
    const problems = problemsOf(
      ['--max-replica=3', '--poll.interval=5', '--log.level=loud', '--prometheus.url=http://u:p@a', 'extra'],
      { MICADO_MAX_REPLICAS: 'many' },
    );
    expect(problems).toEqual([
      'unknown flag --max-replica; did you mean "max-replicas"?',
      'unexpected argument "extra"',
      '--prometheus.url: "http://u:p@a" must not hold credentials: give them in a file',
      '--poll.interval: "5" must be a duration such as 500ms, 2s or 1m30s',
      'MICADO_MAX_REPLICAS: "many" must be a whole number from 1 to 1000',
      '--log.level: "loud" must be one of info, debug',
    ]);
  });

  test('refuse a value flag without a value', () => {
    expect(problemsOf(['--max-replicas'])).toEqual(['--max-replicas needs a value <n>']);
  });

  test('come with what has to be named beside them, and with nothing else', () => {
    const parse = (...argv: string[]) => parseFlags(table, argv, {}, ['<infra>']);
    expect(parse('--dry-run', 'workers')).toMatchObject({ kind: 'run', operands: ['workers'] });
    expect(parse('--dry-run')).toEqual({ kind: 'problems', problems: ['<infra> is required'] });
    expect(parse('workers', 'others')).toEqual({
      kind: 'problems',
      problems: ['unexpected argument "others"'],
    });
    expect(renderHelp('micado-test', 'does nothing', table, ['<infra>'])).toContain(
      'Usage: micado-test <infra> [flags]',
    );
  });

  test('ask for help or the version whatever else is wrong', () => {
    expect(parseFlags(table, ['--nonsense', '-h'], {}).kind).toBe('help');
    expect(parseFlags(table, ['--version'], {}).kind).toBe('version');
  });

  test('are all listed in the help, with variable and default', () => {
    const help = renderHelp('micado-test', 'does nothing', { ...commonFlags(9095), ...table });
    expect(help).toContain('--dry-run');
    expect(help).toContain('MICADO_PROMETHEUS_URL; default http://127.0.0.1:9090');
    expect(help).toContain('MICADO_WEB_CONFIG_FILE; default none');
    expect(help).toContain('MICADO_POLL_INTERVAL; default 15s');
    expect(Math.max(...help.split('\n').map((line) => line.length))).toBeLessThan(160);
  });
});

describe('a listen address', () => {
  test.each([
    ['127.0.0.1:9095', { host: '127.0.0.1', port: 9095 }],
    [':0', { host: '', port: 0 }],
    ['[::1]:80', { host: '::1', port: 80 }],
  ])('reads %s', (text, address) => {
    expect(parseListenAddress(text)).toEqual(address);
  });

  test.each(['9095', 'host', 'host:', 'a:b:1', 'host:99999'])('refuses %s', (text) => {
    expect(parseListenAddress(text)).toBeUndefined();
  });
});
