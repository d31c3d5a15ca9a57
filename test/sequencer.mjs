/** Jest's own order, but for the virtual machines: each takes a core and more, so no two of them start one after the other. */
import Sequencer from '@jest/test-sequencer';

export default class ApartSequencer extends Sequencer {
  sort(tests) {
    const ordered = [...super.sort(tests)];
    const machines = ordered.filter(isMachine);
    const others = ordered.filter((test) => !isMachine(test));
    const gap = Math.ceil(others.length / Math.max(1, machines.length));
    return machines
      .flatMap((machine, index) => [machine, ...others.slice(index * gap, (index + 1) * gap)])
      .concat(machines.length === 0 ? others : []);
  }
}

const isMachine = ({ context }) => context.config.displayName?.name === 'vm';
