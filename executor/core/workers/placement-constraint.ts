/**
 * Swarm's placement constraints, matched as its scheduler does: keys exactly, values without regard to case. One that
 * cannot be read is met by no node.
 */
import type { WorkerNode } from './swarm-view.ts';

/** A node that is not there yet has no id, no name and no address that a constraint could ask for. */
export type ConstrainedNode = Pick<WorkerNode, 'role' | 'labels' | 'engineLabels' | 'platform'> &
  Partial<Pick<WorkerNode, 'id' | 'hostname' | 'address'>>;

const CONSTRAINT = /^\s*([\w.\-/]+)\s*(==|!=)\s*(.+?)\s*$/;

export function meetsConstraint(node: ConstrainedNode, constraint: string): boolean {
  const [, key, operator, wanted] = CONSTRAINT.exec(constraint) ?? [];
  if (key === undefined || wanted === undefined) return false;
  const fact = factOf(node, key);
  if (fact === 'unknown key') return false;
  const isEqual = fact !== undefined && fact.toLowerCase() === wanted.toLowerCase();
  return operator === '==' ? isEqual : !isEqual;
}

function factOf(node: ConstrainedNode, key: string): string | undefined {
  switch (key.toLowerCase()) {
    case 'node.id':
      return node.id;
    case 'node.hostname':
      return node.hostname;
    case 'node.ip':
      return node.address;
    case 'node.role':
      return node.role;
    case 'node.platform.os':
      return node.platform.os;
    case 'node.platform.arch':
      return normalArchitecture(node.platform.architecture);
    default:
      return labelOf(node, key);
  }
}

function labelOf({ labels, engineLabels }: ConstrainedNode, key: string): string | undefined {
  const [, of, name = ''] = /^(node|engine)\.labels\.(.+)$/i.exec(key) ?? [];
  if (of === undefined) return 'unknown key';
  return (of.toLowerCase() === 'node' ? labels : engineLabels)[name] ?? '';
}

/** A service names images' architectures, a node the kernel's. */
export function normalArchitecture(text: string): string {
  switch (text.toLowerCase()) {
    case 'x86_64':
      return 'amd64';
    case 'aarch64':
      return 'arm64';
    default:
      return text.toLowerCase();
  }
}
