import type { ContainerInfo, StoppedContainer } from '../core/container-info.ts';
import type { LabelText } from '../core/exposition.ts';
import { prependLabel } from '../core/exposition.ts';
import { gauge, type NodeCollector } from './collector.ts';

const containerState = gauge(
  'container_state',
  'Always 1: the state that the container is in, also of containers that do not run.',
);

export type StateOptions = {
  running(): Iterable<{ readonly labels: LabelText; readonly info: ContainerInfo }>;
  /** In an order that stays the same. */
  stopped(): Iterable<StoppedContainer>;
  stoppedLabels(container: StoppedContainer): LabelText;
  /** How many series of stopped containers there is room for. */
  room(): number;
};

/** A stopped container has no cgroup, and so no label `id`. */
export function createStateCollector(options: StateOptions): NodeCollector {
  const rendered = new WeakMap<object, { readonly state: string; readonly text: LabelText }>();
  const withState = (of: object, state: string, labels: () => LabelText): LabelText => {
    const known = rendered.get(of);
    if (known?.state === state) return known.text;
    const text = prependLabel(labels(), 'state', state);
    rendered.set(of, { state, text });
    return text;
  };
  return {
    name: 'state',
    families: [containerState],
    read(out) {
      for (const one of options.running())
        out.add(
          containerState,
          withState(one, one.info.state, () => one.labels),
          1,
        );
      let room = options.room();
      for (const one of options.stopped()) {
        if (room < 1) break;
        room -= 1;
        out.add(
          containerState,
          withState(one, one.state, () => options.stoppedLabels(one)),
          1,
        );
      }
    },
  };
}
