/** The sub-commands that turn a cloud's user data into files. */

import { type Command, defineCommand } from '../internal/daemon/commands.ts';
import { runCheck } from './check.ts';
import { checkFlags, initFlags, renderFlags, renderOptions } from './cloud-config.ts';
import { runInit } from './init.ts';
import type { Surroundings } from './ports.ts';
import { runRender } from './render.ts';

export type CloudCommandDeps = {
  surroundings(): Pick<Surroundings, 'env' | 'templatesFolder'>;
  stdout(text: string): void;
};

export const listCloudCommands = ({ surroundings, stdout }: CloudCommandDeps): readonly Command[] => [
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
];
