/**
 * Worker VMs through Occopus, 1.5 and 1.10. Its requests are enforced later, and in 1.5 they are increments: so each is made
 * from a report that has all earlier ones in it, is sent once, and whether it was taken is told by the next report.
 */
import { AppError } from '../../internal/daemon/app-error.ts';
import type { NodeProvider, PoolId, PoolReport } from '../ports.ts';
import { createOccopusApi, type OccopusApiOptions, type OccopusReply } from './occopus-api.ts';
import { busy, createOccopusPace, type OccopusPace } from './occopus-pace.ts';
import { toPoolReport } from './occopus-pool-report.ts';
import { createOccopusReports } from './occopus-reports.ts';

const SCALE_TIMEOUT_MS = 10_000;
const ATTACH_TIMEOUT_MS = 60_000;
/** It waits for a pass to end, and may have to kill it. */
const DETACH_TIMEOUT_MS = 180_000;

/** How 1.5 answers where there is no such route. */
const MISSING_ROUTE: ReadonlySet<number> = new Set([404, 405, 500]);

/** What this process asked of a pool, and the VM that it wanted stopped last. */
type Asked = { readonly pace: OccopusPace; removed: string | undefined };

export function createOccopusNodeProvider(options: OccopusApiOptions): NodeProvider {
  const { clock } = options;
  const api = createOccopusApi(options);
  const reports = createOccopusReports(api.readReport, clock);
  const askedOf = new Map<string, Asked>();
  const startedAtMs = clock.now();
  /** 1.5 has no `scaleto`; which one it is, the first request tells. */
  let hasScaleTo: boolean | undefined;

  const asked = ({ infraId, node }: PoolId): Asked => {
    const key = JSON.stringify([infraId, node]);
    const known = askedOf.get(key) ?? { pace: createOccopusPace(clock, startedAtMs), removed: undefined };
    askedOf.set(key, known);
    return known;
  };
  const read = async (pool: PoolId): Promise<PoolReport> =>
    toPoolReport((await reports.read(pool.infraId)).get(pool.node), asked(pool).removed);
  const send = async (
    { infraId }: PoolId,
    ...action: readonly (string | number)[]
  ): Promise<OccopusReply> => {
    try {
      return await api.post(infraId, action, SCALE_TIMEOUT_MS);
    } finally {
      reports.forget(infraId);
    }
  };

  /** True when it was done; false where the route is missing. */
  const scaleToExactly = async (pool: PoolId, count: number, now: PoolReport): Promise<boolean> => {
    if (hasScaleTo === false) return false;
    const reply = await send(pool, 'scaleto', pool.node, count);
    if (reply.kind === 'unexpected' && hasScaleTo === undefined && MISSING_ROUTE.has(reply.status)) {
      // A server that answers reads and took nothing lacks the route.
      if ((await read(pool)).target !== now.target) return true;
      hasScaleTo = false;
      return false;
    }
    accept(reply);
    hasScaleTo = true;
    return true;
  };
  /** In 1.5: stops of any VM, by which none is stopped as long as fewer are there than wanted. */
  const takeBack = async (pool: PoolId, count: number, now: PoolReport): Promise<void> => {
    if (now.target - count < now.vms.length)
      throw new AppError('invalid', 'Occopus 1.5 would choose the VM to stop: it has to be named');
    asked(pool).pace.beforeTakingBack();
    for (let left = count; left > 0; left -= 1) accept(await send(pool, 'scaledown', pool.node));
  };
  const scaleTo: NodeProvider['scaleTo'] = async (pool, count, seen) => {
    const now = await read(pool);
    if (now.target !== seen.target) throw busy(`the target became ${now.target} meanwhile`);
    if (count === now.target) return;
    if (count > now.target) asked(pool).pace.beforeStart(now);
    if (await scaleToExactly(pool, count, now)) return;
    if (count > now.target) accept(await send(pool, 'scaleup', pool.node, count - now.target));
    else await takeBack(pool, now.target - count, now);
  };

  const remove: NodeProvider['remove'] = async (pool, vmId) => {
    const now = await read(pool);
    const { target, min = 0, vms } = now;
    const state = vms.find(({ id }) => id === vmId)?.state;
    if (state === undefined || state === 'stopping') return;
    // A stop is queued already. After a restart it is most likely this VM's; if not, the VM is there after the pass.
    if (target < vms.length) return;
    if (target <= min)
      throw new AppError('invalid', `the pool is at Occopus' minimum of ${min}: it would drop the request`);
    const own = asked(pool);
    own.pace.beforeStop(now);
    try {
      accept(await send(pool, 'scaledown', pool.node, vmId));
    } finally {
      // A lost answer may hide a request that was taken. If it was not, the report shows no stop.
      own.removed = vmId;
    }
  };

  return {
    name: 'occopus',
    read,
    scaleTo,
    remove,
    async maintain({ infraId }, stuck) {
      if (stuck) accept(await api.post(infraId, ['detach'], DETACH_TIMEOUT_MS), 'not maintained');
      accept(await api.post(infraId, ['attach'], ATTACH_TIMEOUT_MS), 'already being maintained');
      reports.forget(infraId);
    },
  };
}

/** @param fine a refusal in these words says that it is done already. */
function accept(reply: OccopusReply, fine?: string): void {
  if (reply.kind === 'accepted' || (fine !== undefined && reply.error.message.includes(fine))) return;
  throw reply.error;
}
