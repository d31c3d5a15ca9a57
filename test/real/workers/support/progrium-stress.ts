/** An image under the name that MiCADO's guide uses, which takes the arguments of the real one. */
import type Docker from 'dockerode';
import { busyboxFiles } from '../../../../deploy/demo/busybox.ts';
import { loadLocalImage } from '../../../../deploy/demo/local-image.ts';
import { findBusybox } from '../../../cluster/images.ts';

export const PROGRIUM_STRESS = 'progrium/stress:latest';

/** Of the real one's arguments `--cpu` counts: so many processes that never rest. */
const STRESS = `count=1
while [ $# -gt 0 ]; do
  if [ "$1" = --cpu ]; then count=$2; fi
  shift
done
trap 'kill 0; exit 0' TERM
while [ "$count" -gt 0 ]; do
  (while :; do :; done) &
  count=$((count - 1))
done
wait
`;

export async function loadProgriumStress(docker: Docker): Promise<void> {
  const id = await loadLocalImage(docker, {
    name: 'micado-progrium-stress',
    files: [
      ...(await busyboxFiles(await findBusybox())),
      { kind: 'file', path: 'stress.sh', mode: 0o755, content: Buffer.from(STRESS) },
    ],
    entrypoint: ['sh', '/stress.sh'],
    command: [],
  });
  const [repo = '', tag = ''] = PROGRIUM_STRESS.split(':');
  await docker.getImage(id).tag({ repo, tag });
}
