import { CONTAINER_METRIC } from '../../internal/contract/metrics.ts';
import { type ContainerCollector, gauge } from './collector.ts';

const created = gauge('container_creation_time_seconds', 'When the container was created, in Unix time.');
const started = gauge('container_start_time_seconds', 'When the container was last started, in Unix time.');
const lastSeen = gauge(CONTAINER_METRIC.lastSeen, 'The time of this scrape; there for live containers only.');

export const lifecycleCollector: ContainerCollector = {
  name: 'lifecycle',
  families: [created, started, lastSeen],
  open({ info, labels }) {
    return {
      read(out, nowSeconds) {
        out.add(created, labels, info.createdSeconds);
        out.add(started, labels, info.startedSeconds);
        out.add(lastSeen, labels, Math.floor(nowSeconds));
      },
    };
  },
};
