/** The sub-commands that turn a cloud's user data into files, and hand them to Occopus. */

import { type Command, defineCommand } from '../internal/daemon/commands.ts';
import { runCheck } from './check.ts';
import {
  checkFlags,
  initFlags,
  renderFlags,
  renderOptions,
  submitAddresses,
  submitFlags,
  submitOptions,
} from './cloud-config.ts';
import { runInit } from './init.ts';
import { openSubmit } from './open-submit.ts';
import type { Surroundings } from './ports.ts';
import { runRender } from './render.ts';
import { runSubmit } from './submit.ts';

export type CloudCommandDeps = {
  readonly certFolder: string | undefined;
  surroundings(): Pick<Surroundings, 'env' | 'templatesFolder' | 'reporter' | 'clock' | 'signal'>;
  stdout(text: string): void;
};

export const listCloudCommands = ({
  certFolder,
  surroundings,
  stdout,
}: CloudCommandDeps): readonly Command[] => [
  defineCommand({
    name: 'init',
    summary: 'Write user_data.yaml and policy.yaml for a cloud, to be filled in.',
    flags: initFlags,
    async run({ cloud, out }) {
      stdout(await runInit({ cloud, outFolder: out }, surroundings()));
      return 0;
    },
  }),
  defineCommand({
    name: 'check',
    summary: 'Name every problem of user data with its line; exit code 1 where there is one.',
    flags: checkFlags,
    operands: ['<user_data.yaml>'],
    async run({ 'policy.file': policyFile }, [userDataFile = '']) {
      const { ok, text } = await runCheck({ userDataFile, policyFile }, surroundings());
      stdout(text);
      return ok ? 0 : 1;
    },
  }),
  defineCommand({
    name: 'render',
    summary: 'Turn user data into cloud-init files, Occopus’ descriptors and the policy.',
    flags: renderFlags,
    operands: ['<user_data.yaml>'],
    async run(values, [userDataFile = '']) {
      const { ok, text } = await runRender(renderOptions(userDataFile, values), surroundings());
      stdout(text);
      return ok ? 0 : 1;
    },
  }),
  defineCommand({
    name: 'submit',
    summary: 'On a master: hand the infrastructure of workers to Occopus; may be run again at any time.',
    flags: submitFlags,
    async run(values) {
      const around = surroundings();
      const parts = openSubmit(submitAddresses(values, certFolder), around.signal);
      await runSubmit(submitOptions(values), parts, around);
      return 0;
    },
  }),
];
