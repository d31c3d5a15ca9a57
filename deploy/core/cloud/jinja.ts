/**
 * Occopus takes a worker's cloud-init for a Jinja template. Everything in ours is plain text but for these variables, which it
 * fills in when it boots a VM.
 */

/** Stand in the text where a variable goes, until the rest is escaped. */
export const BOOT_VARIABLE = {
  masterAddress: '@variables.master_host_ip@',
  joinToken: '@variables.worker_join_token@',
  vm: '@node_id@',
} as const;

/** The names under which the infrastructure's descriptor holds them. */
export const DESCRIPTOR_VARIABLE = {
  masterAddress: 'master_host_ip',
  joinToken: 'worker_join_token',
} as const;

/** Text that Jinja turns into the same text again. */
export const escapeJinja = (text: string): string =>
  text.replace(/\{[{%#]/g, (opening) => `{{ '${opening}' }}`);

export function toJinjaTemplate(text: string): string {
  const variables: readonly string[] = Object.values(BOOT_VARIABLE);
  return escapeJinja(text).replace(/@[a-z_.]+@/g, (mark) =>
    variables.includes(mark) ? `{{ ${mark.slice(1, -1)} }}` : mark,
  );
}
