import { describe, expect, test } from '@jest/globals';
import { checkUserData } from '../../../../../deploy/core/user-data/check-user-data.ts';
import { renderFindings } from '../../../../../deploy/core/user-data/finding.ts';

const EC2 = `user_id: ops@cloud.example
auth_data:
  type: ec2
  accesskey: AKIA
  secretkey: { from_env: SECRET }
resource:
  type: ec2
  endpoint: https://ec2.cloud.example
  regionname: eu-west-1
  image_id: ami-1
  instance_type: t3.medium
  security_group_ids: [sg-1]
scaling:
  min: 1
  max: 10
occopus:
  image: micado/occopus@sha256:1
`;

const lines = (text: string): readonly string[] =>
  renderFindings('u.yaml', checkUserData(text).findings).trimEnd().split('\n').filter(Boolean);
const change = (from: string, to: string): string => EC2.replace(from, to);

describe('checkUserData', () => {
  test('finds nothing in a good file, and gives what it says', () => {
    expect(lines(EC2)).toEqual([]);
    expect(checkUserData(EC2).data).toMatchObject({
      cloud: 'ec2',
      userId: 'ops@cloud.example',
      scaling: { min: 1, max: 10 },
      masterAddress: undefined,
    });
  });

  test('names all problems at once, in the order of their places', () => {
    const text = EC2.replace('image_id: ami-1', 'image_id: YOUR_IMAGE_ID')
      .replace('instance_type: t3.medium', 'instance_typ: t3.medium')
      .replace('min: 1', 'min: 0')
      .replace('https://ec2', 'ftp://ec2');
    expect(lines(text)).toEqual([
      'u.yaml:6:1: resource.instance_type is required',
      'u.yaml:8:13: resource.endpoint must be a URL such as https://cloud.example/v3',
      'u.yaml:10:13: resource.image_id still holds the placeholder YOUR_IMAGE_ID',
      'u.yaml:11:3: unknown key resource.instance_typ; did you mean "instance_type"?',
      'u.yaml:14:8: scaling.min must be 1 or more: Occopus keeps at least one VM',
    ]);
    expect(checkUserData(text).data).toBeUndefined();
  });

  test('names faults of every kind at once, the file’s and the cloud’s among them', () => {
    const text = `user_id: YOUR_EMAIL
user_id: ops@cloud.example
auth_data:
  type: ec3
  secretkey: hunter2hunter2
resource:
  type: ec3
  endpoint: http://ec2.cloud.example
  image_id: !!python/object:os.system ami-1
scaling:
  min: 5
  max: 2
master: { address: 127.0.0.1 }
release: { url: http://x.example/a, sha256: 1 }
scalling: {}
`;
    expect(lines(text)).toEqual([
      expect.stringContaining('u.yaml:1:1: note: occopus.image is micado/occopus:1.5'),
      'u.yaml:1:10: user_id still holds the placeholder YOUR_EMAIL',
      'u.yaml:2:1: Map keys must be unique',
      'u.yaml:5:14: warning: auth_data.secretkey stands here in plain text: write { from_env: NAME } or { from_file: path } instead',
      expect.stringContaining('u.yaml:7:9: "ec3" is no cloud that is known here; did you mean "ec2"?'),
      'u.yaml:8:13: warning: resource.endpoint is not encrypted: your credentials travel in the clear',
      'u.yaml:9:13: Unresolved tag: tag:yaml.org,2002:python/object:os.system',
      'u.yaml:12:8: scaling.max must not be below min',
      expect.stringContaining('u.yaml:13:20: master.address must be an IPv4 address'),
      'u.yaml:14:17: release.url must be an https URL',
      'u.yaml:14:45: release.sha256 must be text: put it in quotes',
      'u.yaml:15:1: unknown key scalling; did you mean "scaling"?',
    ]);
    expect(checkUserData(text).data).toBeUndefined();
  });

  test.each([
    ['a max of none', change('max: 10', 'max: 0'), '15:8: scaling.max must be 1 or more'],
    ['a reversed range', change('min: 1', 'min: 11'), '15:8: scaling.max must not be below min'],
    ['a bound that is text', change('max: 10', 'max: "10"'), '15:8: scaling.max must be a whole number'],
    [
      'a key without a value',
      change('ami-1', ''),
      '10:13: resource.image_id has no value: fill it in, or remove the key',
    ],
    [
      'a number where text must be',
      change('ami-1', '17'),
      '10:13: resource.image_id must be text: put it in quotes',
    ],
    ['no section at all', change('scaling:\n  min: 1\n  max: 10\n', ''), '1:1: scaling is required'],
    [
      'another type of credentials',
      change('type: ec2', 'type: nova'),
      '3:9: auth_data.type must be ec2, as in the other section',
    ],
    ['an unknown section', `${EC2}scalling: {}\n`, '18:1: unknown key scalling; did you mean "scaling"?'],
    [
      'a cloud that is not the resource’s',
      `cloud: nova\n${EC2}`,
      '1:8: cloud must be ec2, as resource.type says; one of ec2, nova, cloudsigma, cloudbroker, azure, custom',
    ],
    [
      'text that Occopus would run',
      change('ami-1', '"{{ cmd(\'id\') }}"'),
      '10:13: resource.image_id must not hold {{, {% or {#: Occopus would run it',
    ],
    [
      'a master on loopback',
      `${EC2}master: { address: 127.0.0.1 }\n`,
      '18:20: master.address must be an IPv4 address at which workers reach the master, such as 10.0.0.5',
    ],
    [
      'a release over plain HTTP',
      `${EC2}release: { url: http://x.example/a, sha256: ${'a'.repeat(64)} }\n`,
      '18:17: release.url must be an https URL',
    ],
    [
      'a malformed reference',
      change('{ from_env: SECRET }', '{ from_envi: SECRET }'),
      '5:3: auth_data.secretkey must be text, { from_env: NAME } or { from_file: path }',
    ],
    [
      'a key that stands twice',
      change('  image_id', '  endpoint: x\n  image_id'),
      '10:3: Map keys must be unique',
    ],
    [
      'a tag',
      change('ami-1', '!!python/object:os.system ami-1'),
      '10:13: Unresolved tag: tag:yaml.org,2002:python/object:os.system',
    ],
    [
      'no YAML',
      'a: [',
      '1:5: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    ['a list', '- a\n', '1:1: user data must be a mapping'],
    ['an empty file', '', '1:1: user data must be a mapping'],
  ])('refuses %s', (_, text, finding) => {
    expect(lines(text)).toEqual([`u.yaml:${finding}`]);
    expect(checkUserData(text).data).toBeUndefined();
  });

  test.each([
    ['ec3', 'resource.type: "ec3" is no cloud that is known here; did you mean "ec2"?'],
    ['occi', 'Occopus 1.8 removed its plug-in for OCCI'],
    ['chameleon', 'Chameleon is OpenStack: type: nova'],
    ['azure_aci', 'a container cannot join a Swarm as a worker: use azure_vm'],
  ])('says what to write instead of type %s', (type, message) => {
    const [finding = ''] = lines(EC2.replaceAll('type: ec2', `type: ${type}`));
    expect(finding).toMatch(/^u\.yaml:7:9: /);
    expect(finding).toContain(message.replace('resource.type: ', ''));
  });

  test('does not judge what another plug-in of Occopus takes', () => {
    const text = 'cloud: custom\nresource: { type: mine, anything: [1] }\nscaling: { min: 2, max: 3 }\n';
    expect(checkUserData(text).data).toMatchObject({ cloud: 'custom', auth: {}, resource: { type: 'mine' } });
  });
});

describe('advice', () => {
  const warnings = (text: string): readonly string[] =>
    lines(text).filter((line) => line.includes('warning:'));

  test('is given even where an error refuses the file', () => {
    const text = change('{ from_env: SECRET }', 'hunter2hunter2').replace('min: 1', 'min: 0');
    expect(lines(text)).toEqual([
      'u.yaml:5:14: warning: auth_data.secretkey stands here in plain text: write { from_env: NAME } or { from_file: path } instead',
      'u.yaml:14:8: scaling.min must be 1 or more: Occopus keeps at least one VM',
    ]);
  });

  test('never repeats the secret', () => {
    expect(lines(change('{ from_env: SECRET }', 'hunter2hunter2')).join()).not.toContain('hunter2');
  });

  test.each([
    [
      'an address without encryption',
      change('https://ec2', 'http://ec2'),
      '8:13: warning: resource.endpoint is not encrypted: your credentials travel in the clear',
    ],
    [
      'no security group',
      change('  security_group_ids: [sg-1]\n', ''),
      '6:1: warning: resource has no security_group_ids: the cloud’s default group decides who reaches the workers',
    ],
    [
      'more than the executor starts',
      change('max: 10', 'max: 21'),
      '15:8: warning: scaling.max is above 20, the executor’s --max-workers: raise that too',
    ],
  ])('warns of %s', (_, text, finding) => {
    expect(warnings(text)).toEqual([`u.yaml:${finding}`]);
    expect(checkUserData(text).data).toBeDefined();
  });

  test('says that an image without a digest may change', () => {
    expect(lines(change('@sha256:1', ':1.10'))).toEqual([
      'u.yaml:17:10: note: occopus.image is micado/occopus:1.10: a digest (name@sha256:…) would fix which image that is',
    ]);
  });
});
