/** The flags of the commands. Those that the daemon has too mean the same. */
import { pathFlag, switchFlag, textFlag, urlListFlag } from '../../internal/daemon/flag-kinds.ts';
import type { FlagValues } from '../../internal/daemon/flags.ts';
import { rulegenFlags } from '../config.ts';

const strict = switchFlag({ help: 'End with exit code 1 for a warning too.', fallback: false });

export const sourceFlags = {
  'stack.file': pathFlag({
    help: 'Read services from this stack file (docker compose v3), not from a running Swarm.',
    fallback: '',
  }),
  'stack.name': textFlag({
    help: 'The name that the stack will be deployed under: services are <stack>_<service>.',
    form: '<name>',
    fallback: '',
  }),
  'docker.host': rulegenFlags['docker.host'],
  'policy.file': rulegenFlags['policy.file'],
  'templates.dir': rulegenFlags['templates.dir'],
  'scrape.interval': rulegenFlags['scrape.interval'],
  'defaults.scale': rulegenFlags['defaults.scale'],
  'defaults.scaleup': rulegenFlags['defaults.scaleup'],
  'defaults.scaledown': rulegenFlags['defaults.scaledown'],
  'prometheus.url': urlListFlag({
    help: 'A Prometheus that parses the users’ expressions; without it promtool does.',
    fallback: [],
  }),
  'prometheus.config.file': rulegenFlags['prometheus.config.file'],
  'promtool.path': pathFlag({
    help: 'promtool, which checks expressions and whole files; looked for in PATH.',
    fallback: 'promtool',
  }),
};
export type SourceConfig = FlagValues<typeof sourceFlags>;

export const renderFlags = {
  ...sourceFlags,
  'output.dir': pathFlag({
    help: 'Write the files into this folder, as the daemon would; without it all go to stdout.',
    fallback: '',
  }),
  strict,
};
export const checkFlags = { ...sourceFlags, strict };
export const explainFlags = {
  ...sourceFlags,
  json: switchFlag({ help: 'Print one JSON object.', fallback: false }),
};
