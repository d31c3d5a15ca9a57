import { describe, expect, test } from '@jest/globals';
import { isPlaceholder } from '../../../../../deploy/core/user-data/placeholder.ts';

describe('isPlaceholder', () => {
  test('knows a word that is a placeholder under one key only', () => {
    expect(isPlaceholder('secret', 'vnc_password')).toBe(true);
    expect(isPlaceholder('secret', 'name')).toBe(false);
  });

  test.each([
    'YOUR_EMAIL',
    'your_endpoint',
    'UBUNTU_16.04_IMAGE_ID',
    'KEY_UUID',
    'PORTS_TO_BE_OPENED',
    'service_name1',
    'var_nova_username',
    'ip_address_of_the_master_node',
    'replace_with_image_id',
    'your@email.com',
    'id_of_the_app_cred',
    'password_of_the_app_cred',
    'path_to_your_proxy',
    'path_to_the_pem_file.pem',
    'name_of_user_on_chef_server',
    'my_nova_endpoint_url',
    'add_yes_if_you_need_floating_ip',
    'security_group_or_remove',
    'the_uuid_of_the_drive',
    'the_password',
    '<your key>',
    ' YOUR_KEY_NAME ',
  ])('knows %s', (value) => expect(isPlaceholder(value)).toBe(true));

  test.each([
    'ops@cloud.example',
    'worker',
    'ami-0a1b',
    'yourself',
    'WORKER_NODE',
    't3.medium',
    'secret',
    'a < b',
  ])('takes %s as it is', (value) => expect(isPlaceholder(value)).toBe(false));
});
