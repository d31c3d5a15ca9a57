/**
 * Where Swarm's scheduler would put a task: constraints (keys exactly, values without regard to case) and platforms. A
 * constraint that cannot be read is met by no node.
 */

export type Platform = { readonly os: string; readonly architecture: string };

/** A node that is not there yet has no id, no name and no address that a constraint could ask for. */
export type PlacementNode = {
  readonly role: 'manager' | 'worker';
  readonly labels: Readonly<Record<string, string>>;
  readonly engineLabels: Readonly<Record<string, string>>;
  readonly platform: Platform;
  readonly id?: string;
  readonly hostname?: string;
  readonly address?: string;
};

const CONSTRAINT = /^\s*([^\s=!]+)\s*(==|!=)\s*(.*?)\s*$/;

/** @param constraint as users write them: `node.labels.disk == ssd` */
export function meetsConstraint(node: PlacementNode, constraint: string): boolean {
  const [, key = '', operator, wanted = ''] = CONSTRAINT.exec(constraint) ?? [];
  if (operator === undefined) return false;
  const attribute = attributeOf(node, key);
  if (attribute === undefined) return false;
  const isEqual = attribute.value?.toLowerCase() === wanted.toLowerCase();
  return operator === '==' ? isEqual : !isEqual;
}

/** Undefined for a key that nodes do not have; without a value where this node's is not known yet. */
function attributeOf(node: PlacementNode, key: string): { readonly value: string | undefined } | undefined {
  switch (key.toLowerCase()) {
    case 'node.id':
      return { value: node.id };
    case 'node.hostname':
      return { value: node.hostname };
    case 'node.ip':
      return { value: node.address };
    case 'node.role':
      return { value: node.role };
    case 'node.platform.os':
      return { value: node.platform.os };
    case 'node.platform.arch':
      return { value: node.platform.architecture };
    default:
      return labelOf(node, key);
  }
}

/** A label that is missing counts as an empty one. */
function labelOf(
  { labels, engineLabels }: PlacementNode,
  key: string,
): { readonly value: string } | undefined {
  const [, of, name = ''] = /^(node|engine)\.labels\.(.+)$/i.exec(key) ?? [];
  if (of === undefined) return undefined;
  const from = of.toLowerCase() === 'node' ? labels : engineLabels;
  return { value: Object.hasOwn(from, name) ? (from[name] ?? '') : '' };
}

/** Any of the wanted ones will do; none means all, and an empty text matches everything. */
export function suitsPlatform(
  { platform }: Pick<PlacementNode, 'platform'>,
  wanted: readonly Platform[],
): boolean {
  return (
    wanted.length === 0 ||
    wanted.some(
      ({ os, architecture }) =>
        (os === '' || os.toLowerCase() === platform.os.toLowerCase()) &&
        (architecture === '' || architectureOf(architecture) === architectureOf(platform.architecture)),
    )
  );
}

/** Nodes say `x86_64` where images say `amd64`. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64' };
const architectureOf = (name: string): string => ARCHITECTURES[name.toLowerCase()] ?? name.toLowerCase();
