/** What rulegen counts and shows. Gauges are read from the present state at each scrape, so that none outlives its service. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { RULEGEN_METRIC } from '../internal/contract/metrics.ts';
import type { Verdict } from './core/judge-scaling.ts';
import type { JudgedService } from './core/judge-service.ts';
import type { Severity } from './core/problem.ts';

export type GaugeSource = {
  services(): readonly JudgedService[];
  /** Names of files. */
  quarantined(): ReadonlySet<string>;
  problems(): number;
  policyOk(): boolean;
  dockerConnected(): boolean;
  leading(): boolean;
  lastSuccessMs(): number | undefined;
  prometheus(): readonly {
    readonly url: string;
    readonly verified: boolean;
    readonly warnings: number;
    readonly failingRules: number;
  }[];
};

export const PASS_PHASES = ['list', 'plan', 'write'] as const;
export type PassPhase = (typeof PASS_PHASES)[number];

export type RulegenMetrics = {
  readonly registry: Registry;
  /** Names where gauges come from; before that they are absent. */
  watch(source: GaugeSource): void;
  watchConsul(isUp: () => boolean): Gauge;
  ran(result: 'success' | 'error'): void;
  /** Time that a part of a pass took. */
  passed(phase: PassPhase, durationMs: number): void;
  fileChanged(change: 'write' | 'delete'): void;
  reloaded(result: 'success' | 'refused' | 'failed', durationMs: number): void;
  verified(durationMs: number): void;
  /** From rules that run to the first evaluation of each. */
  evaluated(durationMs: number): void;
  /** From an event to rules that Prometheus was seen to run. */
  eventVerified(durationMs: number): void;
};

const SEVERITIES: readonly Severity[] = ['error', 'warning'];
const STATES: readonly Verdict['kind'][] = ['scaled', 'not_scaled', 'quarantined', 'waiting'];
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function createRulegenMetrics(): RulegenMetrics {
  const registry = new Registry();
  const registers = [registry];
  const runs = new Counter({
    name: 'micado_rulegen_passes_total',
    help: 'Passes over all services, by result.',
    labelNames: ['result'],
    registers,
  });
  const changes = new Counter({
    name: 'micado_rulegen_rule_file_changes_total',
    help: 'Rule files written and deleted.',
    labelNames: ['change'],
    registers,
  });
  const reloads = new Counter({
    name: 'micado_rulegen_reloads_total',
    help: 'Reloads of Prometheus, by result.',
    labelNames: ['result'],
    registers,
  });
  const histogram = (name: string, help: string) =>
    new Histogram({ name, help, buckets: SECONDS, registers });
  const phaseSeconds = new Histogram({
    name: 'micado_rulegen_pass_phase_seconds',
    help: 'Time that listing the services, planning the files, and writing what differs took.',
    labelNames: ['phase'],
    buckets: SECONDS,
    registers,
  });
  const reloadSeconds = histogram('micado_rulegen_reload_duration_seconds', 'Time that a reload took.');
  const verifySeconds = histogram(
    'micado_rulegen_verify_duration_seconds',
    'Time that it took to compare what Prometheus runs with the files.',
  );
  const eventSeconds = histogram(
    'micado_rulegen_event_to_verified_seconds',
    'Time from an event that changed rules (of Docker, or a new policy) until Prometheus was seen to run them.',
  );
  const evaluatedSeconds = new Histogram({
    name: 'micado_rulegen_loaded_to_evaluated_seconds',
    help: 'Time from rules that Prometheus runs until each was evaluated once.',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128],
    registers,
  });
  for (const result of ['success', 'error']) runs.inc({ result }, 0);
  for (const change of ['write', 'delete']) changes.inc({ change }, 0);
  for (const result of ['success', 'refused', 'failed']) reloads.inc({ result }, 0);
  return {
    registry,
    watch: (source) => addGauges(registry, source),
    watchConsul: (isUp) => addConsulGauge(registry, isUp),
    ran: (result) => runs.inc({ result }),
    passed: (phase, durationMs) => phaseSeconds.observe({ phase }, durationMs / 1_000),
    fileChanged: (change) => changes.inc({ change }),
    reloaded(result, durationMs) {
      reloads.inc({ result });
      reloadSeconds.observe(durationMs / 1_000);
    },
    verified: (durationMs) => verifySeconds.observe(durationMs / 1_000),
    evaluated: (durationMs) => evaluatedSeconds.observe(durationMs / 1_000),
    eventVerified: (durationMs) => eventSeconds.observe(durationMs / 1_000),
  };
}

function addConsulGauge(registry: Registry, isUp: () => boolean): Gauge {
  return new Gauge({
    name: 'micado_rulegen_consul_up',
    help: '1 while the Consul agent knows this rulegen, and what Prometheus scrapes in the Swarm.',
    registers: [registry],
    collect() {
      this.set(Number(isUp()));
    },
  });
}

type Sample = { readonly labels: Readonly<Record<string, string>>; readonly value: number };

function addGauges(registry: Registry, source: GaugeSource): void {
  const gauge = (
    name: string,
    help: string,
    labelNames: readonly string[],
    samples: () => readonly Sample[],
  ): Gauge =>
    new Gauge({
      name,
      help,
      labelNames: [...labelNames],
      registers: [registry],
      collect() {
        this.reset();
        for (const { labels, value } of samples()) this.set(labels, value);
      },
    });
  const single = (name: string, help: string, read: () => number): Gauge =>
    gauge(name, help, [], () => [{ labels: {}, value: read() }]);

  addBounds(gauge, source);
  addRuleStates(gauge, source);
  gauge('micado_rulegen_services', 'Services of the Swarm, by what rulegen made of them.', ['state'], () =>
    STATES.map((state) => ({
      labels: { state },
      value: source.services().filter(({ verdict }) => verdict.kind === state).length,
    })),
  );
  gauge(
    'micado_rulegen_service_problems',
    'Problems of a service that has any, by severity.',
    ['application', 'severity'],
    () => source.services().flatMap(problemCounts),
  );
  single('micado_rulegen_problems', 'Problems with the policy, templates and rule files.', source.problems);
  single('micado_rulegen_policy_ok', '1 unless the policy file is wrong.', () => Number(source.policyOk()));
  single('micado_rulegen_docker_connected', '1 while the event stream of Docker is open.', () =>
    Number(source.dockerConnected()),
  );
  single('micado_rulegen_leading', '1 unless another rulegen writes the rules folder.', () =>
    Number(source.leading()),
  );
  gauge('micado_rulegen_last_success_timestamp_seconds', 'When a pass last succeeded.', [], () => {
    const ms = source.lastSuccessMs();
    return ms === undefined ? [] : [{ labels: {}, value: ms / 1_000 }];
  });
  const ofServers = (
    name: string,
    help: string,
    value: (server: ReturnType<GaugeSource['prometheus']>[number]) => number,
  ): Gauge =>
    gauge(name, help, ['prometheus'], () =>
      source.prometheus().map((server) => ({ labels: { prometheus: server.url }, value: value(server) })),
    );
  ofServers(RULEGEN_METRIC.prometheusVerified, '1 while Prometheus runs the rules.', ({ verified }) =>
    Number(verified),
  );
  ofServers(
    'micado_rulegen_prometheus_warnings',
    'What makes Prometheus answer late, or not start again.',
    ({ warnings }) => warnings,
  );
  ofServers(
    'micado_rulegen_failing_rules',
    'Rules that Prometheus runs and cannot evaluate.',
    ({ failingRules }) => failingRules,
  );
}

function problemCounts({ service, problems }: JudgedService): readonly Sample[] {
  return SEVERITIES.flatMap((severity) => {
    const value = problems.filter((problem) => problem.severity === severity).length;
    return value === 0 ? [] : [{ labels: { application: service.name, severity }, value }];
  });
}

/** Rules that do not speak of a service, and files that do not follow it. */
function addRuleStates(gauge: AddGauge, source: GaugeSource): void {
  const { serviceRuleOff, ruleFileQuarantined } = RULEGEN_METRIC;
  gauge(
    serviceRuleOff,
    '1 for each rule of cluster.yml that is switched off for a service.',
    ['application', 'rule'],
    () =>
      source
        .services()
        .flatMap(({ service, settings }) =>
          settings.rules.value.map((rule) => ({ labels: { application: service.name, rule }, value: 1 })),
        ),
  );
  gauge(
    ruleFileQuarantined,
    '1 for each rule file that stays as it was, or away, because something is wrong.',
    ['file'],
    () => [...source.quarantined()].map((file) => ({ labels: { file }, value: 1 })),
  );
}

type AddGauge = (
  name: string,
  help: string,
  labelNames: readonly string[],
  samples: () => readonly Sample[],
) => Gauge;

/** Bounds as series: what `cluster.yml` reads. */
function addBounds(gauge: AddGauge, source: GaugeSource): void {
  const ofScaled = (value: (min: number, max: number) => number) => () =>
    source
      .services()
      .flatMap(({ service, verdict }) =>
        verdict.kind === 'scaled'
          ? [{ labels: { application: service.name }, value: value(verdict.plan.min, verdict.plan.max) }]
          : [],
      );
  const { serviceReplicasMin, serviceReplicasMax, serviceInfo } = RULEGEN_METRIC;
  gauge(
    serviceReplicasMin,
    'Least replicas of a scaled service.',
    ['application'],
    ofScaled((min) => min),
  );
  gauge(
    serviceReplicasMax,
    'Most replicas of a scaled service.',
    ['application'],
    ofScaled((_, max) => max),
  );
  gauge(serviceInfo, '1 for each scaled service, with its id.', ['application', 'service_id'], () =>
    source
      .services()
      .flatMap(({ service, verdict }) =>
        verdict.kind === 'scaled'
          ? [{ labels: { application: service.name, service_id: service.id }, value: 1 }]
          : [],
      ),
  );
}
