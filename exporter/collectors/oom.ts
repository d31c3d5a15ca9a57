import { CONTAINER_METRIC, SERVICE_NAME_SERIES_LABEL } from '../../internal/contract/metrics.ts';
import { renderLabels } from '../core/exposition.ts';
import type { OomLedger } from '../core/oom-ledger.ts';
import { counter, type NodeCollector } from './collector.ts';

const serviceOomEvents = counter(
  CONTAINER_METRIC.serviceOomEvents,
  'OOM kills on this node, by service: goes on when a container ends.',
);

/** Few services, and a line each: not worth keeping rendered. */
export function createOomCollector(ledger: OomLedger): NodeCollector {
  return {
    name: 'oom',
    families: [serviceOomEvents],
    read(out) {
      for (const { owner, kills } of ledger.totals()) {
        const labels = renderLabels([
          ['container_label_com_docker_stack_namespace', owner.stack],
          [SERVICE_NAME_SERIES_LABEL, owner.service],
        ]);
        out.add(serviceOomEvents, labels, kills);
      }
    },
  };
}
