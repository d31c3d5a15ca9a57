import { isAppError } from '../../internal/daemon/app-error.ts';
import { parseInspected } from '../core/container-info.ts';
import { parseContainerList } from '../core/container-list.ts';
import { textAt } from '../core/json-at.ts';
import type { ContainerSource } from '../ports.ts';
import type { DockerApi } from './docker-api.ts';

export function createDockerContainerSource(docker: DockerApi): ContainerSource {
  return {
    list: async () => parseContainerList(await docker.getList('/containers/json?all=true')),
    async inspect(id) {
      try {
        return parseInspected(await docker.get(`/containers/${id}/json`));
      } catch (error) {
        if (isAppError(error, 'not_found')) return { kind: 'gone' };
        throw error;
      }
    },
    async versions() {
      const info = await docker.get('/info');
      return {
        engine: textAt(info, 'ServerVersion'),
        kernel: textAt(info, 'KernelVersion'),
        operatingSystem: textAt(info, 'OperatingSystem'),
      };
    },
  };
}
