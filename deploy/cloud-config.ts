/** The flags of `micado init`, `check` and `render`. */
import { AppError } from '../internal/daemon/app-error.ts';
import { choiceFlag, pathFlag, textFlag } from '../internal/daemon/flag-kinds.ts';
import type { FlagValues } from '../internal/daemon/flags.ts';
import { CLOUD_NAMES } from './core/user-data/clouds.ts';
import { reachableAddress } from './core/user-data/value-kinds.ts';
import type { RenderOptions } from './render.ts';

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
