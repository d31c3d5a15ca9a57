/** What the templates of `prometheus.yml` and `alertmanager.yml` are given. No human edits either file. */
import { formatDuration } from '../../internal/contract/duration.ts';
import { type ConsulAddress, consulInputs } from './consul-address.ts';
import { LOOPBACK, type StackPorts, urlOf } from './plan-parts.ts';
import { PART_NAMES, type StackLayout } from './stack-layout.ts';

/** A scrape must end before the next begins. */
const TIMEOUT_SHARE = 0.75;

export function prometheusInputs(
  layout: StackLayout,
  ports: StackPorts,
  scrapeIntervalMs: number,
  consul?: ConsulAddress,
) {
  return {
    interval: formatDuration(scrapeIntervalMs),
    timeout: formatDuration(scrapeIntervalMs * TIMEOUT_SHARE),
    rules: `${layout.rulesFolder}/*.yml`,
    alertmanager: `${LOOPBACK}:${ports.alertmanager}`,
    jobs: PART_NAMES.map((name) => ({ name, target: `${LOOPBACK}:${ports[name]}` })),
    discovery: `${urlOf(ports.rulegen)}/sd`,
    consul: consul?.discovers === true ? consulInputs(consul) : undefined,
  };
}

/** What Alertmanager's documentation calls a receiver, without its name: lists of ways to tell somebody. */
export type PeopleReceiver = Readonly<Record<string, readonly object[]>>;

export function alertmanagerInputs(layout: StackLayout, ports: StackPorts, people: PeopleReceiver = {}) {
  return {
    webhook: `${urlOf(ports.executor)}/api/v1/alerts`,
    tokenFile: layout.tokenFile,
    // JSON is YAML.
    people: JSON.stringify({ name: 'people', ...people }),
  };
}

/** The parts' `--web.config.file`: whoever changes something shows this token. */
export const webConfigText = (layout: StackLayout): string =>
  `bearer_token_files:\n  - ${JSON.stringify(layout.tokenFile)}\n`;
