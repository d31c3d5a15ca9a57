/** The flags of `micado demo --cluster`. */
import { pathFlag, switchFlag } from '../../../internal/daemon/flag-kinds.ts';

export const clusterDemoFlags = {
  cluster: switchFlag({
    help: 'Play on a Swarm of engines in network namespaces, with a cloud that boots its workers; needs root.',
    fallback: true,
  }),
  json: switchFlag({ help: 'Print one JSON object as the last line.', fallback: false }),
  'bin.dir': pathFlag({
    help: 'Folder with prometheus and prometheus-alertmanager, instead of those on the PATH or Debian’s.',
    fallback: '',
  }),
};
