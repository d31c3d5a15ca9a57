/** All sub-commands of `micado`, each with its flags and what it runs. */
import { systemClock } from '../internal/daemon/clock.ts';
import { type Command, defineCommand } from '../internal/daemon/commands.ts';
import type { FlagValues } from '../internal/daemon/flags.ts';
import { lookOf, type Terminal } from './adapters/stream-terminal.ts';
import { listCloudCommands } from './cloud-commands.ts';
import { submitAddresses, submitOptions } from './cloud-config.ts';
import {
  chosenExecutor,
  decisionsFlags,
  destroyFlags,
  downFlags,
  portsFlags,
  stackOptions,
  statusFlags,
  upFlags,
  whyFlags,
} from './config.ts';
import { describePorts, portsAsJson } from './core/describe-ports.ts';
import type { Look } from './core/look.ts';
import { runDecisions } from './decisions.ts';
import { demoFlags, demoOptions } from './demo/config.ts';
import { runDemo } from './demo/demo.ts';
import { runDestroy } from './destroy.ts';
import { runDown } from './down.ts';
import { openDestroy } from './open-destroy.ts';
import { openSubmit } from './open-submit.ts';
import type { Surroundings } from './ports.ts';
import { runSelfTest } from './self-test.ts';
import { runStatus } from './status.ts';
import { runUp } from './up.ts';
import { runUpCloud } from './up-cloud.ts';
import { watchStatus } from './watch-status.ts';
import { runWhy } from './why.ts';

export type CommandDeps = {
  readonly certFolder: string | undefined;
  /** Made by the command that needs them: from then on Ctrl-C ends nothing by itself. */
  surroundings(): Surroundings;
  terminal(): Terminal;
  stdout(text: string): void;
};

export function listCommands({
  certFolder,
  surroundings,
  terminal,
  stdout,
}: CommandDeps): readonly Command[] {
  const upCloud = async (values: FlagValues<typeof upFlags>): Promise<number> => {
    const around = surroundings();
    const parts = openSubmit(submitAddresses(values, certFolder), around.signal);
    const options = { ...submitOptions(values), userDataFile: values.cloud };
    return (await runUpCloud(options, parts, around)) ? 0 : 1;
  };
  return [
    defineCommand({
      name: 'up',
      summary:
        'Run the whole stack here until Ctrl-C, installing what is missing; with --cloud, order a master’s workers.',
      flags: upFlags,
      async run(values) {
        if (values.cloud !== '') return await upCloud(values);
        await runUp(stackOptions(values, certFolder), surroundings());
        return 0;
      },
    }),
    defineCommand({
      name: 'down',
      summary: 'Stop the stack of a state folder; with --purge, undo what up made on this machine.',
      flags: downFlags,
      async run(values) {
        const { 'state.dir': stateDir, purge } = values;
        return (await runDown({ stateDir, purge, dockerCertFolder: certFolder }, surroundings())) ? 0 : 1;
      },
    }),
    defineCommand({
      name: 'status',
      summary: 'Show pools of workers and services: bounds, what is there, what was decided last.',
      flags: statusFlags,
      async run(values) {
        const { json, watch, 'rulegen.url': rulegenUrl } = values;
        const screen = terminal();
        const options = { ...chosenExecutor(values), rulegenUrl, json };
        const read = (look: Look) => runStatus(options, look, systemClock);
        if (watch) await watchStatus({ read, json }, { ...surroundings(), terminal: screen });
        else stdout(await read(lookOf(screen)));
        return 0;
      },
    }),
    defineCommand({
      name: 'why',
      summary: 'Say why a service, or a pool of workers, does (not) scale, and what would have to change.',
      flags: whyFlags,
      operands: ['<service>'],
      async run(values, [name = '']) {
        const question = { name, json: values.json, look: lookOf(terminal()) };
        stdout(await runWhy({ ...chosenExecutor(values), ...question }, systemClock));
        return 0;
      },
    }),
    defineCommand({
      name: 'decisions',
      summary: 'List what was decided last, with each reason; with --follow, go on as it happens.',
      flags: decisionsFlags,
      async run(values, _operands, { stderr }) {
        const { target, limit, follow, json } = values;
        const options = { ...chosenExecutor(values), target, limit, follow, json };
        await runDecisions(options, { ...surroundings(), terminal: terminal(), stderr });
        return 0;
      },
    }),
    defineCommand({
      name: 'destroy',
      summary: 'End an infrastructure of worker VMs: drain its nodes, delete the VMs, say what is left.',
      flags: destroyFlags,
      operands: ['<infra>'],
      async run(values, [infra = '']) {
        const parts = await openDestroy({
          ...chosenExecutor(values),
          dockerHost: values['docker.host'],
          occopusUrl: values['occopus.url'],
          dockerCertFolder: certFolder,
        });
        const options = {
          infra,
          drainTimeoutMs: values['drain.timeout'],
          goneTimeoutMs: values['gone.timeout'],
        };
        return (await runDestroy(options, parts, surroundings())) ? 0 : 1;
      },
    }),
    defineCommand({
      name: 'ports',
      summary: 'Show which ports have to be open between whom; all others stay closed.',
      flags: portsFlags,
      async run({ json }) {
        stdout(json ? portsAsJson() : describePorts());
        return 0;
      },
    }),
    ...listCloudCommands({ certFolder, surroundings, stdout }),
    defineCommand({
      name: 'demo',
      summary:
        'Show the loop at work: a loaded service grows, shrinks, goes; with --cluster, the workers too.',
      flags: demoFlags,
      run: (values) => runDemo(demoOptions(values, certFolder), surroundings(), terminal()),
    }),
    defineCommand({
      name: 'prepare',
      summary: 'Install the npm packages and compile, where that is due, and end.',
      flags: {},
      run: async () => 0,
    }),
    {
      name: 'self-test',
      summary: 'Run all tests with the real parts; all arguments go to jest.',
      execute: ({ argv }) => runSelfTest(argv, surroundings()),
    },
  ];
}
