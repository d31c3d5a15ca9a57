import type Docker from 'dockerode';
import { listSwarmServices } from '../../internal/docker/swarm-service.ts';
import type { ServiceLister } from '../ports.ts';

export function createSwarmServiceLister(docker: Docker): ServiceLister {
  return {
    async list() {
      const services = await listSwarmServices(docker);
      // What a decision alone asks for takes calls per service.
      return services.map((service) => ({ ...service, tasksWithoutNode: 0, byNodes: undefined }));
    },
  };
}
