/** The flags of `micado demo`: those of `up`, for the case that no stack runs, and a few of its own. */
import { switchFlag, textFlag } from '../../internal/daemon/flag-kinds.ts';
import type { FlagValues } from '../../internal/daemon/flags.ts';
import { stackOptions, upFlags } from '../config.ts';
import { LOOPBACK } from '../core/plan-parts.ts';
import type { StackOptions } from '../stack.ts';

export const demoFlags = {
  ...upFlags,
  json: switchFlag({ help: 'Print one JSON object as the last line.', fallback: false }),
  'work.listen-host': textFlag({
    help: 'Address of this machine by which containers on the host’s network reach it; they fetch their work there.',
    form: '<address>',
    fallback: LOOPBACK,
  }),
};

export type DemoOptions = {
  readonly stack: StackOptions;
  readonly json: boolean;
  readonly workListenHost: string;
};

export function demoOptions(
  values: FlagValues<typeof demoFlags>,
  certFolder: string | undefined,
): DemoOptions {
  return {
    stack: stackOptions(values, certFolder),
    json: values.json,
    workListenHost: values['work.listen-host'],
  };
}
