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

/** For an executor that no state folder knows of. */
export const executorFlags = {
  'executor.url': urlFlag({
    help: 'The executor, where no stack of this state folder runs it: as on a master of a cloud.',
    fallback: '',
  }),
  'executor.token-file': pathFlag({
    help: 'With --executor.url: the token that it wants before it changes anything.',
    fallback: '',
  }),
};

export const occopusFlag = urlFlag({ help: 'The Occopus that runs the worker VMs.', fallback: '' });
