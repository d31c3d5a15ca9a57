/** The flags of `micado init`, `check`, `render` and `submit`. */
import { AppError } from '../internal/daemon/app-error.ts';
import { choiceFlag, durationFlag, pathFlag, textFlag } from '../internal/daemon/flag-kinds.ts';
import type { FlagValues } from '../internal/daemon/flags.ts';
import { layOutMaster, MASTER_FOLDER, OCCOPUS_CONTAINER } from './core/cloud/master-layout.ts';
import { CLOUD_NAMES } from './core/user-data/clouds.ts';
import { reachableAddress } from './core/user-data/value-kinds.ts';
import type { SubmitAddresses } from './open-submit.ts';
import type { RenderOptions } from './render.ts';
import { dockerFlag, occopusFlag } from './shared-flags.ts';
import type { SubmitOptions } from './submit.ts';

const policyFlag = textFlag({
  help: 'The scaling policy; without it, policy.yaml beside the user data, where there is one.',
  form: '<path>',
  fallback: '',
});

export const initFlags = {
  cloud: choiceFlag(CLOUD_NAMES, {
    help: 'The cloud that runs the VMs; custom is any other plug-in of Occopus.',
  }),
  out: pathFlag({ help: 'Where to write user_data.yaml and policy.yaml.', fallback: '.' }),
};

export const checkFlags = { 'policy.file': policyFlag };

export const renderFlags = {
  out: pathFlag({ help: 'The folder to write; it is replaced whole.', fallback: 'rendered' }),
  'policy.file': policyFlag,
  'master.address': textFlag({
    help: 'Where workers reach the master, instead of what the user data say.',
    form: '<address>',
    fallback: '',
  }),
  'join-token.file': textFlag({
    help: 'The worker token of the Swarm, where there is one already; the master adds it otherwise.',
    form: '<path>',
    fallback: '',
  }),
};

export function renderOptions(userDataFile: string, values: FlagValues<typeof renderFlags>): RenderOptions {
  const given = values['master.address'];
  const address = reachableAddress.safeParse(given);
  if (given !== '' && !address.success)
    throw new AppError('invalid', `--master.address ${address.error.issues[0]?.message ?? 'is wrong'}`);
  return {
    userDataFile,
    outFolder: values.out,
    policyFile: values['policy.file'],
    masterAddress: address.data,
    joinTokenFile: values['join-token.file'],
  };
}

/** What `submit` and `up --cloud` alike are told about the master. */
export const masterFlags = {
  'master.dir': pathFlag({
    help: 'On a master: the folder of its policy and, in occopus/, of what Occopus reads.',
    fallback: MASTER_FOLDER,
  }),
  'occopus.container': textFlag({
    help: 'The container that Occopus runs in; its tools are run there.',
    form: '<name>',
    fallback: OCCOPUS_CONTAINER,
  }),
  'occopus.timeout': durationFlag({
    help: 'How long Occopus may take until it answers.',
    fallback: 300_000,
  }),
  'build.timeout': durationFlag({
    help: 'How long it may take to build: until the first workers are ready.',
    fallback: 1_800_000,
    minMs: 1_000,
  }),
};

export const submitFlags = { 'docker.host': dockerFlag, 'occopus.url': occopusFlag, ...masterFlags };

export const submitOptions = (values: FlagValues<typeof submitFlags>): SubmitOptions => ({
  layout: layOutMaster(values['master.dir']),
  occopusTimeoutMs: values['occopus.timeout'],
});

export const submitAddresses = (
  values: FlagValues<typeof submitFlags>,
  dockerCertFolder: string | undefined,
): SubmitAddresses => ({
  dockerHost: values['docker.host'],
  dockerCertFolder,
  occopusUrl: values['occopus.url'],
  occopusContainer: values['occopus.container'],
  buildTimeoutMs: values['build.timeout'],
  authDataFile: layOutMaster(values['master.dir']).authData,
});
