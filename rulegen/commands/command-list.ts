/**
 * What rulegen can do instead of running: for people, and for the CI of their stack files. Each command is loaded when it is
 * called: the daemon carries none of what they need.
 */
import { type Command, defineCommand } from '../../internal/daemon/commands.ts';
import { checkFlags, explainFlags, renderFlags } from './config.ts';

export function listRulegenCommands(dockerCertFolder: string | undefined): readonly Command[] {
  return [
    defineCommand({
      name: 'render',
      summary: 'Print the rule files of a stack file or a running Swarm, or write them into a folder.',
      flags: renderFlags,
      async run(values, _operands, around) {
        const { runRender } = await import('./render.ts');
        return await runRender(values, around, dockerCertFolder);
      },
    }),
    defineCommand({
      name: 'check',
      summary: 'Say what is wrong with labels, policy and expressions; exit code 1 if anything is.',
      flags: checkFlags,
      async run(values, _operands, around) {
        const { runCheck } = await import('./check.ts');
        return await runCheck(values, around, dockerCertFolder);
      },
    }),
    defineCommand({
      name: 'explain',
      summary: 'Show what becomes of a service, and which label, policy line or default gave each value.',
      flags: explainFlags,
      operands: ['<service>'],
      async run(values, [service = ''], around) {
        const { runExplain } = await import('./explain.ts');
        return await runExplain(values, service, around, dockerCertFolder);
      },
    }),
  ];
}
