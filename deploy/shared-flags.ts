/** Flags that several commands of `micado` have. */
import { DEFAULT_DOCKER_HOST } from '../internal/daemon/common-flags.ts';
import { pathFlag, textFlag, urlFlag } from '../internal/daemon/flag-kinds.ts';

export const stateFlag = pathFlag({
  help: 'Folder of this stack: configuration, data, logs, and what it fetched.',
  fallback: '.micado',
});

export const dockerFlag = textFlag({
  help: 'The Docker engine: unix:///path, or tcp://host:port (TLS by DOCKER_TLS_VERIFY and DOCKER_CERT_PATH).',
  form: '<address>',
  fallback: DEFAULT_DOCKER_HOST,
  alsoEnv: 'DOCKER_HOST',
});

export const occopusFlag = urlFlag({ help: 'The Occopus that runs the worker VMs.', fallback: '' });
