/** The files of `templates/cloud` that are put on VMs as they are. */

export const CLOUD_SCRIPTS = [
  'micado-metadata-guard.service',
  'micado-release.sh',
  'micado-join.sh',
  'micado-join.service',
  'micado-master.sh',
  'micado-master.service',
  'micado-submit.sh',
  'micado-label-nodes.sh',
  'micado-label-nodes.service',
  'occopus.compose.yaml',
] as const;

export type CloudScriptName = (typeof CLOUD_SCRIPTS)[number];
export type CloudScripts = Readonly<Record<CloudScriptName, string>>;
