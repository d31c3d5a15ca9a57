/** Values that a template holds so that somebody replaces them: MiCADO's, those of Occopus' documentation, and ours. */

const PLACEHOLDERS: readonly RegExp[] = [
  /^your_\w+$/i,
  /^your@email\.com$/i,
  /^ubuntu_.*_image_id$/i,
  /^(key_uuid|ports_to_be_opened|service_name\d?|userid|user@example\.com)$/i,
  /^var_[a-z0-9]+_[a-z]+$/i,
  /^ip_address_of_the_master_node$/i,
  /^replace_with_/i,
  /^(id|password)_of_the_app_cred$/i,
  /^path_to_(your_|the_pem_file)/i,
  /^name_of_user_on_chef_server$/i,
  /^my_\w*_endpoint/i,
  /^add_yes_if_you_need/i,
  /_or_remove$/i,
  /^the_(uuid_of_\w*|password|hostname)$/i,
  /^<[^<>]+>$/,
];
const IN_BRACKETS = /<[^<>]+>/;

/** The whole of it, where anything else may hold brackets: a query compares by them. */
export const isPlaceholderWord = (word: string): boolean =>
  PLACEHOLDERS.some((pattern) => pattern.test(word.trim()));

/** @param key under which it stands: MiCADO's template had a password that looks like one */
export const isPlaceholder = (value: string, key?: PropertyKey): boolean =>
  isPlaceholderWord(value) || IN_BRACKETS.test(value) || (key === 'vnc_password' && value === 'secret');
