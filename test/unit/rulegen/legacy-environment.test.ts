import { describe, expect, test } from '@jest/globals';
import { parseFlags } from '../../../internal/daemon/flags.ts';
import { givenByFlags, rulegenFlags } from '../../../rulegen/config.ts';
import { translateLegacyEnvironment } from '../../../rulegen/legacy-environment.ts';

/** As MiCADO 0.3's cloud-init started the alert generator. */
const MICADO = {
  CONTAINER_SCALING_FILE: '/var/lib/micado/alert-generator/scaling_policy.yaml',
  ALERTS_FILE_PATH: '/etc/prometheus/',
  AUTO_GENERATE_ALERT: 'False',
  DEFAULT_SCALEUP: '90',
  DEFAULT_SCALEDOWN: '10',
  PROMETHEUS: '172.31.0.4',
};

function configOf(env: Readonly<Record<string, string>>, ...argv: readonly string[]) {
  const parsed = parseFlags(rulegenFlags, argv, translateLegacyEnvironment(env).env);
  if (parsed.kind !== 'run') throw new Error(JSON.stringify(parsed));
  return parsed.values;
}

describe('the variables of MiCADO 0.3', () => {
  test('mean what they meant', () => {
    expect(configOf(MICADO)).toMatchObject({
      'policy.file': '/var/lib/micado/alert-generator/scaling_policy.yaml',
      'rules.dir': '/etc/prometheus/',
      'defaults.scale': false,
      'defaults.scaleup': 90,
      'defaults.scaledown': 10,
      'prometheus.url': ['http://172.31.0.4:9090'],
    });
  });

  test('are each named with the flag that has taken their place', () => {
    expect(
      translateLegacyEnvironment(MICADO).taken.map(({ variable, flag }) => `${variable} ${flag}`),
    ).toEqual([
      'CONTAINER_SCALING_FILE --policy.file',
      'ALERTS_FILE_PATH --rules.dir',
      'AUTO_GENERATE_ALERT --defaults.scale',
      'DEFAULT_SCALEUP --defaults.scaleup',
      'DEFAULT_SCALEDOWN --defaults.scaledown',
      'PROMETHEUS --prometheus.url',
    ]);
  });

  test('are overruled by a flag, and by a variable of today', () => {
    const env = { ...MICADO, MICADO_DEFAULTS_SCALEDOWN: '30' };
    expect(configOf(env, '--rules.dir=/rules', '--defaults.scale')).toMatchObject({
      'rules.dir': '/rules',
      'defaults.scale': true,
      'defaults.scaledown': 30,
    });
    expect(translateLegacyEnvironment(env).taken.map(({ variable }) => variable)).not.toContain(
      'DEFAULT_SCALEDOWN',
    );
  });

  test('that are not set, or empty, change nothing', () => {
    const env = { HOME: '/root', PROMETHEUS: '' };
    expect(translateLegacyEnvironment(env)).toEqual({ env, taken: [] });
  });

  test.each([
    ['localhost', 'http://localhost:9090'],
    ['10.0.0.1:9091', 'http://10.0.0.1:9091'],
    ['https://prometheus.example/prefix', 'https://prometheus.example/prefix'],
  ])('PROMETHEUS=%s is %s', (PROMETHEUS, url) => {
    expect(configOf({ ...MICADO, PROMETHEUS })['prometheus.url']).toEqual([url]);
  });
});

test('flags say nothing where they say what is built in', () => {
  expect(givenByFlags({ 'defaults.scale': true, 'defaults.scaleup': 80, 'defaults.scaledown': 20 })).toEqual(
    {},
  );
  expect(givenByFlags({ 'defaults.scale': false, 'defaults.scaleup': 90, 'defaults.scaledown': 20 })).toEqual(
    {
      scale: false,
      scaleup: 90,
    },
  );
});

test.each(['--defaults.scaleup=much', '--defaults.scaleup=0', '--defaults.scaledown=-1'])(
  '%s is refused with the allowed form',
  (flag) => {
    const parsed = parseFlags(rulegenFlags, [flag, '--rules.dir=/rules'], {});
    expect(parsed).toMatchObject({ kind: 'problems', problems: [expect.stringContaining('must be')] });
  },
);
