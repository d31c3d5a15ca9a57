import { isAppError } from '../../internal/daemon/app-error.ts';
import { parseContainerInfo, parseContainerList } from '../core/container-info.ts';
import type { ContainerSource } from '../ports.ts';
import type { DockerApi } from './docker-api.ts';

export function createDockerContainerSource(docker: DockerApi): ContainerSource {
  return {
    listRunning: async () => parseContainerList(await docker.getList('/containers/json')),
    async inspect(id) {
      try {
        return parseContainerInfo(await docker.get(`/containers/${id}/json`));
      } catch (error) {
        if (isAppError(error, 'not_found')) return undefined;
        throw error;
      }
    },
  };
}
