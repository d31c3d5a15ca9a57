/** The five processes of a stack as data: what to run, where it answers, what it is for. */
import { formatDuration } from '../../internal/contract/duration.ts';
import { HTTP_PATH } from '../../internal/contract/ports.ts';
import { type ConsulAddress, consulFlags } from './consul-address.ts';
import { PART_NAMES, type PartName, type StackLayout } from './stack-layout.ts';

export const LOOPBACK = '127.0.0.1';

export type StackPorts = Readonly<Record<PartName, number>>;

/** How to start each part: a program and its first arguments, such as `['node', 'dist/bin/micado-rulegen.js']`. */
export type PartPrograms = Readonly<Record<PartName, readonly string[]>>;

export type PartPlan = {
  readonly name: PartName;
  readonly command: readonly string[];
  readonly url: string;
  readonly readyUrl: string;
  readonly logFile: string;
  readonly pidFile: string;
  readonly purpose: string;
};

export type StackPlanInput = {
  readonly layout: StackLayout;
  readonly ports: StackPorts;
  readonly programs: PartPrograms;
  readonly scrapeIntervalMs: number;
  readonly dockerHost: string;
  /** What the executor is told of who starts and stops worker VMs. */
  readonly providerFlags: readonly string[];
  readonly workerExporterPort: number;
  readonly machineCgroup: string;
  readonly consul?: ConsulAddress | undefined;
};

const PURPOSE: Readonly<Record<PartName, string>> = {
  prometheus: 'scrapes, evaluates the rules, testifies',
  alertmanager: 'groups and silences alerts, wakes the executor',
  rulegen: 'turns service labels into alert rules',
  exporter: 'shows what each container uses',
  executor: 'decides and scales; status page',
};

export const urlOf = (port: number): string => `http://${LOOPBACK}:${port}`;

/** In the order in which they start; they stop in the reverse order. */
export function planParts(input: StackPlanInput): readonly PartPlan[] {
  const { layout, ports, programs } = input;
  const flags = flagsOf(input);
  return PART_NAMES.map((name) => ({
    name,
    command: [...programs[name], ...flags[name]],
    url: urlOf(ports[name]),
    readyUrl: urlOf(ports[name]) + HTTP_PATH.ready,
    logFile: layout.logFile(name),
    pidFile: layout.pidFile(name),
    purpose: PURPOSE[name],
  }));
}

function flagsOf(input: StackPlanInput): Readonly<Record<PartName, readonly string[]>> {
  const { layout, ports, scrapeIntervalMs, dockerHost, machineCgroup } = input;
  const interval = formatDuration(scrapeIntervalMs);
  const listen = (name: PartName): string => `--web.listen-address=${LOOPBACK}:${ports[name]}`;
  const docker = `--docker.host=${dockerHost}`;
  const prometheus = `--prometheus.url=${urlOf(ports.prometheus)}`;
  const consul = input.consul === undefined ? [] : consulFlags(input.consul);
  const guarded = `--web.config.file=${layout.webConfigFile}`;
  return {
    prometheus: [
      `--config.file=${layout.prometheusConfigFile}`,
      `--storage.tsdb.path=${layout.prometheusDataFolder}`,
      '--storage.tsdb.retention.time=1d',
      '--web.enable-lifecycle',
      // Each reload drops alerts for up to 5 s; what was lost is sent again after this delay (1 m unless told).
      `--rules.alert.resend-delay=${interval}`,
      listen('prometheus'),
    ],
    alertmanager: [
      `--config.file=${layout.alertmanagerConfigFile}`,
      `--storage.path=${layout.alertmanagerDataFolder}`,
      '--cluster.listen-address=',
      listen('alertmanager'),
    ],
    rulegen: [
      `--rules.dir=${layout.rulesFolder}`,
      `--policy.file=${layout.policyFile}`,
      prometheus,
      `--scrape.interval=${interval}`,
      // Always said: MICADO_EXPORTER_PORT is that of this machine's exporter, and the parts have our environment.
      `--exporter.port=${input.workerExporterPort}`,
      docker,
      listen('rulegen'),
      guarded,
      ...consul,
    ],
    exporter: [docker, `--machine.cgroup=${machineCgroup}`, listen('exporter'), ...consul],
    executor: [
      prometheus,
      `--alertmanager.url=${urlOf(ports.alertmanager)}`,
      docker,
      `--journal.file=${layout.journalFile}`,
      ...input.providerFlags,
      listen('executor'),
      guarded,
      ...consul,
    ],
  };
}
