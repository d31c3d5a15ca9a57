/** Files that were filled in for MiCADO 0.3. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { checkUserData } from '../../../../../deploy/core/user-data/check-user-data.ts';
import { renderFindings } from '../../../../../deploy/core/user-data/finding.ts';

const read = (name: string): string =>
  readFileSync(new URL(`../../../../fixtures/deploy/user-data/${name}.yaml`, import.meta.url), 'utf8');
const report = (text: string): string => renderFindings('temp_user_data.yaml', checkUserData(text).findings);

describe('user data of MiCADO 0.3', () => {
  test('are accepted, and what changed since is said at its place', () => {
    const text = read('micado-0.3-cloudbroker');
    expect(checkUserData(text).data).toMatchObject({ cloud: 'cloudbroker', scaling: { min: 1, max: 10 } });
    const found = report(text);
    expect(found).toContain('temp_user_data.yaml:1:1: note: this is MiCADO 0.3’s form, and works');
    expect(found).toContain('14:20: warning: resource.description.opened_port opens 2375: no engine listens');
    expect(found).toContain('14:20: warning: resource.description.opened_port opens 9095: no worker listens');
    expect(found).toContain('5:15: warning: auth_data.password stands here in plain text');
  });

  test('of OpenStack lack the project, which Occopus asks for since then', () => {
    const text = read('micado-0.3-nova');
    expect(report(text)).toContain(
      'temp_user_data.yaml:7:3: warning: resource has no project_id: Occopus 1.5 does without if there is a tenant_name, 1.10 does not',
    );
    expect(checkUserData(text).data?.cloud).toBe('nova');
    const newer = `${text}  occopus: { image: "micado/occopus:1.10" }\n`;
    expect(report(newer)).toContain('temp_user_data.yaml:7:3: resource.project_id is required');
    expect(checkUserData(newer).data).toBeUndefined();
    expect(report(text)).toContain('note: Occopus 1.10 asks OpenStack’s users for resource.project_id');
    const amended = text.replace('image_id: 2c3d', 'image_id: 2c3d\n    project_id: p');
    expect(checkUserData(amended).data?.cloud).toBe('nova');
    expect(report(amended)).toContain('warning: resource.server_name gives all workers one name');
    expect(report(amended)).toContain('note: resource has no user_domain_name: Occopus 1.10 takes Default');
  });

  test('are looked for in their own file, not in the cloud-init around them', () => {
    const text = '#cloud-config\nwrite_files:\n  - path: /var/lib/micado/occopus/temp_user_data.yaml\n';
    expect(report(text)).toMatch(
      /^temp_user_data\.yaml:2:1: this is a whole cloud-init file: put the content/,
    );
  });

  test('may hold nothing beside their one key', () => {
    expect(report(`${read('micado-0.3-cloudbroker')}scaling: {}\n`)).toContain(
      '19:1: unknown key scaling beside user_data',
    );
  });
});
