/** Boots and drains as ways with steps, told from the executor's explanation of a pool. Pure. */

export type PoolExplanation = {
  readonly provider: {
    readonly name: string;
    readonly problem?: string;
    readonly target?: number;
    readonly vms?: readonly { readonly id: string; readonly state: string }[];
  };
  readonly bounds: { readonly min: number; readonly max: number } | null;
  readonly nodes:
    | readonly {
        readonly hostname: string;
        readonly vm: string | null;
        readonly state: string;
        readonly availability: string;
        readonly scraped: boolean;
        readonly busy: number | null;
        readonly tasks: number;
        readonly may_go: string;
      }[]
    | null;
  readonly drain: { readonly node: string; readonly phase: string; readonly started: string } | null;
};

export type Step = { readonly name: string; readonly at: 'done' | 'now' | 'next' };
export type Way = { readonly title: string; readonly list: readonly Step[] };

const BOOT = ['asked for', 'machine starts', 'joins the Swarm', 'is measured'];
const DRAIN_STEP: Readonly<Record<string, number>> = { paused: 0, moving: 1, draining: 2, removing: 3 };
const DRAIN = ['takes no new tasks', 'copies start elsewhere', 'tasks end', 'machine stops'];

export function poolSteps({ provider, nodes, drain }: PoolExplanation): readonly Way[] {
  const vms = provider.vms ?? [];
  const boots = vms.flatMap(({ id, state }): readonly Way[] => {
    if (state === 'stopping' || state === 'gone') return [];
    const node = nodes?.find(({ vm }) => vm === id);
    if (node?.scraped === true && node.state === 'ready') return [];
    const at = node === undefined ? (state === 'ready' ? 2 : 1) : 3;
    return [{ title: `${id} comes`, list: stepsAt(BOOT, at) }];
  });
  const missing = Math.max(0, (provider.target ?? vms.length) - vms.length);
  const asked = missing === 0 ? [] : [{ title: `${missing} more asked for`, list: stepsAt(BOOT, 0) }];
  const drains =
    drain === null
      ? []
      : [{ title: `${drain.node} goes`, list: stepsAt(DRAIN, DRAIN_STEP[drain.phase] ?? 0) }];
  return [...asked, ...boots, ...drains];
}

const stepsAt = (names: readonly string[], at: number): readonly Step[] =>
  names.map((name, index) => ({ name, at: index < at ? 'done' : index === at ? 'now' : 'next' }));
